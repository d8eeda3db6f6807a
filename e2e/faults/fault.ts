import type { TaskId } from '../../src/model/event.ts'
import type { WayOn } from '../../src/model/failure.ts'
import type { Machine } from '../harness/machine.ts'
import type { StopPoint } from '../harness/stop-at.ts'
import type { Kind } from './machines.ts'

/** Where the installer is when the fault comes. */
export type Moment =
  /** It has not been started. */
  | { readonly when: 'before the start' }
  /** It stands still there, and goes on with the fault. */
  | { readonly when: 'stopped'; readonly at: StopPoint }
  /** It was killed there; the fault comes before the run that continues, or as soon as that has come through a task. */
  | { readonly when: 'continuing'; readonly killedAt: StopPoint; readonly afterTask?: TaskId }

/** Which disk the install is for: an image file, or one that this process serves. */
export type TargetDisk = 'file' | 'served' | { readonly really: 'error' | 'drop' }

/** How the machine gets on. `retry`, `answers`: as on the failure page, to the exit code `endsWith`. `past preflight`: a retry
 *  begins to work, and that is enough. `none needed`: the install goes on by itself. */
export type After =
  | { readonly wayOn: 'retry' | 'answers'; readonly endsWith: number }
  | { readonly wayOn: 'retry'; readonly endsWith: 'past preflight' }
  | { readonly wayOn: 'none needed'; readonly endsWith: 0 }

export type Expected = {
  /** Of the diagnosis, of a problem that the task found, or of the notice. */
  readonly code: string
  readonly exitCode: number
  /** What a person reads: on stderr without a screen, and on the failure page of 80x24. */
  readonly screen: RegExp
  /** What the JSON event has at least: its type, and of a failure its task. Several tasks: whichever meets the fault first. */
  readonly event:
    | { readonly type: 'task-failed'; readonly task: TaskId | readonly TaskId[]; readonly waysOn?: readonly WayOn[] }
    | { readonly type: 'notice' }
    /** An earlier install that cannot go on, with the difference. */
    | { readonly type: 'begun-found' }
    | { readonly type: 'install-finished' }
}

export type Fault = {
  readonly id: string
  readonly title: string
  /** Part of `npm test`. */
  readonly third: boolean
  readonly kind: Kind
  readonly moment: Moment
  readonly disk?: TargetDisk
  readonly memory?: 'small'
  readonly fetches?: true
  readonly inject: (machine: Machine) => Promise<void>
  readonly expect: Expected
  /** Waits until the fault has been noticed by an install that goes on, before it is mended. */
  readonly mendsAtNotice?: true
  readonly mend: (machine: Machine) => Promise<void>
  readonly after: After
  /** What is changed of the answers, when that is the way on. */
  readonly changed?: { readonly swap?: string; readonly diskIds?: readonly string[] }
}

/** A fault that another file of the suite has: shown there, and counted here. */
export type Elsewhere = {
  readonly id: string
  readonly title: string
  readonly file: string
  /** Stands in that file. */
  readonly sign: string
  readonly expect: Pick<Expected, 'code' | 'exitCode' | 'screen'>
  readonly wayOn: string
}

/** What is missing of an entry: each must say what is expected of it, all of it. */
export function incompleteness({ id, expect, after, inject, mend, kind }: Partial<Fault>): readonly string[] {
  const problems: string[] = []
  const need = (isThere: boolean, what: string) => {
    if (!isThere) problems.push(what)
  }
  need(/^[a-z0-9-]+$/.test(id ?? ''), 'an id')
  need(kind !== undefined, 'a kind of install')
  need(typeof inject === 'function', 'how it is injected')
  need(typeof mend === 'function', 'how it is mended')
  need(/^[a-z0-9-]+$/.test(expect?.code ?? ''), 'an expected code')
  need([0, 2, 3, 4, 130].includes(expect?.exitCode ?? -1), 'an expected exit code')
  need((expect?.screen?.source.length ?? 0) > 6, 'expected words on the screen')
  need(expect?.event?.type !== undefined, 'an expected event')
  need(after?.wayOn !== undefined && after.endsWith !== undefined, 'a way on and its end')
  if (expect?.exitCode === 0) need(after?.wayOn === 'none needed', 'no way on where nothing fails')
  else need(after?.wayOn !== 'none needed', 'a way on that is one')
  return problems
}
