import type { TaskId } from '../model/event.ts'
import { INSTALLER_VERSION } from '../model/version.ts'
import { formatCommand } from '../system/command-line.ts'
import type { DryRunSystem, RecordedChange } from '../system/dry-run-system.ts'
import type { InstallOutcome, RunOptions } from './install-request.ts'
import { runTasks } from './run-tasks.ts'

export type DryRunResult = {
  readonly outcome: InstallOutcome
  /** The changes of each task, in order; tasks without one are left out. */
  readonly changes: readonly {
    readonly task: TaskId
    readonly title: string
    readonly changes: readonly RecordedChange[]
  }[]
}

/** Lets every task run on a System that only records. What a task would look at before and after is not there, so checks
 *  and verifications are left out; the runs are the very same. */
export async function dryRun(
  options: Omit<RunOptions, 'system' | 'journalFile' | 'begun' | 'answersText' | 'installerVersion'> & {
    readonly system: DryRunSystem
  },
): Promise<DryRunResult> {
  const { system, onEvent } = options
  const starts: { task: TaskId; title: string; from: number }[] = []
  const outcome = await runTasks({
    ...options,
    tasks: options.tasks.map((task) => ({ ...task, check: async () => 'todo', verify: async () => [] })),
    begun: null,
    answersText: '',
    installerVersion: INSTALLER_VERSION,
    journalFile: null,
    onEvent(event) {
      if (event.type === 'task-started') {
        starts.push({ task: event.task, title: event.title, from: system.changes().length })
      }
      onEvent(event)
    },
  })
  const all = system.changes()
  const changes = starts.map(({ task, title, from }, index) => ({
    task,
    title,
    changes: all.slice(from, starts[index + 1]?.from),
  }))
  return { outcome, changes: changes.filter((group) => group.changes.length > 0) }
}

/** The text of commands.txt: a comment for each task, then one line for each change. Commands are quoted for a shell;
 *  secrets are not in it. */
export function formatChanges(groups: DryRunResult['changes']): string {
  return groups
    .map(({ task, title, changes }) => [`# ${task}: ${title}`, ...changes.map(formatChange)].join('\n'))
    .join('\n\n')
    .concat('\n')
}

function formatChange(change: RecordedChange): string {
  switch (change.kind) {
    case 'command':
      return change.stdin === null ? change.line : `${change.line}  # stdin: ${change.stdin}`
    case 'directory':
      return formatCommand('directory', [octal(change.mode), change.path])
    case 'remove':
      return formatCommand('remove', [change.path])
    default: {
      const size = change.content === '***' ? 'secret' : `${Buffer.byteLength(change.content)} bytes`
      return `${formatCommand(change.kind, [octal(change.mode), change.path])} (${size})`
    }
  }
}

function octal(mode: number): string {
  return mode.toString(8).padStart(4, '0')
}
