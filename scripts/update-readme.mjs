// Writes the README's tables of supported layouts and hardware: layouts from the last runs in virtual machines
// (e2e/matrix/results.jsonl), hardware from the recorded machines. Run it with `npm run update-readme`.
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { loadSource } from './load-source.mjs'
import { ROOT } from './set-up.mjs'

const { BEGIN, END, supportedTables } = await loadSource('src/testing/supported-table.ts')
const file = join(ROOT, 'README.md')
const text = await readFile(file, 'utf8')
const [before, rest] = text.split(`${BEGIN}\n`)
const after = rest?.split(`\n${END}`)[1]
if (after === undefined) throw new Error(`README.md has no place for the tables: ${BEGIN} … ${END}`)
await writeFile(file, `${before}${BEGIN}\n${supportedTables()}\n${END}${after}`)
