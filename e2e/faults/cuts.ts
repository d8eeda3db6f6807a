import type { Machine } from '../harness/machine.ts'
import { type NbdCut, sameDiskSince } from '../harness/nbd-cut.ts'
import { goOn } from '../harness/stop-at.ts'
import { bootAnswering } from '../install/boot-questions.ts'
import type { Lab } from '../install/disk-machine.ts'
import { firstBoot } from '../install/installed.ts'
import { differencesOf, readContent } from './content.ts'
import { CONTINUE, endOfRun, endProblems, type Looked, look, repeatedIn, runToEnd, START_OVER } from './installer.ts'
import { beginStopped, byId, DISK_BYTES, KINDS, type Kind, plugIn, withFreshMachine } from './machines.ts'
import { type Outcome, toldBy } from './outcome.ts'
import { lastFlush, type Recording, recordingOf, zoneOf } from './recording.ts'

export const cutId = (kind: Kind, { flush, keep, seed }: NbdCut): string => `cut:${kind}:${flush}:${keep}:${seed}`

/** A machine whose disk is as it was when the power went. */
export async function withCutMachine<T>(
  lab: Lab,
  name: string,
  given: {
    readonly kind: Kind
    readonly recording: Recording
    readonly cut: NbdCut
    /** What the disk says of itself, when not what it said in the recording. */
    readonly serial?: string
    readonly sizeBytes?: number
  },
  body: (machine: Machine) => Promise<T>,
): Promise<T> {
  const { kind, recording, cut, serial, sizeBytes = DISK_BYTES } = given
  return withFreshMachine(lab, name, { base: 'places', kind }, async (machine) => {
    const base = { log: recording.log, cut }
    await plugIn(machine, { id: 'keystone-a', sizeBytes, backend: 'nbd', base, ...(serial && { serial }) })
    return body(machine)
  })
}

/** Cuts the power at one flush, looks, continues to the end, and compares. `boots`: starts what is installed, too. */
export async function tryCut(
  lab: Lab,
  { kind, cut, boots }: { readonly kind: Kind; readonly cut: NbdCut; readonly boots: boolean },
  say: (text: string) => void,
): Promise<Outcome> {
  const recording = await recordingOf(lab, kind, { say })
  const last = lastFlush(recording)
  if (cut.flush > last + 1) return { problems: [], isNotThere: true }
  const first = cut.keep === 'none' ? sameDiskSince(recording.log, cut.flush) : cut.flush
  if (first < cut.flush && !boots) return { problems: [], sameAs: cutId(kind, { ...cut, flush: first }) }
  const name = `cut-${kind}-${cut.flush}-${cut.keep}-${cut.seed}`
  return withCutMachine(lab, name, { kind, recording, cut }, async (machine) => {
    const zone = zoneOf(recording, cut.flush)
    const found = await look(machine)
    say(`${zone}: ${describe(found)}`)
    const problems: string[] = []
    if (found === null && zone === 'middle') problems.push('nothing was found of the install that was begun')
    if (found !== null && found.problems.length > 0)
      problems.push(`it cannot go on: ${found.problems.map(({ code }) => code).join(', ')}`)
    const notes = [`${zone}, ${describe(found)}`]
    if (found === null && zone === 'late') {
      // The journal is gone: it is installed, and nobody is asked to install it again.
      return { problems: [...problems, ...(await bootProblems(machine))], notes }
    }
    const run = await runToEnd(machine, 'continued', CONTINUE)
    problems.push(...(await endProblems(machine, 'the install that went on', run)))
    const finished = (found?.tasks ?? []).filter(({ stand }) => stand === 'finished').map(({ id }) => id)
    for (const task of repeatedIn(run, finished)) {
      // An esp that is beyond repair is made anew, and what belongs on it with it.
      const isMadeAnew = run.events.some((event) => event.type === 'log' && event.line.includes('is formatted again;'))
      if (isMadeAnew) notes.push(`${task} was done again, because the esp was beyond repair`)
      else problems.push(`${task} was done again, which was finished`)
    }
    const told = toldBy(run.events, KINDS[kind], name)
    problems.push(...told.problems)
    if (run.exitCode === 0 && recording.content !== null)
      problems.push(...differencesOf(await readContent(machine), recording.content))
    if (boots && run.exitCode === 0) problems.push(...(await bootProblems(machine)))
    // Only an install from its beginning says how good guesses were.
    return { problems, notes, ...(found === null && { eta: told.eta ?? [], measured: told.measured ?? [] }) }
  })
}

const describe = (found: Looked | null) => {
  if (found === null) return 'nothing was begun'
  const open = found.tasks.find(({ stand }) => stand !== 'finished')
  return `${found.tasks.filter(({ stand }) => stand === 'finished').length} tasks finished, ${open?.id ?? 'the last'} ${open?.stand ?? 'finished'}`
}

/** The machine must come up by its TPM, with nothing asked and nothing wrong. It is off before and on after. */
export async function bootProblems(machine: Machine): Promise<readonly string[]> {
  await machine.powerCut()
  const asked = await bootAnswering(machine)
  const { checks, ok } = await firstBoot(machine)
  const wrong = checks.filter((check) => !check.ok)
  return [
    ...asked.map((question) => `the boot asked for the ${question}`),
    ...(ok || wrong.length > 0 ? [] : ['the first boot says that it is not well']),
    ...wrong.map((check) => `first boot: ${check.name} is ${check.found}, should be ${check.expected}`),
  ]
}

/** What another machine finds of it: each variant must be refused with the difference, and with not a byte written. */
export type Change = 'other-disk' | 'other-size' | 'no-tpm' | 'other-version'

export const CHANGES: readonly Change[] = ['other-disk', 'other-size', 'no-tpm', 'other-version']

const CODES: Readonly<Record<Change, string>> = {
  'other-disk': 'disk-gone',
  'other-size': 'disk-size-changed',
  'no-tpm': 'no-tpm',
  'other-version': 'other-version',
}

export async function tryChange(lab: Lab, change: Change, say: (text: string) => void): Promise<Outcome> {
  const kind = 'ext4'
  const recording = await recordingOf(lab, kind, { say })
  const flush = middleFlush(recording)
  const serial = change === 'other-disk' ? 'keystone-x' : undefined
  const given = {
    kind,
    recording,
    cut: { flush, keep: 'none', seed: 0 },
    ...(serial !== undefined && { serial }),
    ...(change === 'other-size' && { sizeBytes: DISK_BYTES + 2 ** 30 }),
  } as const
  return withCutMachine(lab, `changed-${change}`, given, async (machine) => {
    const { agent } = machine
    if (change === 'no-tpm') await agent.succeed('rm /dev/tpmrm0 /dev/tpm0')
    if (change === 'other-version') await otherVersion(machine)
    const disk = machine.nbd('keystone-a')
    const before = disk.writesTo()
    const found = await look(machine)
    const code = CODES[change]
    const problems: string[] = []
    if (!found?.problems.some((problem) => problem.code === code))
      problems.push(
        `look does not say ${code}, but ${found?.problems.map((one) => one.code).join(', ') ?? 'nothing was begun'}`,
      )
    const run = await runToEnd(machine, 'continued', CONTINUE)
    problems.push(...(await endProblems(machine, 'going on', run, 3)))
    const differs = run.events.flatMap((event) => (event.type === 'begun-found' ? event.differs : []))
    if (!differs.some((problem) => problem.code === code))
      problems.push(`the event begun-found does not say ${code}: ${JSON.stringify(differs).slice(0, 400)}`)
    await agent.succeed(`sync; udevadm settle; [ -b ${byId(serial ?? 'keystone-a')} ]`)
    if (disk.writesTo() !== before) problems.push(`${disk.writesTo() - before} writes went to the disk`)
    return { problems }
  })
}

/** The medium stays in a machine that is installed, and its answers are taken once more: nothing may be erased by that, and
 *  nothing is in the way of who wants it. */
export async function tryInstalledAlready(lab: Lab, say: (text: string) => void): Promise<Outcome> {
  const kind = 'ext4'
  const recording = await recordingOf(lab, kind, { say })
  const cut: NbdCut = { flush: lastFlush(recording) + 1, keep: 'none', seed: 0 }
  return withCutMachine(lab, 'installed-already', { kind, recording, cut }, async (machine) => {
    const disk = machine.nbd('keystone-a')
    const before = disk.writesTo()
    const problems: string[] = []
    for (const args of ['install', CONTINUE]) {
      const run = await runToEnd(machine, 'once-more', args)
      problems.push(...(await endProblems(machine, `"${args}"`, run, 3)))
      const told = run.events.flatMap((event) => (event.type === 'installed-found' ? [event.problem.code] : []))
      if (told.join() !== 'installed-already')
        problems.push(`"${args}" tells ${told.join() || 'of no earlier install'}`)
      if (!/was installed from .* already\. Nothing was changed/.test(run.stderr))
        problems.push(`"${args}" says: ${run.stderr.slice(0, 400)}`)
    }
    await machine.agent.succeed('sync; udevadm settle')
    if (disk.writesTo() !== before) problems.push(`${disk.writesTo() - before} writes went to the disk`)
    const stopped = await beginStopped(machine, { task: 'preflight', moment: 'after' }, 'wanted', START_OVER)
    await machine.agent.succeed(`kill -TERM ${stopped.pid}`)
    await goOn(machine, stopped)
    const wanted = await endOfRun(machine, 'wanted')
    return { problems: [...problems, ...(await endProblems(machine, 'a second install that is wanted', wanted, 130))] }
  })
}

/** In the middle of the build, where there is most to go on with. */
export function middleFlush({ log, times }: Recording): number {
  const { beganMs = 0, endedMs = 0 } = times.install ?? {}
  const flush = log.flushes.find(({ atMs }) => atMs > (beganMs + endedMs) / 2)
  if (flush === undefined) throw new Error('nothing was flushed in the task install')
  return flush.index
}

/** A copy of the installer that says it is another one, in place of the real one. */
async function otherVersion({ agent }: Machine): Promise<void> {
  await agent.succeed(
    `set -e
version=$(keystone --version | cut -d ' ' -f 2)
cp -r /opt/keystone /run/other
grep -rlF "\\"$version\\"" /run/other --include=*.mjs | xargs sed -i "s/\\"$version\\"/\\"99.9.9\\"/g"
mount --bind /run/other /opt/keystone
[ "$(keystone --version)" = 'keystone 99.9.9' ]`,
    { timeoutMs: 120_000 },
  )
}
