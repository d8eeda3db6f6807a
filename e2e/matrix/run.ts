// Tries layouts × ways to unlock in virtual machines: `npm run test:vm -- --all`.
import { parseArgs } from 'node:util'
import { machinesAtOnce } from '../harness/side-by-side.ts'
import { type Lab, withLab } from '../install/disk-machine.ts'
import { keepResult, type Result, readResults } from './results.ts'
import { CHOSEN, findScenarios, SCENARIOS, type Scenario } from './scenarios.ts'
import { tryScenario } from './try-scenario.ts'

const USAGE = `npm run test:vm                               the chosen pairs of npm test: ${CHOSEN.join(', ')}
npm run test:vm -- --all                      every layout with every way to unlock, and more
npm run test:vm -- --pair raidz1-zfs/tpm      this one; also raidz1-zfs, or tpm, for all with it; may be given again
npm run test:vm -- --list                     what there is, and how it ended last time
  --again   also what was green with this image and this installer already
  --missing only what was never green, with whatever installer
  --minutes N   start nothing new after so many minutes
Results: e2e/matrix/results.jsonl, one line each. Evidence of failures: see e2e/harness/README.md.`

type Options = { again: boolean; missing: boolean; minutes: number }

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      all: { type: 'boolean', default: false },
      pair: { type: 'string', multiple: true, default: [] },
      list: { type: 'boolean', default: false },
      again: { type: 'boolean', default: false },
      missing: { type: 'boolean', default: false },
      minutes: { type: 'string', default: '100000' },
      help: { type: 'boolean', default: false },
    },
  })
  if (values.help) {
    console.log(USAGE)
    return 0
  }
  if (values.list) {
    const results = await readResults()
    for (const { id } of SCENARIOS) console.log(`${id.padEnd(34)} ${wordFor(results.find((one) => one.id === id))}`)
    return 0
  }
  const scenarios = values.all ? SCENARIOS : findScenarios(values.pair.length > 0 ? values.pair : CHOSEN)
  const { again, missing } = values
  return withLab((lab) => tryAll(lab, scenarios, { again, missing, minutes: Number(values.minutes) }))
}

const wordFor = (result: Result | undefined) =>
  result === undefined ? 'not tried' : result.ok ? `green ${result.at}` : `RED ${result.at} ${result.problems[0] ?? ''}`

async function tryAll(lab: Lab, scenarios: readonly Scenario[], { again, missing, minutes }: Options): Promise<number> {
  const end = Date.now() + minutes * 60_000
  const waiting = [...scenarios.entries()]
  let failed = 0
  let keeping: Promise<void> = Promise.resolve()

  const tryNext = async (index: number, scenario: Scenario): Promise<void> => {
    const before = (await readResults()).find(({ id }) => id === scenario.id)
    const isSame = before?.image === lab.image.hash && before.bundle === lab.bundleHash
    const place = `[${index + 1}/${scenarios.length}] ${scenario.id}`
    if (before?.ok && !again && (isSame || missing)) {
      console.log(`${place}: green already`)
      return
    }
    if (Date.now() > end) {
      console.log(`${place}: not started, the time is over`)
      failed += 1
      return
    }
    console.log(`${place} …`)
    const result = await tryOne(lab, scenario, (text) => console.log(`  ${scenario.id}: ${text}`))
    // One after the other: each rewrites the file.
    keeping = keeping.then(() => keepResult(result))
    await keeping
    if (!result.ok) failed += 1
    console.log([`${place}: ${result.ok ? 'green' : 'RED'}`, ...result.problems].join('\n  - '))
  }
  const workers = Array.from({ length: machinesAtOnce() }, async () => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) await tryNext(...next)
  })
  await Promise.all(workers)
  console.log(failed === 0 ? `all ${scenarios.length} are green` : `${failed} of ${scenarios.length} are not green`)
  return failed === 0 ? 0 : 1
}

/** Never throws: a failure is a result. */
async function tryOne(lab: Lab, scenario: Scenario, say: (text: string) => void): Promise<Result> {
  const { id, layout, unlock, answers, pulls } = scenario
  const head = { id, layout, unlock, disks: answers.diskIds.length, pulls }
  const tail = { image: lab.image.hash, bundle: lab.bundleHash, at: new Date().toISOString() }
  try {
    const outcome = await tryScenario(lab, scenario, say)
    return { ...head, ok: outcome.problems.length === 0, ...outcome, ...tail }
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error)
    return { ...head, ok: false, problems: [message], unlockedBy: null, space: [], seconds: {}, ...tail }
  }
}

process.exit(await main())
