import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Hands } from '../cli/hands.ts'
import { createLiveLog } from '../install/live-log.ts'
import type { System } from '../system/system.ts'
import { VERSION } from './begun-journal.ts'

const root = new URL('../..', import.meta.url).pathname
const PLACES = { templates: `${root}templates`, phases: `${root}scripts/phases` }

/** What a command works with, on a machine in memory. Give a `lockFile`, or it takes that of this machine. */
export const handsOn = (system: System, more: Partial<Hands> = {}): Hands => ({
  environment: {},
  places: PLACES,
  machineDirectories: [],
  system,
  liveLog: createLiveLog(),
  version: VERSION,
  ...more,
})

/** What the product brings along, put where `handsOn` says it is. */
export async function copyProduct(system: Pick<System, 'writeFile'>): Promise<void> {
  for (const place of Object.values(PLACES)) {
    for (const entry of readdirSync(place, { recursive: true, withFileTypes: true })) {
      const path = join(entry.parentPath, entry.name)
      if (entry.isFile()) await system.writeFile(path, readFileSync(path, 'utf8'), { mode: 0o644 })
    }
  }
}
