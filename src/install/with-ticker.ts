import type { InstallEvent } from '../model/event.ts'
import type { Plan } from '../model/plan.ts'
import type { System } from '../system/system.ts'
import { readActivity } from './disk-activity.ts'
import { expectedBytes } from './durations.ts'
import { createTicker } from './ticker.ts'

const TICK_MS = 1000

/** Runs `work` with an `onEvent` that is never silent for five seconds while a task is at work. */
export async function withTicker<Result>(
  { system, plan, onEvent }: { readonly system: System; readonly plan: Plan; onEvent(event: InstallEvent): void },
  work: (onEvent: (event: InstallEvent) => void) => Promise<Result>,
): Promise<Result> {
  const ticker = createTicker({
    now: () => system.now(),
    look: () => readActivity(system, plan),
    expectedBytes: (task) => expectedBytes(task, plan),
    emit: onEvent,
  })
  const timer = setInterval(() => {
    ticker.tick().catch((error: unknown) => {
      // No reason to end an install that goes well.
      clearInterval(timer)
      const message = `how far it is cannot be told any more: ${error instanceof Error ? error.message : String(error)}`
      onEvent({ type: 'notice', at: system.now().toISOString(), code: 'no-progress', message })
    })
  }, TICK_MS)
  try {
    return await work((event) => {
      ticker.heard(event)
      onEvent(event)
    })
  } finally {
    clearInterval(timer)
  }
}
