import type { InstallEvent, TaskFailure, TaskId } from '../../src/model/event.ts'
import type { Problem } from '../../src/model/problem.ts'
import type { TaskStand } from '../../src/model/saved-install.ts'
import type { Machine } from '../harness/machine.ts'

/** On tmpfs, and never in an argument: see putHidden. */
export const ANSWERS_FILE = '/run/answers.yaml'

/** The name of the run that a machine was restored with, or that is begun first. */
export const FIRST_RUN = 'first'

/** A run of `keystone install` or `keystone resume` that has ended. */
export type Run = {
  readonly exitCode: number
  readonly events: readonly InstallEvent[]
  readonly stderr: string
}

const MINUTE = 60_000
/** Longer than any install under emulation, two machines side by side. */
const LONGEST_MS = 40 * MINUTE

const filesOf = (run: string) => ({ out: `/run/${run}.out`, err: `/run/${run}.err`, code: `/run/${run}.code` })

/** Starts `keystone install …` in the guest, away from the terminals. `args`: what comes before the answers. */
export async function beginRun({ agent }: Pick<Machine, 'agent'>, run: string, args = 'install'): Promise<void> {
  const { out, err, code } = filesOf(run)
  const line = `keystone ${args} --answers ${ANSWERS_FILE} --progress json`
  await agent.succeed(
    `rm -f ${code}; (${line} >${out} 2>${err} </dev/null; echo $? >${code}.new; mv ${code}.new ${code}) & disown`,
  )
}

/** Waits for its end. Throws when that does not come. */
export async function endOfRun(machine: Pick<Machine, 'agent'>, run: string, timeoutMs = LONGEST_MS): Promise<Run> {
  const { agent } = machine
  const { out, err, code } = filesOf(run)
  const end = Date.now() + timeoutMs
  // The guest itself waits: its processor is not to be kept busy by questions.
  while ((await agent.exec(`timeout 20 bash -c 'until [ -e ${code} ]; do sleep 0.3; done'`)).code !== 0) {
    if (Date.now() < end) continue
    const last = (await agent.exec(`tail -n 20 ${out} ${err}`)).stdout
    throw new Error(`the run "${run}" did not end within ${timeoutMs / 1000} s\n${last}`)
  }
  return {
    exitCode: Number(await agent.succeed(`cat ${code}`)),
    events: await eventsSoFar(machine, run),
    stderr: (await agent.getFile(err)).toString(),
  }
}

/** What a run has told so far; a line that is half written, by one that is at work or was killed, is left out. */
export async function eventsSoFar({ agent }: Pick<Machine, 'agent'>, run: string): Promise<readonly InstallEvent[]> {
  const text = (await agent.getFile(filesOf(run).out)).toString()
  return eventsOf(text.slice(0, text.lastIndexOf('\n') + 1))
}

/** @throws when a line is no event: whoever reads them by program has nothing else. */
export function eventsOf(text: string): readonly InstallEvent[] {
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => {
      try {
        return JSON.parse(line) as InstallEvent
      } catch {
        throw new Error(`not an event: ${line}`)
      }
    })
}

export const runToEnd = async (
  machine: Machine,
  run: string,
  args = 'install',
  timeoutMs = LONGEST_MS,
): Promise<Run> => {
  await beginRun(machine, run, args)
  return endOfRun(machine, run, timeoutMs)
}

export const CONTINUE = 'install --begun continue'
export const START_OVER = 'install --begun start-over'

/** What `keystone look --json` says was begun here; null for nothing. */
export type Looked = {
  readonly planHash: string
  readonly place: 'memory' | 'target'
  readonly tasks: readonly { readonly id: TaskId; readonly stand: TaskStand }[]
  readonly problems: readonly Problem[]
}

export async function look({ agent }: Pick<Machine, 'agent'>): Promise<Looked | null> {
  const stdout = await agent.succeed('keystone look --json', { timeoutMs: 3 * MINUTE })
  return (JSON.parse(stdout) as { begun: Looked | null }).begun
}

export const failureOf = ({ events }: Pick<Run, 'events'>): TaskFailure | null =>
  events.flatMap((event) => (event.type === 'task-failed' ? [event.failure] : [])).at(-1) ?? null

/** A failure by its cause, or by what the task found. */
export const codesOf = ({ diagnosis, problems }: TaskFailure): readonly string[] => [
  ...(diagnosis ? [diagnosis.code] : []),
  ...problems.map(({ code }) => code),
]

export const finishedIn = ({ events }: Pick<Run, 'events'>): readonly TaskId[] =>
  events.flatMap((event) => (event.type === 'task-finished' ? [event.task] : []))

/** They only look, copy what has grown since, or let go of what a run that goes on has mounted again: they run each time. */
const RUN_EACH_TIME: readonly TaskId[] = ['preflight', 'copy-log', 'unmount', 'finish']

/** Of tasks that were finished: those that a later run did again. */
export function repeatedIn({ events }: Pick<Run, 'events'>, finished: readonly TaskId[]): readonly TaskId[] {
  const done = events.flatMap((event) =>
    event.type === 'task-finished' && event.outcome === 'done' ? [event.task] : [],
  )
  return finished.filter((task) => !RUN_EACH_TIME.includes(task) && done.includes(task))
}

/** What is still held of the disks: mounts, mappings, pools, swap, a secret's file. Must be empty after every end. */
export async function leftBehind({ agent }: Pick<Machine, 'agent'>): Promise<readonly string[]> {
  const stdout = await agent.succeed(
    `findmnt -rno TARGET | grep -E '^(/mnt|/run/keystone)(/|$|-credstore)' | grep -v '^/run/keystone$' | sed 's/^/mount /'
lsblk -rno NAME,TYPE | awk '$2 == "crypt" { print "mapping " $1 }'
[ ! -e /sys/module/zfs ] || zpool list -H -o name | sed 's/^/pool /'
tail -n +2 /proc/swaps | sed 's/ .*//; s/^/swap /'
for file in passphrase pin lock; do [ ! -e /run/keystone/$file ] || echo "file $file"; done
true`,
    { timeoutMs: 2 * MINUTE },
  )
  return stdout.split('\n').filter((line) => line !== '')
}

/** The problems of an end that should have been good. */
export async function endProblems(
  machine: Pick<Machine, 'agent'>,
  what: string,
  run: Run,
  wanted = 0,
): Promise<readonly string[]> {
  const problems: string[] = []
  if (run.exitCode !== wanted)
    problems.push(
      `${what} ended with ${run.exitCode} and not with ${wanted}: ${run.stderr.trim().split('\n').slice(0, 12).join(' | ')}`,
    )
  for (const left of await leftBehind(machine)) problems.push(`${what} left behind: ${left}`)
  return problems
}
