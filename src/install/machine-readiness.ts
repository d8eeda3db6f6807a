import { findMissingModules } from '../failures/kernel-modules.ts'
import { readEfiVariables } from '../failures/mount-facts.ts'
import { within } from '../failures/within.ts'
import { RUNTIME_DIRECTORY } from '../model/paths.ts'
import type { Plan } from '../model/plan.ts'
import type { Problem } from '../model/problem.ts'
import { formatSize, MIB } from '../model/size.ts'
import { BUILT_AT } from '../model/version.ts'
import type { System } from '../system/system.ts'

/** What programs put there while they run: a few files of kilobytes each, and nix unpacks sources there. */
const TEMPORARY_BYTES = 64 * MIB
const TEMPORARY_FILES = 1000
/** Firmware that keeps local time is up to 14 hours off, and so is a clock that nobody has asked the network about. */
const CLOCK_TOLERANCE_MS = 24 * 60 * 60 * 1000
const FIRMWARE_MS = 5000

/** What would end the install in its middle, and can be seen before anything is erased. */
export async function findUnreadiness(system: System, plan: Plan): Promise<readonly Problem[]> {
  const groups = await Promise.all([
    findFullPlaces(system),
    findSwapOnDisk(system),
    findLockedFirmware(system),
    findMissingModules(system, plan).then((modules) => modules.map(moduleMissing)),
  ])
  return [...findWrongClock(system.now(), BUILT_AT), ...groups.flat()]
}

/** Certificates are not valid yet for a clock that is behind, so nothing could be downloaded. */
export function findWrongClock(now: Date, builtAt: string | null): readonly Problem[] {
  if (builtAt === null || now.getTime() >= Date.parse(builtAt) - CLOCK_TOLERANCE_MS) return []
  return [
    {
      code: 'clock-wrong',
      path: ['hardware', 'clock'],
      message: `the clock says ${now.toISOString().slice(0, 10)}, which is before this installer was made`,
      hint: 'set it in a shell (date -s "2026-05-30 12:00") or in the firmware settings, then retry',
    },
  ]
}

async function findFullPlaces(system: System): Promise<readonly Problem[]> {
  const problems: Problem[] = []
  for (const directory of ['/tmp', posixParent(RUNTIME_DIRECTORY)]) {
    const [bytes, files] = await Promise.all([system.freeBytes(directory), system.freeInodes(directory)])
    const isFull = (bytes !== null && bytes < TEMPORARY_BYTES) || (files !== null && files < TEMPORARY_FILES)
    if (!isFull) continue
    const free = bytes !== null && bytes < TEMPORARY_BYTES ? formatSize(bytes) : `room for ${files} files`
    problems.push({
      code: 'tmp-full',
      path: ['hardware', 'memory', directory],
      message: `${directory} has ${free} left, and the install needs ${formatSize(TEMPORARY_BYTES)}`,
      hint: `remove what fills ${directory} in a shell, or restart the machine, then retry`,
    })
  }
  return problems
}

const posixParent = (path: string) => path.slice(0, path.lastIndexOf('/'))

/** Memory is written to swap, and secrets are in memory. Compressed memory (zram) is memory. */
async function findSwapOnDisk(system: System): Promise<readonly Problem[]> {
  const lines = ((await system.readText('/proc/swaps')) ?? '').split('\n').slice(1)
  const names = lines.flatMap((line) => line.split(/\s/, 1)).filter((name) => name !== '' && !isZram(name))
  return names.map((name) => ({
    code: 'swap-on-disk',
    path: ['hardware', 'swap', name],
    message: `${name} is used as swap: a secret could be written to it`,
    hint: `turn it off in a shell (swapoff ${name}), then retry`,
  }))
}

/** The boot loader gives the firmware an entry, and the install ends where it cannot (canTouchEfiVariables of the rendered
 *  configuration). */
async function findLockedFirmware(system: System): Promise<readonly Problem[]> {
  if ((await within(FIRMWARE_MS, () => readEfiVariables(system))) !== 'read-only') return []
  return [
    {
      code: 'efi-variables-read-only',
      path: ['hardware', 'firmware'],
      message: "the firmware's variables are mounted read-only, so no boot entry could be written at the end",
      hint: 'make them writable in a shell (mount -o remount,rw /sys/firmware/efi/efivars), then retry',
    },
  ]
}

const isZram = (name: string) => /^\/(dev\/)?zram\d+$/.test(name)

function moduleMissing(name: string): Problem {
  return {
    code: 'module-missing',
    path: ['hardware', 'modules', name],
    message: `the running kernel has no module ${name}, which the disks of this plan need`,
    hint: 'start from the Keystone medium, its kernel has all of them',
  }
}
