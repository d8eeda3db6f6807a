// Detection of this machine: a new process each time, so that loading the code counts too. Prints medians and how many
// times one bare `lsblk` a whole detection takes; the goal is below 300 ms. `node bench/detect.mjs [runs]`, no build needed.
import { execFileSync } from 'node:child_process'
import { detectHardware } from '../src/hardware/detect.ts'
import { LSBLK_ARGS } from '../src/hardware/lsblk.ts'
import { identifyMachine } from '../src/system/identify-machine.ts'
import { createLocalSystem } from '../src/system/local-system.ts'
import { createLog } from '../src/system/log.ts'

const GOAL_MS = 300

async function time(work) {
  const startedAt = performance.now()
  await work()
  return performance.now() - startedAt
}

async function once() {
  const system = createLocalSystem({ log: createLog({ append: () => {} }), environment: process.env })
  const systeminformation = await import('systeminformation')
  const cold = await time(() => detectHardware(system, { identify: identifyMachine }))
  const warm = await time(() => detectHardware(system, { identify: identifyMachine }))
  const ourselves = await time(() => detectHardware(system))
  const lsblk = await time(async () => execFileSync('lsblk', LSBLK_ARGS))
  // What systeminformation would take for what we read ourselves.
  const { system: identify, cpu, mem, blockDevices, networkInterfaces } = systeminformation.default
  const parts = { identify, cpu, mem, blockDevices, networkInterfaces }
  const theirs = {}
  for (const [name, part] of Object.entries(parts)) theirs[`systeminformation ${name}`] = await time(() => part())
  return {
    'detection, first': cold,
    'detection, again': warm,
    'detection without machine name': ourselves,
    lsblk,
    ...theirs,
  }
}

const median = (values) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]

if (process.argv[2] === '--once') {
  console.log(JSON.stringify(await once()))
} else {
  const runs = Number(process.argv[2] ?? 9)
  const samples = Array.from({ length: runs }, () =>
    JSON.parse(execFileSync(process.execPath, [import.meta.filename, '--once'], { encoding: 'utf8' })),
  )
  const medians = Object.fromEntries(
    Object.keys(samples[0]).map((name) => [name, median(samples.map((one) => one[name]))]),
  )
  for (const [name, ms] of Object.entries(medians)) console.log(`${name.padEnd(40)} ${ms.toFixed(0).padStart(5)} ms`)
  const first = medians['detection, first']
  console.log(`${'ratio to lsblk alone'.padEnd(40)} ${(first / medians.lsblk).toFixed(1).padStart(5)}`)
  console.log(`goal: below ${GOAL_MS} ms, ${first < GOAL_MS ? 'met' : 'MISSED'} (median of ${runs})`)
  process.exitCode = first < GOAL_MS ? 0 : 1
}
