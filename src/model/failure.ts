import type { TaskId } from './event.ts'

export type WayOn = 'retry' | 'answers' | 'shell' | 'bundle' | 'power-off'

/** What Nix said in its structured log about a build or a download that failed. */
export type NixFailure = {
  /** Store paths or URLs that were being downloaded, and derivations that were being built, when it ended. */
  readonly fetching: readonly string[]
  readonly building: readonly string[]
  readonly corruptedPath: string | null
  readonly untrustedPath: string | null
  /** A path whose download had come whole right before the error: it was refused for what is in it. */
  readonly refusedPath?: string
  readonly position: { readonly file: string; readonly line: number; readonly column: number } | null
}

/** A failure without words: what can be compared. Nothing is ever concluded from a message's text. */
export type FailureSignature = {
  readonly task: TaskId
  /** As in `programs`. Null: no program failed. */
  readonly program: string | null
  /** Its first argument that is no option: `luksFormat`. */
  readonly action: string | null
  readonly exitCode: number | null
  /** `SIGKILL`, when a signal ended it that was not ours. */
  readonly signal: string | null
  readonly timedOut: boolean
  /** Of a system call that failed: `ENOSPC`. */
  readonly errno: string | null
  /** Which stage of nixos-install it was in, as tasks/install.ts names them. */
  readonly stage: string | null
  /** The last command that disko's script traced. */
  readonly inner: { readonly program: string; readonly action: string | null } | null
  readonly nix: NixFailure | null
  /** Codes of the problems that the task itself found. */
  readonly problems: readonly string[]
}

export type DiskFact = {
  readonly id: string
  readonly isPresent: boolean
  readonly sizeBytes: number | null
  /** Whether its first and last MiB can be read. */
  readonly isReadable: boolean | null
}

/** The machine right after a failure. Null: not known, and nothing is concluded from it. */
export type MachineFacts = {
  readonly disks: readonly DiskFact[]
  readonly freeBytes: {
    readonly temporary: number | null
    readonly target: number | null
    readonly runtime: number | null
  }
  /** Processes that the kernel ended for want of memory since the install began. */
  readonly oomKills: number | null
  readonly hasLink: boolean | null
  readonly hasRoute: boolean | null
  readonly nameLookup: 'works' | 'no-answer' | 'no-such-name' | null
  readonly clockIsBeforeBuild: boolean | null
  readonly efiVariables: 'writable' | 'read-only' | 'full' | 'missing' | null
  readonly tpm: { readonly isPresent: boolean; readonly isLockedOut: boolean | null } | null
  readonly pools: readonly {
    readonly name: string
    readonly state: string
    readonly readErrors: number
    readonly writeErrors: number
  }[]
  /** Mounts of the target that the kernel found damaged or made read-only. */
  readonly brokenMounts: readonly string[]
  /** Who holds the target's mounts and mappings open. */
  readonly users: readonly { readonly pid: number; readonly name: string; readonly path: string }[]
  readonly missingModules: readonly string[]
}

/** Code of a problem and of the catalogue's entry: the disks are formatted, and do not open with what was typed. */
export const PASSPHRASE_REFUSED = 'passphrase-refused'

/** Cause and remedy of a failure, by the catalogue. */
export type Diagnosis = {
  /** An entry of the catalogue: `disk-gone`. */
  readonly code: string
  /** One sentence. */
  readonly cause: string
  readonly remedy: readonly string[]
  readonly waysOn: readonly WayOn[]
}
