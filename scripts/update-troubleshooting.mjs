// Writes docs/troubleshooting.md from the catalogue of known failures (src/failures/catalogue.ts). Run it with
// `npm run update-troubleshooting`.
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { loadSource } from './load-source.mjs'
import { ROOT } from './set-up.mjs'

const { troubleshootingPage } = await loadSource('src/testing/troubleshooting-page.ts')
await writeFile(join(ROOT, 'docs/troubleshooting.md'), troubleshootingPage())
