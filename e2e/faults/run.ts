// Everything that may go wrong with an install, in virtual machines: `npm run test:faults`.
import { spawn } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { machinesAtOnce } from '../harness/side-by-side.ts'
import { type Lab, withLab } from '../install/disk-machine.ts'
import { buildImage } from '../lab/build-image.ts'
import { bundleHash } from '../lab/bundle-disk.ts'
import { ALL_POINTS, findPoints, type Point, THIRD } from './points.ts'
import { keepDurations, keepResult, type Result, readResults } from './results.ts'
import { tryPoint } from './try-point.ts'

const USAGE = `npm run test:faults                          everything, what is green already left out
npm run test:faults -- --third               what npm test has of it
npm run test:faults -- --only kill:ext4      these; a group, the beginning of ids, or one id; may be given again
npm run test:faults -- --only cut:ext4:123:none:0   one cut: flush, what is kept of the rest (none, random), seed
npm run test:faults -- --list                what there is, and how it ended last time
  --again   also what was green with this image and this installer already
  --missing only what was never green, with whatever installer
  --minutes N   start nothing new after so many minutes
  --lanes N     machines side by side (1 or 2)
Results: e2e/faults/results.jsonl, one line each; npm run update-reliability makes the table. KEYSTONE_SEED=N: other cuts.`

const KNOWN = ALL_POINTS.map(({ id }) => id)

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      third: { type: 'boolean', default: false },
      only: { type: 'string', multiple: true, default: [] },
      list: { type: 'boolean', default: false },
      again: { type: 'boolean', default: false },
      missing: { type: 'boolean', default: false },
      minutes: { type: 'string', default: '100000' },
      lanes: { type: 'string' },
      // Of a lane: one point, in a process of its own.
      point: { type: 'string' },
      bundle: { type: 'string' },
      result: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  })
  if (values.help) {
    console.log(USAGE)
    return 0
  }
  const { point, bundle, result } = values
  if (point !== undefined && bundle !== undefined && result !== undefined) return runPoint(point, bundle, result)
  const points = values.third ? THIRD : values.only.length > 0 ? findPoints(values.only) : ALL_POINTS
  if (values.list) {
    const results = new Map((await readResults()).map((one) => [one.id, one]))
    for (const { id, third, minutes } of points)
      console.log(
        `${third ? '*' : ' '} ${id.padEnd(40)} ${String(minutes).padStart(3)} min  ${wordFor(results.get(id))}`,
      )
    return 0
  }
  const lanes = Math.max(1, Math.min(2, Number(values.lanes ?? machinesAtOnce())))
  return withLab((lab) => tryAll(lab, points, { ...values, minutes: Number(values.minutes), lanes }))
}

const wordFor = (result: Result | undefined) =>
  result === undefined ? 'not tried' : result.ok ? `green ${result.at}` : `RED ${result.at} ${result.problems[0] ?? ''}`

/** What a lane's process does: one point, on the bundle that was built for all. */
async function runPoint(id: string, bundleDir: string, resultFile: string): Promise<number> {
  machinesAtOnce()
  const [point] = findPoints([id]).filter((one) => one.id === id)
  if (point === undefined) throw new Error(`there is nothing called ${id}`)
  const image = await buildImage()
  const lab: Lab = { image, bundleDir, bundleHash: await bundleHash(bundleDir) }
  const tried = await tryPoint(lab, point, (text) => console.log(`  ${id}: ${text}`))
  await writeFile(resultFile, JSON.stringify(tried))
  return tried.result.ok ? 0 : 1
}

type How = { again: boolean; missing: boolean; minutes: number; lanes: number }

async function tryAll(lab: Lab, points: readonly Point[], { again, missing, minutes, lanes }: How): Promise<number> {
  const end = Date.now() + minutes * 60_000
  const waiting = [...points.entries()]
  const folder = await mkdtemp(join(tmpdir(), 'keystone-faults-'))
  let failed = 0
  let laneSeconds = 0
  let keeping: Promise<void> = Promise.resolve()

  const tryNext = async (index: number, point: Point): Promise<void> => {
    const place = `[${index + 1}/${points.length}] ${point.id}`
    const before = (await readResults()).find(({ id }) => id === point.id)
    const isSame = before?.image === lab.image.hash && before.bundle === lab.bundleHash
    if (await isBeyond(point.id)) return
    if (before?.ok && !again && (isSame || missing)) return console.log(`${place}: green already`)
    if (Date.now() > end) {
      failed += 1
      return console.log(`${place}: not started, the time is over`)
    }
    console.log(`${place} …`)
    const { result, measured, isNotThere } = await inProcess(lab, point, join(folder, `${index}.json`), again)
    if (isNotThere) return console.log(`${place}: the install has no such flush`)
    laneSeconds += result.seconds
    // One after the other: each rewrites the file.
    keeping = keeping.then(async () => {
      await keepResult(result, KNOWN)
      await keepDurations(measured)
    })
    await keeping
    if (!result.ok) failed += 1
    console.log([`${place}: ${result.ok ? 'green' : 'RED'}, ${result.seconds} s`, ...result.problems].join('\n  - '))
    for (const note of result.notes ?? []) console.log(`  (${note})`)
  }
  try {
    await Promise.all(
      Array.from({ length: lanes }, async () => {
        for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) await tryNext(...next)
      }),
    )
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
  console.log(failed === 0 ? `all ${points.length} are green` : `${failed} of ${points.length} are not green`)
  console.log(`${Math.round(laneSeconds / 60)} minutes of machines; npm run update-reliability makes the table`)
  return failed === 0 ? 0 : 1
}

/** The list has more cuts than an install has flushes; how many it has its recording tells. */
async function isBeyond(id: string): Promise<boolean> {
  const [, kind, flush] = /^cut:(\w+):(\d+):/.exec(id) ?? []
  const recorded = (await readResults()).find((one) => one.id === `record:${kind}`)
  return recorded?.flushes !== undefined && Number(flush) > recorded.flushes + 1
}

/** A process serves the disks of its machine: two machines in one would wait for each other. */
async function inProcess(lab: Lab, point: Point, file: string, again: boolean): ReturnType<typeof tryPoint> {
  const startedAt = Date.now()
  const args = [import.meta.filename, '--point', point.id, '--bundle', lab.bundleDir, '--result', file]
  const code = await new Promise<number | null>((resolve, reject) => {
    const child = spawn(process.execPath, args, {
      stdio: ['ignore', 'inherit', 'inherit'],
      env: { ...process.env, ...(again && { KEYSTONE_RECORD_AGAIN: '1' }) },
    })
    child.on('error', reject)
    child.on('exit', resolve)
  })
  const text = await readFile(file, 'utf8').catch(() => null)
  if (text !== null) return JSON.parse(text) as Awaited<ReturnType<typeof tryPoint>>
  return tryPoint(
    lab,
    {
      ...point,
      run: () =>
        Promise.reject(
          new Error(`its process ended with ${code}, after ${Math.round((Date.now() - startedAt) / 1000)} s`),
        ),
    },
    console.log,
  )
}

process.exit(await main())
