import type { NixFailure } from '../model/failure.ts'
import type { Problem } from '../model/problem.ts'

/** Your turn: something the person can put right. */
export class UserError extends Error {
  override readonly name = 'UserError'
  readonly nextSteps: readonly string[]
  readonly problems: readonly Problem[]

  constructor(
    message: string,
    options: { nextSteps?: readonly string[]; problems?: readonly Problem[]; cause?: unknown } = {},
  ) {
    super(message, { cause: options.cause })
    this.nextSteps = options.nextSteps ?? []
    this.problems = options.problems ?? []
  }
}

/** A program we called failed: its name, exit code (null when a signal ended it or it was not found) and last lines. */
export class CommandError extends Error {
  override readonly name = 'CommandError'
  readonly program: string
  /** The command as a person would type it; arguments never hold secrets. */
  readonly line: string
  readonly exitCode: number | null
  readonly lastLines: readonly string[]
  readonly isMissing: boolean
  /** The signal that ended it, when it was not ours: `SIGKILL`. */
  readonly signal: string | null
  /** It took longer than it was given, and we ended it. */
  readonly timedOut: boolean
  /** Its arguments: what it was called for can be told without reading `line`. */
  readonly args: readonly string[]
  /** The last command that a shell script told by `set -x`, in words; empty when it told none. */
  readonly traced: readonly string[]
  /** What Nix said in its structured log, where the caller listened to it. */
  readonly nix: NixFailure | null
  /** How far the program had come, where the caller knows its stages. */
  readonly stage: string | null

  constructor(options: {
    program: string
    line: string
    exitCode: number | null
    lastLines: readonly string[]
    isMissing?: boolean
    signal?: string | null
    args?: readonly string[]
    traced?: readonly string[]
    nix?: NixFailure | null
    stage?: string | null
    /** Set when we ended it because it took longer than this. */
    timedOutMs?: number
    cause?: unknown
  }) {
    const how = options.isMissing
      ? 'is not installed'
      : options.timedOutMs !== undefined
        ? `gave no answer within ${options.timedOutMs / 1000} s`
        : options.exitCode === null
          ? `was ended by ${options.signal ?? 'a signal'}`
          : `failed with exit code ${options.exitCode}`
    super(`${options.program} ${how}`, { cause: options.cause })
    this.program = options.program
    this.line = options.line
    this.exitCode = options.exitCode
    this.lastLines = options.lastLines
    this.isMissing = options.isMissing ?? false
    this.signal = options.signal ?? null
    this.timedOut = options.timedOutMs !== undefined
    this.args = options.args ?? []
    this.traced = options.traced ?? []
    this.nix = options.nix ?? null
    this.stage = options.stage ?? null
  }
}

/** The person cancelled. Not a failure: exit code 130. */
export class Cancelled extends Error {
  override readonly name = 'Cancelled'
}

/** Ours. Shown with its stack; exit code 70. */
export class Bug extends Error {
  override readonly name = 'Bug'
}
