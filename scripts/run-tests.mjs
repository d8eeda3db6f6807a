// The whole test run, one stage after the other: types, lint, unit (with render and screens), then the VM runs, and the chosen
// third of the faults.
// `npm test -- types unit` runs only those stages.
import { spawn } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ROOT, say } from './set-up.mjs'

const bin = (name) => join(ROOT, 'node_modules/.bin', name)
const STAGES = ['types', 'lint', 'unit', 'vm', 'faults']
const wanted = process.argv.slice(2).filter((arg) => STAGES.includes(arg))
const unknown = process.argv.slice(2).filter((arg) => !STAGES.includes(arg))
const stages = wanted.length > 0 ? wanted : STAGES

const total = { passed: 0, failed: 0, skipped: 0 }
const folder = await mkdtemp(join(tmpdir(), 'keystone-test-'))

if (unknown.length > 0) {
  say(`No such stage: ${unknown.join(', ')}. There are: ${STAGES.join(', ')}.`)
  process.exit(2)
}

try {
  for (const stage of stages) {
    const startedAt = Date.now()
    say(`\n== ${stage}`)
    await runStage(stage)
    say(`== ${stage}: ${Math.round((Date.now() - startedAt) / 1000)} s`)
  }
} finally {
  await rm(folder, { recursive: true, force: true })
}
console.log(`${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped`)
process.exitCode = total.failed > 0 || total.passed === 0 ? 1 : 0

async function runStage(stage) {
  if (stage === 'types') return count(await run(bin('tsc'), ['-p', ROOT]))
  if (stage === 'lint') return count(await run(bin('biome'), ['check', `--config-path=${ROOT}`, ROOT]))
  if (stage === 'unit') return vitest('scripts/vitest.config.ts')
  // A failed build of the image is one failed test, said once, instead of every VM run saying it.
  if (!(await count(await run(process.execPath, ['scripts/build.mjs', '--on-node-24'])))) return
  if (!(await count(await run(process.execPath, ['e2e/lab/build-image.ts'])))) return
  return vitest(stage === 'vm' ? 'scripts/vitest.e2e.config.ts' : 'scripts/vitest.faults.config.ts')
}

async function vitest(config) {
  const output = join(folder, `${config.replaceAll('/', '-')}.json`)
  const args = ['run', '--config', config, '--reporter=default', '--reporter=json', `--outputFile.json=${output}`]
  const exitCode = await run(bin('vitest'), args)
  const report = await readFile(output, 'utf8').then(JSON.parse, () => null)
  if (report === null) return count(exitCode === 0 ? 1 : exitCode)
  total.passed += report.numPassedTests
  total.skipped += report.numPendingTests + report.numTodoTests
  total.failed += report.numFailedTests
  // A file that cannot be loaded, or an error outside of a test, has no failed test to its name.
  if (exitCode !== 0 && report.numFailedTests === 0) total.failed += 1
}

function count(exitCode) {
  if (exitCode === 0) total.passed += 1
  else total.failed += 1
  return exitCode === 0
}

function run(program, args) {
  return new Promise((resolve) => {
    const child = spawn(program, args, { cwd: ROOT, stdio: ['ignore', 'inherit', 'inherit'] })
    child.on('error', (error) => {
      say(`cannot run ${program}: ${error.message}`)
      resolve(127)
    })
    child.on('exit', (code) => resolve(code ?? 1))
  })
}
