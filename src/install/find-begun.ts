import { posix } from 'node:path'
import { type BlockDevice, flatten } from '../hardware/lsblk.ts'
import { readBlockDevices } from '../hardware/read-disks.ts'
import type { Hardware } from '../model/hardware.ts'
import type { FinishedInstall, InstallMark } from '../model/install-mark.ts'
import { BEGUN_DIRECTORY, JOURNAL_FILE, TARGET_JOURNAL_FILE, TARGET_MARK_FILE } from '../model/paths.ts'
import type { Problem } from '../model/problem.ts'
import type { Begun } from '../model/saved-install.ts'
import { diffMachine } from '../plan/diff-machine.ts'
import { hashOf } from '../plan/hash.ts'
import { CommandError } from '../system/errors.ts'
import { programs } from '../system/programs.ts'
import type { System } from '../system/system.ts'
import { readMark } from './install-mark.ts'
import { type DecodedJournal, decodeJournal } from './journal-file.ts'
import { begunFrom } from './journal-state.ts'
import { isSystemError } from './task-failure.ts'

/** A disk that does not answer must not keep the installer from its start. */
const MOUNT_MS = 30_000

/** On the esp itself, which is mounted at /boot of the target. */
const ON_ESP = posix.relative('/boot', TARGET_JOURNAL_FILE)
const MARK_ON_ESP = posix.relative('/boot', TARGET_MARK_FILE)

/** What installs have left on this machine. `finished`: of those disks that no unfinished one is on, one entry for each mark;
 *  empty where one of this boot is not finished, because then no disk is looked at. */
export type FoundInstalls = { readonly begun: Begun | null; readonly finished: readonly FinishedInstall[] }

/** An install that was begun on this machine and has not come to its end: in memory since this boot, else on the esp of a
 *  disk, since before a power cut. Its `problems` say why it cannot go on. Never throws for what is on disks. */
export async function findBegun(system: System, hardware: Hardware, installerVersion: string): Promise<Begun | null> {
  return (await findInstalls(system, hardware, installerVersion)).begun
}

/** The same with those that have come to their end, which are read in one go. */
export async function findInstalls(
  system: System,
  hardware: Hardware,
  installerVersion: string,
): Promise<FoundInstalls> {
  const inMemory = await begunInMemory(system)
  // One that only looked at the machine has nothing to go on with, and must not hide what is on a disk.
  if (inMemory !== null && hasTouched(inMemory)) {
    return { begun: judge(inMemory, hardware, installerVersion, []), finished: [] }
  }
  const { found, finished, problems } = await readEsps(system)
  const [newest, ...others] = found.filter(({ begun }) => !begun.isInstalled).toSorted(byNews)
  if (newest === undefined) return { begun: null, finished }
  const begun = judge(newest.begun, hardware, installerVersion, [
    ...problems,
    ...others
      .filter(({ begun }) => begun.saved.planHash !== newest.begun.saved.planHash)
      .map(({ device, begun }) => ({
        code: 'several-begun',
        path: ['hardware', 'disks', device],
        message: `${device} holds another install that was begun, of ${begun.saved.plan.hostName}`,
        hint: 'unplug its disk, so that the two cannot be mistaken',
      })),
  ])
  return { begun, finished }
}

/** The one of this boot, for a retry in the process that ran it; nobody looks whether it can go on. Null when there is none,
 *  or when it has come to its end. */
export async function begunInMemory(system: System, file: string = JOURNAL_FILE): Promise<Begun | null> {
  const begun = toBegun(await readJournal(system, file), 'memory')
  if (begun === null || begun.isInstalled) return null
  const [written, now] = [begun.saved.bootId ?? null, await readBootId(system)]
  return written === null || now === null || written === now ? begun : null
}

/** A file in /var outlives its boot on a live system that keeps it; nothing is held open any more then. Source: random(4) */
export async function readBootId(system: System): Promise<string | null> {
  const text = (await system.readText('/proc/sys/kernel/random/boot_id'))?.trim() ?? ''
  return text === '' ? null : text
}

/** Whether it came further than to look at the machine. One whose journal is on a disk has formatted that disk. */
export function hasTouched({ tasks, place }: Begun): boolean {
  return place === 'target' || tasks.some(({ id, stand }) => id !== 'preflight' && stand !== 'not begun')
}

async function readJournal(system: System, file: string): Promise<DecodedJournal | null> {
  const bytes = await system.readBytes(file)
  return bytes && decodeJournal(bytes)
}

function toBegun(journal: DecodedJournal | null, place: Begun['place']): Begun | null {
  return journal && { ...begunFrom(journal.saved, journal.records, place), records: journal.records }
}

function judge(begun: Begun, hardware: Hardware, version: string, others: readonly Problem[]): Begun {
  const { plan, planHash, installerVersion } = begun.saved
  const problems: Problem[] = [...others]
  if (installerVersion !== version) {
    problems.push({
      code: 'other-version',
      path: ['installer'],
      message: `it was begun by Keystone ${installerVersion}, and this is ${version}: the files it writes differ`,
      hint: 'start the medium that it was begun with, or start over',
    })
  }
  // It is written there once the disk is formatted. Without that record to go on would mean to erase it by what it says itself.
  const isFormatted = begun.tasks.some(({ id, stand }) => id === 'partition' && stand === 'finished')
  if (begun.place === 'target' && !isFormatted) {
    problems.push({
      code: 'journal-damaged',
      path: ['target', TARGET_JOURNAL_FILE],
      message: 'its journal is damaged, so nobody knows how far it came',
      hint: 'start over',
    })
  }
  const { hash, ...content } = plan
  if (hash !== planHash || hashOf(content) !== planHash) {
    const message = 'the plan in its journal is not the plan that was confirmed'
    return { ...begun, problems: [{ code: 'plan-damaged', path: ['plan'], message, hint: 'start over' }] }
  }
  // The plan of another version may have other fields; nothing of it is followed.
  return { ...begun, problems: installerVersion === version ? [...problems, ...diffMachine(plan, hardware)] : problems }
}

type FoundOnEsp = { readonly device: string; readonly begun: Begun; readonly records: number }

/** The newest first. Of one install the other esps have older copies, from when the boot loader was installed. */
function byNews(a: FoundOnEsp, b: FoundOnEsp): number {
  const [mine, other] = [Date.parse(a.begun.saved.startedAt), Date.parse(b.begun.saved.startedAt)]
  return mine === other ? b.records - a.records : other - mine
}

/** Each is mounted only to be read, and nothing in it is ever run. */
async function readEsps(system: System): Promise<{
  readonly found: readonly FoundOnEsp[]
  readonly finished: readonly FinishedInstall[]
  readonly problems: readonly Problem[]
}> {
  const found: FoundOnEsp[] = []
  const finished: FinishedInstall[] = []
  const problems: Problem[] = []
  const disks = (await readBlockDevices(system))?.devices ?? []
  const esps = disks.flatMap((disk) =>
    flatten(disk)
      .filter(isFreeEsp)
      .map(({ path }) => ({ path, diskPath: disk.path })),
  )
  for (const [index, { path, diskPath }] of esps.entries()) {
    const directory = `${BEGUN_DIRECTORY}/${index}`
    try {
      const { journal, mark } = await readEsp(system, path, directory)
      const begun = toBegun(journal, 'target')
      if (journal !== null && begun !== null) found.push({ device: path, begun, records: journal.end.records })
      // Where both are, the power was cut in between: the journal has the rest.
      if (mark !== null && begun?.isInstalled !== false) finished.push({ mark, diskPath })
    } catch (error) {
      if (!(error instanceof CommandError || isSystemError(error))) throw error
      // Not root, or an esp that is damaged: then there is nothing to go on with there. One that stays mounted is in the way.
      if (!(error instanceof CommandError) || error.program !== programs.umount) continue
      const message = `${path} cannot be unmounted from ${directory}`
      problems.push({ code: 'disk-in-use', path: ['hardware', 'disks', path], message, hint: 'restart the machine' })
    }
  }
  return { found, finished, problems }
}

type ReadEsp = { readonly journal: DecodedJournal | null; readonly mark: InstallMark | null }

async function readEsp(system: System, device: string, directory: string): Promise<ReadEsp> {
  await system.makeDirectory(directory, { mode: 0o700 })
  const options = ['-t', 'vfat', '-o', 'ro,nodev,noexec,nosuid']
  await system.run(programs.mount, [...options, device, directory], { timeoutMs: MOUNT_MS })
  try {
    const text = await system.readText(`${directory}/${MARK_ON_ESP}`)
    return { journal: await readJournal(system, `${directory}/${ON_ESP}`), mark: text === null ? null : readMark(text) }
  } finally {
    await system.run(programs.umount, [directory], { timeoutMs: MOUNT_MS })
  }
}

/** As the plan names them: disko calls a partition `disk-KEY-NAME`. */
function isFreeEsp({ partitionLabel, filesystem, mountpoints }: BlockDevice): boolean {
  return filesystem === 'vfat' && /^disk-[a-z0-9]+-esp$/.test(partitionLabel ?? '') && mountpoints.length === 0
}
