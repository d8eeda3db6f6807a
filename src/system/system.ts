import type { Secret } from '../model/secret.ts'
import type { HttpsAnswer, Trust } from './https-get.ts'
import type { Program } from './programs.ts'

export type CommandResult = {
  readonly exitCode: number
  readonly stdout: string
  readonly stderr: string
}

export type CommandOptions = {
  /** Written to stdin, which is closed after it. The only way a secret may reach a program besides a 0600 file. */
  readonly stdin?: string | Secret
  /** Exit codes that are no error; default `[0]`. Anything else throws CommandError. */
  readonly okExitCodes?: readonly number[]
  /** Called for each complete line as it arrives. */
  readonly onLine?: (line: string, stream: 'stdout' | 'stderr') => void
  /** True when stdout holds a secret (a recovery key): it is kept out of onLine, log and errors. */
  readonly isSecretOutput?: boolean
  /** Aborting ends the program (SIGTERM, then SIGKILL after 5 s) and throws Cancelled. */
  readonly signal?: AbortSignal
  readonly timeoutMs?: number
  /** A folder on tmpfs with secrets as files of mode 0600, for a program of systemd that takes credentials: it gets this
   *  path as $CREDENTIALS_DIRECTORY, and no secret is in its environment. */
  readonly credentialsDirectory?: string
  /** `http://proxy.example:3128`, for a program that downloads; null for none. It is in that program's environment, which
   *  is no place for a password: the network page and the answer file refuse one (steps/network/proxy.ts). */
  readonly proxy?: string | null
  /** What a dry run gives as stdout, e.g. `/nix/store/…-nixos-system-primer`. */
  readonly preview?: string
}

/** Both in bytes. */
export type ByteRange = { readonly start: number; readonly length: number }

/** The hands: the only way to the machine. Implementations: local (execa, node:fs), dry-run (reads are real, changes
 *  are recorded), fake (tests). Dry run is another System, never an `if`. */
export interface System {
  /** Looks and changes nothing; runs in a dry run too. */
  query(program: Program, args: readonly string[], options?: CommandOptions): Promise<CommandResult>
  /** Changes the machine; a dry run records it. */
  run(program: Program, args: readonly string[], options?: CommandOptions): Promise<CommandResult>

  /** Is it where programs are looked for, and may be run? It is not started: dozens at once keep a small processor busy. */
  hasProgram(program: Program): Promise<boolean>

  /** Null when there is no such file or it cannot be read. */
  readText(path: string): Promise<string | null>
  /** With `range` only these bytes, fewer at the end of the file: a disk image is larger than the memory. */
  readBytes(path: string, range?: ByteRange): Promise<Uint8Array | null>
  /** Writes to a device that answers (a TPM), and gives its answer; null when there is none, or it does not answer in time.
   *  For questions only: nothing may change by it. Left out where no such device can be. */
  exchange?(
    path: string,
    question: Uint8Array,
    options: { readonly maxBytes: number; readonly timeoutMs: number },
  ): Promise<Uint8Array | null>
  /** Names in a directory, sorted; null when there is none. */
  listDirectory(path: string): Promise<readonly string[] | null>
  /** Follows all links; null when it leads nowhere. */
  realPath(path: string): Promise<string | null>
  exists(path: string): Promise<boolean>
  /** What anybody may still write below this path, in bytes; null when that is not known. */
  freeBytes(path: string): Promise<number | null>
  /** How many more files fit; null when that is not known, as on file systems without such a limit. */
  freeInodes(path: string): Promise<number | null>

  /** Creates or replaces it in one step (temporary file, fsync, rename), with exactly this mode. */
  writeFile(path: string, content: string | Secret, options: { readonly mode: number }): Promise<void>
  /** The same with bytes, which are never a secret. */
  writeBytes(path: string, content: Uint8Array, options: { readonly mode: number }): Promise<void>
  appendFile(path: string, content: string, options: { readonly mode: number }): Promise<void>
  /** Overwrites a part of a file that is there and long enough; on the disk when it returns. Nothing but those bytes
   *  changes: neither the length nor where the file lies. */
  writeAt(path: string, bytes: Uint8Array, offset: number): Promise<void>
  makeDirectory(path: string, options: { readonly mode: number }): Promise<void>
  /** No error when it is not there; it does not come back by a power cut. */
  removeFile(path: string): Promise<void>
  /** One that is empty; no error when it is not there. Throws when something is in it. */
  removeDirectory(path: string): Promise<void>
  /** Within one file system; throws when there is something at `to` already, and leaves it alone. */
  moveFile(from: string, to: string): Promise<void>

  /** Ends the programs of installers that are gone, and gives which; they would go on writing to the disks. Left out where no
   *  program can be running. */
  endOrphans?(): Promise<readonly { readonly pid: number; readonly name: string }[]>

  /** One GET, no redirects. Changes nothing, so a dry run asks too. Never throws for what the network does. */
  httpsGet(url: string, trust: Trust, timeoutMs: number): Promise<HttpsAnswer>

  now(): Date
}
