// Writes docs/events.md and docs/events.schema.json: what `keystone install --progress json` prints. Run it with
// `node scripts/update-events.mjs`.
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { loadSource } from './load-source.mjs'
import { ROOT } from './set-up.mjs'

const { eventsFiles } = await loadSource('src/testing/events-files.ts')
for (const [path, text] of Object.entries(eventsFiles())) await writeFile(join(ROOT, path), text)
