import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { createLocalSystem } from '../system/local-system.ts'
import { createLog } from '../system/log.ts'
import { fakeSystem } from '../testing/fake-system.ts'
import { forbidCoreDumps } from './no-core-dumps.ts'

test('the limit is set for the process itself, hard and soft', async () => {
  const system = fakeSystem({ commands: { 'prlimit --pid 4711 --core=0:0': '' } })
  await forbidCoreDumps(system, { write: () => {} }, 4711)
  expect(system.runs()).toEqual(['prlimit --pid 4711 --core=0:0'])
})

const hasPrlimit = spawnSync('prlimit', ['--version']).status === 0

test.skipIf(!hasPrlimit)('the kernel shows it, for this process and so for all it starts', async () => {
  const log = createLog({ append: () => {} })
  await forbidCoreDumps(createLocalSystem({ log }), log)
  expect(readFileSync('/proc/self/limits', 'utf8')).toMatch(/^Max core file size +0 +0 /m)
})

test('every unit that has an answer file or an installer at hand says it as well', () => {
  for (const unit of ['keystone@.service', 'keystone-unattended.service', 'keystone-answers.service']) {
    expect(readFileSync(new URL(`../../iso/units/${unit}`, import.meta.url), 'utf8')).toMatch(/^LimitCORE=0$/m)
  }
})

test('node writes no diagnostic report by itself: it would hold the environment and the heap', () => {
  const { reportOnFatalError, reportOnSignal, reportOnUncaughtException } = process.report
  expect([reportOnFatalError, reportOnSignal, reportOnUncaughtException]).toEqual([false, false, false])
})
