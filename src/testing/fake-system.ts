import { Secret } from '../model/secret.ts'
import { formatCommand } from '../system/command-line.ts'
import { expectExitCode } from '../system/command-result.ts'
import { Bug, Cancelled, CommandError } from '../system/errors.ts'
import type { ByteRange, CommandOptions, CommandResult, System } from '../system/system.ts'

/** What a fake command answers: its stdout, a partial result, `missing` for a program that is not installed, an error to
 *  throw, or a function of what it was called with (which may look at stdin or change the fake's files). */
export type FakeAnswer =
  | string
  | Partial<CommandResult>
  | { readonly missing: true }
  | Error
  | ((call: FakeCall) => string | Partial<CommandResult> | Promise<string | Partial<CommandResult>>)

export type FakeCall = {
  readonly kind: 'query' | 'run'
  readonly program: string
  readonly args: readonly string[]
  readonly line: string
  /** In the clear: a test wants to see that the passphrase went this way and no other. */
  readonly stdin: string | null
  readonly options: CommandOptions
}

export type FakeFile = { readonly content: string; readonly mode: number; readonly wasSecret: boolean }

export type FakeSystem = System & {
  /** Every query and run, in order. */
  calls(): readonly FakeCall[]
  /** The lines of the runs (not of the queries), in order: what changed the machine. */
  runs(): readonly string[]
  /** Files written by the code under test, as they are now. */
  written(): ReadonlyMap<string, FakeFile>
  /** Directories made by the code under test, with their modes. */
  madeDirectories(): ReadonlyMap<string, number>
  removed(): readonly string[]
}

export type FakeOptions = {
  /** By line, as formatCommand writes it: `'zpool list -H'`. A key that ends in ` *` stands for every line that begins
   *  so. An array is answered in order; its last answer repeats. */
  readonly commands?: Readonly<Record<string, FakeAnswer | readonly FakeAnswer[]>>
  /** Programs that are not installed; all others are. */
  readonly absent?: readonly string[]
  /** Text or bytes; null for a path that exists but cannot be read. */
  readonly files?: Readonly<Record<string, string | Uint8Array | null>>
  /** What a device answers to whatever it is asked. */
  readonly answers?: Readonly<Record<string, Uint8Array>>
  /** Link to target; both absolute. */
  readonly links?: Readonly<Record<string, string>>
  /** Directories besides those that the files and links imply. */
  readonly directories?: readonly string[]
  readonly httpsGet?: System['httpsGet']
  /** What a disk answers to a read of a range: a disk is larger than any fake file. Null: it cannot be read there. */
  readonly disks?: Readonly<Record<string, (range: ByteRange) => Uint8Array | null>>
  /** Free bytes and free inodes, by path; a path that is not named says nothing. */
  readonly free?: Readonly<Record<string, { readonly bytes?: number | null; readonly inodes?: number | null }>>
  readonly now?: () => Date
}

/** A machine in memory. Strict: a command it was not told about is a Bug, so that a test cannot pass by accident. */
export function fakeSystem(options: FakeOptions = {}): FakeSystem {
  const answers = new Map(Object.entries(options.commands ?? {}).map(([line, answer]) => [line, [answer].flat()]))
  const calls: FakeCall[] = []
  const given = new Map(Object.entries(options.files ?? {}))
  const links = new Map(Object.entries(options.links ?? {}))
  const written = new Map<string, FakeFile>()
  const madeDirectories = new Map<string, number>()
  const removed: string[] = []

  function answerFor(line: string): FakeAnswer | undefined {
    const key = answers.has(line)
      ? line
      : [...answers.keys()].find(
          (candidate) => candidate.endsWith(' *') && `${line} `.startsWith(candidate.slice(0, -1)),
        )
    const queue = key === undefined ? undefined : answers.get(key)
    return queue && queue.length > 1 ? queue.shift() : queue?.[0]
  }

  async function call(
    kind: 'query' | 'run',
    program: string,
    args: readonly string[],
    commandOptions: CommandOptions = {},
  ): Promise<CommandResult> {
    const line = formatCommand(program, args)
    if (commandOptions.signal?.aborted) throw new Cancelled(`cancelled before ${program}`)
    const stdin = commandOptions.stdin instanceof Secret ? commandOptions.stdin.reveal() : commandOptions.stdin
    const made: FakeCall = { kind, program, args: [...args], line, stdin: stdin ?? null, options: commandOptions }
    calls.push(made)

    let answer = answerFor(line)
    if (answer === undefined) {
      throw new Bug(`the fake system was not told how to answer: ${line}\nit knows: ${[...answers.keys()].join(' | ')}`)
    }
    if (typeof answer === 'function') answer = await answer(made)
    if (answer instanceof Error) throw answer
    if (typeof answer === 'object' && 'missing' in answer) {
      throw new CommandError({ program, line, exitCode: null, lastLines: [], isMissing: true })
    }
    const result = {
      exitCode: 0,
      stdout: '',
      stderr: '',
      ...(typeof answer === 'string' ? { stdout: answer } : answer),
    }
    for (const stream of ['stdout', 'stderr'] as const) {
      if (stream === 'stdout' && commandOptions.isSecretOutput) continue
      for (const text of result[stream].split('\n')) if (text !== '') commandOptions.onLine?.(text, stream)
    }
    return expectExitCode({ program, line }, result, commandOptions)
  }

  /** Resolves links anywhere in the path, as the kernel does. */
  function resolve(path: string): string {
    let resolved = ''
    for (const name of path.split('/').filter((part) => part !== '')) {
      resolved = `${resolved}/${name}`
      const target = links.get(resolved)
      if (target !== undefined) resolved = resolve(target)
    }
    return resolved === '' ? '/' : resolved
  }

  const everyPath = () => [
    ...given.keys(),
    ...links.keys(),
    ...written.keys(),
    ...madeDirectories.keys(),
    ...(options.directories ?? []),
  ]
  const isThere = (path: string) => everyPath().some((other) => other === path || other.startsWith(`${path}/`))

  function read(path: string): string | Uint8Array | null {
    const real = resolve(path)
    const bytes = given.get(real)
    // Bytes that were written are kept as bytes besides.
    return bytes instanceof Uint8Array ? bytes : (written.get(real)?.content ?? bytes ?? null)
  }

  return {
    query: (program, args, commandOptions) => call('query', program, args, commandOptions),
    run: (program, args, commandOptions) => call('run', program, args, commandOptions),
    async readText(path) {
      const content = read(path)
      return content instanceof Uint8Array ? new TextDecoder().decode(content) : content
    },
    async readBytes(path, range) {
      const disk = options.disks?.[resolve(path)]
      if (disk && range) return disk(range)
      const content = read(path)
      const bytes = typeof content === 'string' ? new TextEncoder().encode(content) : content
      return bytes && range ? bytes.subarray(range.start, range.start + range.length) : bytes
    },
    exchange: async (path) => options.answers?.[resolve(path)] ?? null,
    async listDirectory(path) {
      const real = resolve(path)
      const prefix = real === '/' ? '/' : `${real}/`
      const below = everyPath().filter((other) => other.startsWith(prefix) && other !== prefix)
      const names = new Set(below.map((other) => other.slice(prefix.length).split('/')[0] ?? ''))
      if (names.size === 0 && !everyPath().includes(real)) return null
      return written.has(real) || given.has(real) ? null : [...names].sort()
    },
    async realPath(path) {
      const real = resolve(path)
      return isThere(real) ? real : null
    },
    hasProgram: async (program) => !(options.absent ?? []).includes(program),
    exists: async (path) => isThere(resolve(path)),
    freeBytes: async (path) => options.free?.[path]?.bytes ?? null,
    freeInodes: async (path) => options.free?.[path]?.inodes ?? null,
    async writeBytes(path, content, { mode }) {
      const real = resolve(path)
      given.set(real, content.slice())
      written.set(real, { content: new TextDecoder().decode(content), mode, wasSecret: false })
    },
    async writeAt(path, bytes, offset) {
      const real = resolve(path)
      const old = given.get(real)
      if (!(old instanceof Uint8Array)) throw systemError('ENOENT', `no such file or directory, open '${path}'`)
      if (offset + bytes.length > old.length) throw new Bug(`writeAt beyond the end of ${path}`)
      const content = old.slice()
      content.set(bytes, offset)
      given.set(real, content)
      const mode = written.get(real)?.mode ?? 0o600
      written.set(real, { content: new TextDecoder().decode(content), mode, wasSecret: false })
    },
    async writeFile(path, content, { mode }) {
      const wasSecret = content instanceof Secret
      if (given.get(resolve(path)) instanceof Uint8Array) given.delete(resolve(path))
      written.set(resolve(path), { content: wasSecret ? content.reveal() : content, mode, wasSecret })
    },
    async appendFile(path, content, { mode }) {
      const before = read(path) ?? ''
      const text = typeof before === 'string' ? before : new TextDecoder().decode(before)
      written.set(resolve(path), { content: text + content, mode, wasSecret: false })
    },
    async makeDirectory(path, { mode }) {
      madeDirectories.set(resolve(path), mode)
    },
    async removeFile(path) {
      const real = resolve(path)
      if (isThere(real)) removed.push(path)
      written.delete(real)
      given.delete(real)
    },
    async removeDirectory(path) {
      const real = resolve(path)
      if (everyPath().some((other) => other.startsWith(`${real}/`))) throw systemError('ENOTEMPTY', `rmdir '${path}'`)
      if (madeDirectories.delete(real)) removed.push(path)
    },
    async moveFile(from, to) {
      if (isThere(resolve(to))) throw new Error(`EEXIST: file already exists, link '${from}' -> '${to}'`)
      const [real, content] = [resolve(from), read(from)]
      const file = written.get(real)
      if (file !== undefined) written.set(resolve(to), file)
      else given.set(resolve(to), content)
      written.delete(real)
      given.delete(real)
    },
    async httpsGet(url, trust, timeoutMs) {
      if (!options.httpsGet) throw new Bug(`the fake system was not told how to answer: GET ${url}`)
      return options.httpsGet(url, trust, timeoutMs)
    },
    now: options.now ?? (() => new Date('2026-05-30T10:00:00.000Z')),
    calls: () => [...calls],
    runs: () => calls.filter((made) => made.kind === 'run').map((made) => made.line),
    written: () => new Map(written),
    madeDirectories: () => new Map(madeDirectories),
    removed: () => [...removed],
  }
}

/** As node throws it for a failed system call. */
function systemError(code: string, message: string): Error {
  return Object.assign(new Error(`${code}: ${message}`), { code, syscall: 'open' })
}
