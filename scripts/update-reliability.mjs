// Writes docs/reliability.md from the last runs of `npm run test:faults` (e2e/faults/results.jsonl). Run it with
// `npm run update-reliability`.
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { continueOnNode24, ROOT } from './set-up.mjs'

if (Number(process.versions.node.split('.')[0]) < 24) {
  continueOnNode24('scripts/update-reliability.mjs', [])
} else {
  const { reliabilityPage } = await import('../e2e/faults/reliability-page.ts')
  const { parseResults } = await import('../e2e/faults/results.ts')
  const text = await readFile(join(ROOT, 'e2e/faults/results.jsonl'), 'utf8').catch((error) => {
    if (error.code === 'ENOENT') return ''
    throw error
  })
  await writeFile(join(ROOT, 'docs/reliability.md'), reliabilityPage(parseResults(text)))
}
