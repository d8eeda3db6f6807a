import type { Diagnosis } from './failure.ts'
import type { Problem } from './problem.ts'
import type { TaskStand } from './saved-install.ts'

export const TASK_IDS = [
  'preflight',
  'partition',
  'hardware-config',
  'write-config',
  'commit-config',
  'build',
  'install',
  'passwords',
  'enroll-keys',
  'stage-phases',
  'copy-log',
  'unmount',
  'finish',
] as const
export type TaskId = (typeof TASK_IDS)[number]

/** Why a task failed, ready to be shown and to be written as JSON. Never holds a secret. */
export type TaskFailure = {
  readonly task: TaskId
  /** One sentence: the cause as far as we know it. */
  readonly message: string
  readonly nextSteps: readonly string[]
  /** The program that failed, with its exit code and last lines, when it was one. */
  readonly command?: { readonly line: string; readonly exitCode: number | null; readonly lastLines: readonly string[] }
  /** What verify or preflight found. */
  readonly problems: readonly Problem[]
  /** Cause and remedy, where the catalogue knows it; `message` is its cause then. */
  readonly diagnosis?: Diagnosis
}

/** Fetched, copied or written. Null: not known. */
export type ProgressBytes = {
  readonly done: number
  readonly total: number | null
  readonly perSecond: number | null
}

/** What an install tells: to the screen, as JSON lines, and to the journal. `at` is ISO 8601 in UTC. */
export type InstallEvent =
  | {
      readonly type: 'install-started'
      readonly at: string
      readonly planHash: string
      /** `expectedMs`: measured on other machines, by plan. */
      readonly tasks: readonly { id: TaskId; title: string; weight: number; expectedMs?: number }[]
    }
  | { readonly type: 'task-started'; readonly at: string; readonly task: TaskId; readonly title: string }
  | {
      readonly type: 'task-progress'
      readonly at: string
      readonly task: TaskId
      readonly fraction: number
      readonly message?: string
      /** What is left of this task. Null: it cannot say now. Left out: it never says. */
      readonly timeLeftMs?: number | null
      /** Of this task. */
      readonly bytes?: ProgressBytes
    }
  | {
      readonly type: 'task-finished'
      readonly at: string
      readonly task: TaskId
      readonly outcome: 'done' | 'already-done'
      readonly durationMs: number
    }
  | { readonly type: 'task-failed'; readonly at: string; readonly failure: TaskFailure }
  | { readonly type: 'task-undone'; readonly at: string; readonly task: TaskId }
  | { readonly type: 'log'; readonly at: string; readonly task: TaskId | null; readonly line: string }
  | { readonly type: 'install-finished'; readonly at: string; readonly durationMs: number }
  | { readonly type: 'install-cancelled'; readonly at: string; readonly task: TaskId | null }
  /** After a failure or a cancel: the undo is at its end, and retry is possible. `problems`: what could not be released. */
  | { readonly type: 'released'; readonly at: string; readonly problems: readonly Problem[] }
  /** Something worth knowing that stops nothing: `disk-slow`. */
  | { readonly type: 'notice'; readonly at: string; readonly code: string; readonly message: string }
  /** An earlier install was found. `differs`: why it cannot go on. */
  | {
      readonly type: 'begun-found'
      readonly at: string
      readonly planHash: string
      readonly startedAt: string
      readonly tasks: readonly { readonly id: TaskId; readonly stand: TaskStand }[]
      readonly differs: readonly Problem[]
    }
  /** A finished install of the same answers was found on a disk that would be erased: nothing is installed. */
  | {
      readonly type: 'installed-found'
      readonly at: string
      readonly planHash: string
      readonly hostName: string
      readonly installerVersion: string
      readonly finishedAt: string
      readonly problem: Problem
    }
