import type { Diagnosis, FailureSignature, MachineFacts, WayOn } from '../model/failure.ts'
import { programs } from '../system/programs.ts'

/** One known way to fail. */
export type CatalogueEntry = {
  /** Stable, kebab-case. */
  readonly code: string
  /** For docs/troubleshooting.md: what happened, in a few words. */
  readonly title: string
  readonly matches: (failure: FailureSignature, facts: MachineFacts) => boolean
  readonly tell: (failure: FailureSignature, facts: MachineFacts) => Pick<Diagnosis, 'cause' | 'remedy'>
  readonly waysOn: readonly WayOn[]
  /** A failure of this kind as it was seen, in a run or by the program itself. */
  readonly example: { readonly signature: FailureSignature; readonly facts: MachineFacts }
  /** Why no run in the lab injects it; left out where one does. */
  readonly noFaultBecause?: string
}

/** The first is what the remedy begins with: the failure page has it chosen already. It offers the others, too. */
export const WAYS: readonly WayOn[] = ['retry', 'shell', 'bundle', 'power-off']
export const WAYS_WITH_ANSWERS: readonly WayOn[] = ['retry', 'answers', 'shell', 'bundle', 'power-off']
/** Something has to be set right by hand. */
export const SHELL_FIRST: readonly WayOn[] = ['shell', 'retry', 'bundle', 'power-off']
/** Nothing else makes this disk do. */
export const ANSWERS_FIRST: readonly WayOn[] = ['answers', 'retry', 'shell', 'bundle', 'power-off']
/** The machine has to be started in another way. */
export const POWER_OFF_FIRST: readonly WayOn[] = ['power-off', 'retry', 'shell', 'bundle']

export const SEE_LOG = 'the last lines of the log say why'

/** What ends most remedies. */
export const RETRY = 'then retry: it goes on from here, and finished tasks are not repeated'

/** Nothing is known: nothing may be concluded. */
export const NO_FACTS: MachineFacts = {
  disks: [],
  freeBytes: { temporary: null, target: null, runtime: null },
  oomKills: null,
  hasLink: null,
  hasRoute: null,
  nameLookup: null,
  clockIsBeforeBuild: null,
  efiVariables: null,
  tpm: null,
  pools: [],
  brokenMounts: [],
  users: [],
  missingModules: [],
}

/** A failure with the given fields and nothing else. */
export function failureOf(given: Partial<FailureSignature> & Pick<FailureSignature, 'task'>): FailureSignature {
  return {
    program: null,
    action: null,
    exitCode: null,
    signal: null,
    timedOut: false,
    errno: null,
    stage: null,
    inner: null,
    nix: null,
    problems: [],
    ...given,
  }
}

/** What disko ended with when one of its steps failed. */
export function diskoStep(program: string, action: string | null, exitCode: number): FailureSignature {
  const own = { program: programs.disko, action: 'destroy,format,mount' }
  return failureOf({ task: 'partition', ...own, exitCode, inner: { program, action } })
}

/** The program that failed, called by us or as disko's last step: its script ends with the exit code of that step. */
export function failedProgram(failure: FailureSignature): {
  readonly program: string | null
  readonly action: string | null
} {
  return failure.program === programs.disko && failure.inner !== null ? failure.inner : failure
}

/** Did this program end with one of these exit codes (any but 0 when none is given), doing one of these actions? */
export function ended(
  failure: FailureSignature,
  program: string,
  exitCodes: readonly number[] | null = null,
  actions: readonly string[] | null = null,
): boolean {
  const failed = failedProgram(failure)
  if (failed.program !== program || failure.exitCode === null) return false
  if (exitCodes !== null && !exitCodes.includes(failure.exitCode)) return false
  return actions === null || (failed.action !== null && actions.includes(failed.action))
}

/** Something was done and did not work. A problem that was found by looking has its own words already. */
export function wasAtWork({ program, errno }: FailureSignature): boolean {
  return program !== null || errno !== null
}

/** True when nix, or what calls nix, failed. */
export function isNix({ program }: FailureSignature): boolean {
  return program === programs.nix || program === programs.nixosInstall
}

/** `a, b and c` */
export function listed(words: readonly string[]): string {
  return words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} and ${words.at(-1)}`
}
