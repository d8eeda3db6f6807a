import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { build } from './build.mjs'
import { ROOT } from './set-up.mjs'

// Only the wizard's own options pass; --here was for the script before this one.
const args = process.argv.slice(2).filter((arg) => arg !== '--here')
const dist = await build()
const out = join(ROOT, 'out')
const result = spawnSync(process.execPath, [join(dist, 'keystone.mjs'), '--dry-run', '--out', out, ...args], {
  stdio: 'inherit',
})
process.exitCode = result.status ?? 1
