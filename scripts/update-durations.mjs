// Writes src/install/durations-table.ts, the medians of what tasks took in recorded installs: src/testing/recorded-installs.jsonl
// and, when it is there, e2e/faults/durations.jsonl, to which the runs in virtual machines add. A line of either is
// {layout, unlock, task, durationMs} and may have `bytes` (written to the planned disks) and `run` (its install).
// Run it with `node scripts/update-durations.mjs`.
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { loadSource } from './load-source.mjs'
import { ROOT } from './set-up.mjs'

const SOURCES = ['src/testing/recorded-installs.jsonl', 'e2e/faults/durations.jsonl']

const texts = await Promise.all(
  SOURCES.map((file) =>
    readFile(join(ROOT, file), 'utf8').catch((error) => {
      if (error.code === 'ENOENT') return ''
      throw error
    }),
  ),
)
const measured = texts
  .flatMap((text) => text.split('\n'))
  .filter((line) => line !== '')
  .map((line) => JSON.parse(line))
const { tableOf } = await loadSource('src/install/durations.ts')
const rows = tableOf(measured).map(
  ({ layout, unlock, task, durationMs, bytes }) =>
    `  { layout: '${layout}', unlock: '${unlock}', task: '${task}', durationMs: ${durationMs}, bytes: ${bytes} },`,
)
await writeFile(
  join(ROOT, 'src/install/durations-table.ts'),
  `import type { MeasuredTask } from './durations.ts'

/** Written by scripts/update-durations.mjs from recorded installs. */
export const DURATIONS: readonly MeasuredTask[] = [
${rows.join('\n')}
]
`,
)
console.log(`${measured.length} measurements, ${rows.length} rows`)
