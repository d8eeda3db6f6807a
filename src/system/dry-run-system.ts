import { Secret } from '../model/secret.ts'
import { formatCommand } from './command-line.ts'
import { Bug } from './errors.ts'
import type { CommandResult, System } from './system.ts'

export type RecordedCommand = {
  readonly program: string
  readonly args: readonly string[]
  /** As a person would type it. */
  readonly line: string
  /** `***` for a secret, null when there was none. */
  readonly stdin: string | null
}

export type RecordedFile = {
  readonly path: string
  /** `***` for a secret. */
  readonly content: string
  readonly mode: number
}

export type RecordedChange =
  | ({ readonly kind: 'command' } & RecordedCommand)
  | ({ readonly kind: 'write' | 'append' } & RecordedFile)
  | { readonly kind: 'directory'; readonly path: string; readonly mode: number }
  | { readonly kind: 'remove'; readonly path: string }

export type DryRunSystem = System & {
  /** Every change that was asked for, in order. */
  changes(): readonly RecordedChange[]
  commands(): readonly RecordedCommand[]
  /** The files as they would be at the end. */
  files(): readonly RecordedFile[]
}

/** Looks at the real machine and changes nothing: `run` answers exit 0 with the command's `preview`, and files written
 *  here are seen by later reads of the same path. */
export function createDryRunSystem(real: System): DryRunSystem {
  const changes: RecordedChange[] = []
  /** Null: removed. */
  const written = new Map<string, { content: string | Secret | Uint8Array; mode: number } | null>()
  const directories = new Set<string>()

  const revealed = (content: string | Secret | Uint8Array) =>
    content instanceof Secret ? content.reveal() : textOf(content)
  const readText = async (path: string) => {
    const file = written.get(path)
    if (file === undefined) return real.readText(path)
    return file === null ? null : revealed(file.content)
  }

  return {
    query: (program, args, options) => real.query(program, args, options),
    hasProgram: (program) => real.hasProgram(program),
    async run(program, args, options = {}): Promise<CommandResult> {
      const stdin = options.stdin === undefined ? null : String(options.stdin)
      changes.push({ kind: 'command', program, args: [...args], line: formatCommand(program, args), stdin })
      return { exitCode: 0, stdout: options.preview ?? '', stderr: '' }
    },

    readText,
    async readBytes(path, range) {
      if (!written.has(path)) return real.readBytes(path, range)
      const content = written.get(path)?.content ?? null
      const bytes = content === null || content instanceof Uint8Array ? content : encoder.encode(revealed(content))
      return bytes && range ? bytes.subarray(range.start, range.start + range.length) : bytes
    },
    exchange: async (path, question, options) => (await real.exchange?.(path, question, options)) ?? null,
    async listDirectory(path) {
      const names = new Set(await real.listDirectory(path))
      const prefix = path.endsWith('/') ? path : `${path}/`
      const nameBelow = (other: string) =>
        other.startsWith(prefix) ? other.slice(prefix.length).split('/')[0] : undefined
      for (const directory of directories) {
        const name = nameBelow(directory)
        if (name) names.add(name)
      }
      for (const [other, file] of written) {
        const name = nameBelow(other)
        if (name && file !== null) names.add(name)
        else if (name && other === prefix + name) names.delete(name)
      }
      const isThere = names.size > 0 || directories.has(path) || (await real.listDirectory(path)) !== null
      return isThere ? [...names].sort() : null
    },
    realPath: async (path) => {
      const file = written.get(path)
      if (file === undefined && !directories.has(path)) return real.realPath(path)
      return file === null ? null : path
    },
    async exists(path) {
      const file = written.get(path)
      if (file !== undefined) return file !== null
      return directories.has(path) || real.exists(path)
    },
    freeBytes: (path) => real.freeBytes(path),
    freeInodes: (path) => real.freeInodes(path),

    async writeFile(path, content, { mode }) {
      written.set(path, { content, mode })
      changes.push({ kind: 'write', path, content: String(content), mode })
    },
    async writeBytes(path, content, { mode }) {
      written.set(path, { content: content.slice(), mode })
      changes.push({ kind: 'write', path, content: textOf(content), mode })
    },
    // Only the journal does that, and a dry run keeps none.
    async writeAt() {
      throw new Bug('a dry run cannot overwrite a part of a file')
    },
    async appendFile(path, content, { mode }) {
      written.set(path, { content: `${(await readText(path)) ?? ''}${content}`, mode })
      changes.push({ kind: 'append', path, content, mode })
    },
    async makeDirectory(path, { mode }) {
      directories.add(path)
      changes.push({ kind: 'directory', path, mode })
    },
    async removeFile(path) {
      written.set(path, null)
      changes.push({ kind: 'remove', path })
    },
    // Only at the end of a real install.
    async removeDirectory() {
      throw new Bug('a dry run cannot remove a directory')
    },
    // Nothing that can run dry moves a file.
    async moveFile() {
      throw new Bug('a dry run cannot move a file')
    },

    httpsGet: (url, trust, timeoutMs) => real.httpsGet(url, trust, timeoutMs),
    now: () => real.now(),

    changes: () => [...changes],
    commands: () =>
      changes.flatMap((change) => {
        if (change.kind !== 'command') return []
        const { kind: _, ...command } = change
        return [command]
      }),
    files: () =>
      [...written].flatMap(([path, file]) => (file ? [{ path, content: textOf(file.content), mode: file.mode }] : [])),
  }
}

const encoder = new TextEncoder()

/** `***` for a secret. */
function textOf(content: string | Secret | Uint8Array): string {
  return content instanceof Uint8Array ? new TextDecoder().decode(content) : String(content)
}
