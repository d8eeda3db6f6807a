import { readFileSync } from 'node:fs'
import { expectedMs, type MeasuredTask } from '../install/durations.ts'
import type { InstallEvent, TaskId } from '../model/event.ts'
import type { Plan } from '../model/plan.ts'
import { ext4Plan, zfsPlan } from './task-context.ts'

export type Recorded = {
  readonly run: string
  readonly layout: string
  readonly unlock: Plan['unlock']
  readonly task: TaskId
  readonly durationMs: number
}

/** What each task took in installs in the lab, read off the clock of the recorded screens: true to a second. */
export const recorded: readonly Recorded[] = readFileSync(new URL('recorded-installs.jsonl', import.meta.url), 'utf8')
  .split('\n')
  .filter((line) => line !== '')
  .map((line) => JSON.parse(line) as Recorded)

export const RUNS = [...new Set(recorded.map(({ run }) => run))]

const BEGIN = Date.parse('2026-11-23T02:11:00.000Z')
/** As the ticker speaks in a task that says nothing. */
const TICK_MS = 4000

/** The events of one recorded install, with what was expected of each task by a table. */
export function eventsOf(run: string, table: readonly MeasuredTask[]): InstallEvent[] {
  const tasks = recorded.filter((one) => one.run === run)
  const [first] = tasks
  if (first === undefined) throw new Error(`no recorded install is called ${run}`)
  const { storage } = first.layout === 'single-ext4' ? ext4Plan : zfsPlan
  const plan = { storage, unlock: first.unlock }
  let now = BEGIN
  const at = () => new Date(now).toISOString()
  const list = tasks.map(({ task }) => ({
    id: task,
    title: task,
    weight: 1,
    expectedMs: expectedMs(task, plan, table),
  }))
  const events: InstallEvent[] = [{ type: 'install-started', at: at(), planHash: run, tasks: list }]
  for (const { task, durationMs } of tasks) {
    const end = now + durationMs
    events.push({ type: 'task-started', at: at(), task, title: task })
    for (now += TICK_MS; now < end; now += TICK_MS) events.push({ type: 'task-progress', at: at(), task, fraction: 0 })
    now = end
    events.push({ type: 'task-finished', at: at(), task, outcome: 'done', durationMs })
  }
  return [...events, { type: 'install-finished', at: at(), durationMs: now - BEGIN }]
}
