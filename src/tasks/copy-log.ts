import { posix } from 'node:path'
import { onTarget } from '../install/target-mounts.ts'
import { JOURNAL_FILE, LOG_FILE, STATE_DIRECTORY } from '../model/paths.ts'
import type { Problem } from '../model/problem.ts'
import type { TaskWork } from './task.ts'

export const PLAN_FILE = `${STATE_DIRECTORY}/plan.json`
const JOURNAL_COPY = `${STATE_DIRECTORY}/install-journal`

/** Leaves the story of this install on the machine. The log was written with secrets hidden; the plan has none. */
export const copyLog: TaskWork = {
  id: 'copy-log',
  // The log has grown since: copy it again.
  check: async () => 'todo',
  async run({ plan, system }) {
    for (const path of [LOG_FILE, PLAN_FILE]) {
      await system.makeDirectory(onTarget(posix.dirname(path)), { mode: 0o755 })
    }
    const log = (await system.readText(LOG_FILE)) ?? ''
    await system.writeFile(onTarget(LOG_FILE), log, { mode: 0o640 })
    await system.writeFile(onTarget(PLAN_FILE), `${JSON.stringify(plan, null, 2)}\n`, { mode: 0o640 })
    const journal = await system.readBytes(JOURNAL_FILE)
    if (journal !== null) await system.writeBytes(onTarget(JOURNAL_COPY), journal, { mode: 0o640 })
    return undefined
  },
  async verify({ system }) {
    const paths = [onTarget(LOG_FILE), onTarget(PLAN_FILE)]
    const found = await Promise.all(paths.map((path) => system.exists(path)))
    return paths.flatMap((path, index): Problem[] =>
      found[index] ? [] : [{ code: 'file-missing', path: ['target', path], message: `${path} was not written` }],
    )
  },
}
