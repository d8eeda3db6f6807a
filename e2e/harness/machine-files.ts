import { copyFile, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { blankBundleDisk, buildBundleDisk } from '../lab/bundle-disk.ts'
import { isAlive } from '../lab/cache.ts'
import { defaultDisks, makeDisk, makeOverlay, makeVars } from './disks.ts'
import type { MachineOptions } from './machine.ts'
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
): Promise<{ hardware: Hardware; bundleDisk: string }> {
  const at = places(runDir)
  const { from, disks = defaultDisks, memoryMiB = 1536, net = true, tpm = true, display = false } = options
  const bundleDisk = await makeBundle(options, at.bundle)
  // The TPM's state is inside the saved memory; an old folder of this machine must not be found.
  await rm(at.tpmDir, { recursive: true, force: true })
  if (from) {
    const files = [at.vars, at.system, ...from.hardware.diskIds.map(at.disk)]
    for (const file of files) await makeOverlay(from.frozen(file), file)
    await copyFile(from.serialLog, at.serialLog)
    return { hardware: from.hardware, bundleDisk }
  }
  await makeVars(firmware.vars, at.vars)
  for (const disk of disks) await makeDisk(disk, at.disk(disk.id))
  return { hardware: { memoryMiB, net, tpm, display, diskIds: disks.map(({ id }) => id) }, bundleDisk }
}

async function makeBundle({ bundleDir, bundleDisk, from }: MachineOptions, out: string): Promise<string> {
  if (bundleDir !== undefined) await buildBundleDisk(bundleDir, out)
  else if (bundleDisk !== undefined) return bundleDisk
  else if (from) return from.bundleDisk
  else await blankBundleDisk(out)
  return out
}
