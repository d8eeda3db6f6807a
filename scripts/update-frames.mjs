// Writes how each page of the wizard looks at 80x24 (src/ui/frames). The diff is the review: read it before you commit it.
// Run it with `npm run update-frames`.
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { ROOT } from './set-up.mjs'

const { status } = spawnSync(
  join(ROOT, 'node_modules/.bin/node'),
  [join(ROOT, 'node_modules/vitest/vitest.mjs'), 'run', '-c', 'scripts/vitest.config.ts', 'src/ui/frames.test.ts'],
  { cwd: ROOT, stdio: 'inherit', env: { ...process.env, KEYSTONE_UPDATE_FRAMES: '1' } },
)
process.exitCode = status ?? 1
