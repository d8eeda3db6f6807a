import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { InstallEvent, TaskId } from '../../src/model/event.ts'
import { type NbdLog, readNbdLog } from '../harness/nbd-log.ts'
import type { Lab } from '../install/disk-machine.ts'
import { cacheDir, withLock } from '../lab/cache.ts'
import { canaries, needlesOf } from '../secrets/canaries.ts'
import { thisHost } from '../secrets/guest.ts'
import { searchDisks } from '../secrets/places.ts'
import { startSampler } from '../secrets/sampler.ts'
import { openSearch } from '../secrets/search.ts'
import { type Content, readContent } from './content.ts'
import { endProblems, type Run, runToEnd } from './installer.ts'
import { answersOf, baseMachine, DISK_BYTES, KINDS, type Kind, plugIn, withFreshMachine } from './machines.ts'
import { type Outcome, toldBy } from './outcome.ts'

/** One whole install on a disk that logs each write and each flush: what all power cuts are made from. */
export type Recording = {
  readonly log: NbdLog
  /** When each task ended and began, in milliseconds of the log. */
  readonly times: Readonly<Record<string, { readonly beganMs: number; readonly endedMs: number }>>
  /** What it had put on the disk; null for ZFS, whose files are not compared. */
  readonly content: Content | null
  readonly outcome: Outcome
}

const CLOCK = 'the host has '

/** The recording of this installer on this machine, made when there is none yet. */
export async function recordingOf(
  lab: Lab,
  kind: Kind,
  { again = false, say = console.log }: { readonly again?: boolean; readonly say?: (text: string) => void } = {},
): Promise<Recording> {
  const base = await baseMachine(lab, 'places')
  const key = createHash('sha256')
    .update([base.id, lab.bundleHash, answersOf(kind), '1'].join('\n'))
    .digest('hex')
  const dir = join(cacheDir(), 'recorded', `${kind}-${key.slice(0, 16)}`)
  return withLock(`${dir}.lock`, async () => {
    if (again || !existsSync(join(dir, 'recording.json'))) {
      say(`recording an install of ${kind}`)
      await rm(dir, { recursive: true, force: true })
      const partial = `${dir}.tmp-${process.pid}`
      await rm(partial, { recursive: true, force: true })
      await mkdir(partial, { recursive: true })
      const made = await record(lab, kind, join(partial, 'disk'))
      await writeFile(join(partial, 'recording.json'), JSON.stringify(made))
      await rename(partial, dir)
    }
    const made = JSON.parse(await readFile(join(dir, 'recording.json'), 'utf8')) as Omit<Recording, 'log'>
    return { ...made, log: await readNbdLog(join(dir, 'disk')) }
  })
}

/** Cuts behind this are no cuts of the install. */
const INSTALLED = 'installed'

export function lastFlush({ log }: Recording): number {
  return log.marks.find(({ name }) => name === INSTALLED)?.flushesBefore ?? log.flushes.length
}

async function record(lab: Lab, kind: Kind, logFile: string): Promise<Omit<Recording, 'log'>> {
  const needles = needlesOf(canaries(null))
  return withFreshMachine(lab, `record-${kind}`, { base: 'places', kind }, async (machine) => {
    await plugIn(machine, { id: 'keystone-a', sizeBytes: DISK_BYTES, backend: 'nbd', logFile })
    const disk = machine.nbd('keystone-a')
    // The guest's clock, which its events have, beside the log's.
    await machine.agent.syncClock()
    disk.mark(`${CLOCK}${Date.now()}`)
    const search = await openSearch(machine.agent, needles)
    const sampler = await startSampler(machine.agent, search)
    const run = await runToEnd(machine, 'recorded')
    disk.mark(INSTALLED)
    const sampled = await sampler.stop()
    await search.close()
    const problems = [...(await endProblems(machine, 'the install', run))]
    for (const { label, where, name } of sampled.hits) problems.push(`${label} was in ${where} of ${name}`)
    if (problems.length > 0) throw new Error(problems.join('\n'))
    const content = kind === 'ext4' ? await readContent(machine) : null
    const written = await searchWritten(logFile, needles)
    problems.push(
      ...written.hits.map(({ label, offset }) => `${label} was written to the disk, at ${offset} of its log`),
    )
    const told = toldBy(run.events, KINDS[kind], `recorded-${kind}`)
    const outcome: Outcome = {
      ...told,
      problems: [...problems, ...told.problems],
      canaries: { places: 2, hits: sampled.hits.length + written.hits.length },
      flushes: disk.log().marks.find(({ name }) => name === INSTALLED)?.flushesBefore ?? 0,
      notes: [
        `sampled ${sampled.samples} times, every ${sampled.gapMs.median} ms (95 %: ${sampled.gapMs.p95} ms)`,
        `${disk.log().writes.length} writes, ${disk.log().flushes.length} flushes`,
      ],
    }
    return { times: timesOf(run.events, disk.log()), content, outcome }
  })
}

async function searchWritten(logFile: string, needles: ReturnType<typeof needlesOf>) {
  const folder = join(tmpdir(), `keystone-search-${process.pid}`)
  const search = await openSearch(thisHost, needles, folder)
  try {
    const found = await searchDisks(search, [logFile])
    return { hits: found.flatMap(({ hits }) => hits) }
  } finally {
    await search.close()
  }
}

export function timesOf(events: Run['events'], log: Pick<NbdLog, 'marks'>): Recording['times'] {
  const mark = log.marks.find(({ name }) => name.startsWith(CLOCK))
  if (mark === undefined) throw new Error('the log does not say when it was begun')
  const begunAt = Number(mark.name.slice(CLOCK.length)) - mark.atMs
  const at = (wanted: InstallEvent['type'], task: TaskId) => {
    const event = events.find((one) => one.type === wanted && 'task' in one && one.task === task)
    return event && Date.parse(event.at) - begunAt
  }
  const tasks = events.flatMap((event) => (event.type === 'task-finished' ? [event.task] : []))
  return Object.fromEntries(
    tasks.map((task) => [task, { beganMs: at('task-started', task) ?? 0, endedMs: at('task-finished', task) ?? 0 }]),
  )
}

/** A clock is read with a round trip through the guest, and the guest's runs a little beside the host's. */
const DOUBT_MS = 2000

/** Where in the install a cut is. `early`: the journal is not on the disk yet, or just came there: nothing may be offered.
 *  `middle`: what was begun must be found. `late`: the journal goes, or has gone: nothing is offered, and the disk boots. */
export function zoneOf(
  { log, times }: Pick<Recording, 'times'> & { log: Pick<NbdLog, 'flushes'> },
  flush: number,
): 'early' | 'middle' | 'late' {
  const atMs = log.flushes[flush - 1]?.atMs ?? Number.POSITIVE_INFINITY
  if (atMs < (times.partition?.endedMs ?? 0) + DOUBT_MS) return 'early'
  return atMs > (times.unmount?.beganMs ?? 0) - DOUBT_MS ? 'late' : 'middle'
}
