import type { Confirmation } from '../model/answers.ts'
import type { ProgressBytes, TaskId } from '../model/event.ts'
import type { InstallSecrets } from '../model/install-secrets.ts'
import type { Plan, RenderedFile } from '../model/plan.ts'
import type { Problem } from '../model/problem.ts'
import type { System } from '../system/system.ts'

/** What a task leaves for later ones, kept in the journal so that a resumed install has it too. Never a secret. */
export type TaskOutputs = Readonly<Record<string, string>>

export type TaskContext = {
  readonly plan: Plan
  readonly files: readonly RenderedFile[]
  /** Post-boot phase scripts to stage: absolute target path, content, mode. */
  readonly phaseFiles: readonly RenderedFile[]
  readonly secrets: InstallSecrets
  /** Null until the person typed it; `partition` refuses without. */
  readonly confirmation: Confirmation | null
  readonly system: System
  readonly installerVersion: string
  /** Outputs of the tasks before, by task id. */
  readonly outputs: Readonly<Partial<Record<TaskId, TaskOutputs>>>
  /** An install that was begun before goes on: secrets of tasks that are finished are not known any more. */
  readonly goesOn: boolean
  /** Begun by an earlier run that this one goes on with, and never finished: what they wrote may be torn. */
  readonly interrupted: readonly TaskId[]
  /** An install that was begun on this machine since it was started, by an installer that is gone: what it holds open may be
   *  let go. */
  readonly leftBy: Plan | null
  log(line: string): void
  /** 0..1 within this task. A task that measures its speed says what is left, or null while that cannot be said. */
  progress(fraction: number, message?: string, timeLeftMs?: number | null, bytes?: ProgressBytes): void
  /** Something worth knowing that stops nothing: `pool-degraded`, and a sentence. */
  notice(code: string, message: string): void
  readonly signal: AbortSignal
}

/** One unit of install work. */
export type Task = {
  readonly id: TaskId
  /** What the person reads while it runs: `Partition and format the disks`. */
  readonly title: string
  /** Share of the whole, for the bar. */
  readonly weight: number
  readonly destroysData?: true
  /** 'done' when a run before this one (resume) already did it, with the outputs it must give. */
  check(context: TaskContext): Promise<'todo' | 'done'>
  run(context: TaskContext): Promise<TaskOutputs | undefined>
  /** Looks whether what it should have done is there. Empty: kept. */
  verify(context: TaskContext): Promise<readonly Problem[]>
  /** Only for what can be undone: a mount, a swap, a mapping. */
  undo?(context: TaskContext): Promise<void>
  /** Takes the undo back without doing the work again (mounts what is formatted already), so that a retry keeps what
   *  was built. Where a program fails, the task runs again; a UserError is for the person to put right, and stops. */
  restore?(context: TaskContext): Promise<void>
}

/** A task's file says what it does; its title and weight stand at the list, install/sequences.ts. */
export type TaskWork = Omit<Task, 'title' | 'weight'>
