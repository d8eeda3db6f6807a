import { copyFile, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { blankBundleDisk, buildBundleDisk } from '../lab/bundle-disk.ts'
import { isAlive } from '../lab/cache.ts'
import { type AttachedDisk, attachDisk, attachFrozen } from './attached-disks.ts'
import { type DiskSpec, defaultDisks, makeOverlay, makeVars } from './disks.ts'
import { makeFetched } from './fetch-server.ts'
import type { MachineOptions } from './machine-options.ts'
import type { Ovmf } from './ovmf.ts'
import { type Hardware, places } from './qemu-args.ts'

const prefix = 'keystone-vm-'
const ownerFile = 'owner.pid'

/** The folder of one machine: the given one, or a new one in the temporary folder. What killed runs left there goes. */
export async function makeRunDir(wanted: string | undefined): Promise<string> {
  if (wanted !== undefined) {
    await mkdir(wanted, { recursive: true })
    return wanted
  }
  await removeOrphans()
  const dir = await mkdtemp(join(tmpdir(), prefix))
  await writeFile(join(dir, ownerFile), String(process.pid))
  return dir
}

async function removeOrphans(): Promise<void> {
  for (const name of await readdir(tmpdir())) {
    if (!name.startsWith(prefix)) continue
    const dir = join(tmpdir(), name)
    const owner = Number(await readFile(join(dir, ownerFile), 'utf8').catch(() => ''))
    if (owner > 0 && !isAlive(owner)) await rm(dir, { recursive: true, force: true })
  }
}

/** Puts the firmware's variables, the disks and the bundle into a new machine's folder: blank ones, or overlays on the
 *  frozen ones of a saved machine. */
export async function makeFiles(
  options: MachineOptions,
  runDir: string,
  firmware: Ovmf,
): Promise<{ hardware: Hardware; bundleDisk: string; attached: readonly AttachedDisk[] }> {
  const at = places(runDir)
  const { from, disks: specs = defaultDisks, ports = [] } = options
  const bundleDisk = await makeBundle(options, at.bundle)
  // The TPM's state is inside the saved memory; an old folder of this machine must not be found.
  await rm(at.tpmDir, { recursive: true, force: true })
  if (options.fetchServer) await makeFetched(at.fetched)
  if (from) {
    const { hardware } = from
    for (const file of [at.vars, at.system]) await makeOverlay(from.frozen(file), file)
    const filled = hardware.diskIds.filter((id) => !hardware.ports?.includes(id))
    const attached = await inTurn(filled, (id) => attachFrozen(id, from.frozen(at.disk(id)), runDir))
    await copyFile(from.serialLog, at.serialLog)
    return { hardware, bundleDisk, attached }
  }
  await makeVars(firmware.vars, at.vars)
  const diskIds = [...specs.map(({ id }) => id), ...ports]
  if (diskIds.length > 15) throw new Error(`a machine has 15 places for disks, not ${diskIds.length}`)
  const attached = await inTurn(specs, (spec) => attachDisk(spec, runDir))
  return { hardware: { ...newHardware(options), diskIds, ...serialsOf(specs) }, bundleDisk, attached }
}

function newHardware(options: MachineOptions): Omit<Hardware, 'diskIds' | 'serials'> {
  const { memoryMiB = 1536, net = true, tpm = true, display = false, ports = [] } = options
  return { memoryMiB, net, tpm, display, ...(ports.length > 0 && { ports }) }
}

function serialsOf(specs: readonly DiskSpec[]): Pick<Hardware, 'serials'> {
  const own = specs.flatMap(({ id, serial }) => (serial === undefined ? [] : [[id, serial] as const]))
  return own.length > 0 ? { serials: Object.fromEntries(own) } : {}
}

async function inTurn<From, To>(list: readonly From[], make: (one: From) => Promise<To>): Promise<readonly To[]> {
  const made: To[] = []
  for (const one of list) made.push(await make(one))
  return made
}

async function makeBundle({ bundleDir, bundleDisk, from }: MachineOptions, out: string): Promise<string> {
  if (bundleDir !== undefined) await buildBundleDisk(bundleDir, out)
  else if (bundleDisk !== undefined) return bundleDisk
  else if (from) return from.bundleDisk
  else await blankBundleDisk(out)
  return out
}
