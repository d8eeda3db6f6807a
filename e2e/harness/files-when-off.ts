import { existsSync } from 'node:fs'
import { cp, rm } from 'node:fs/promises'
import { makeVars, qcow2Snapshot } from './disks.ts'
import { findSecureOvmf } from './ovmf.ts'
import { type Firmware, places } from './qemu-args.ts'

/** What is done with the files of a machine that is off. `images`: the disks that it has written to. */

export async function keepFiles(runDir: string, images: readonly string[]): Promise<void> {
  const at = places(runDir)
  for (const file of [at.vars, ...images]) await qcow2Snapshot('create', file)
  await rm(at.keptTpmDir, { recursive: true, force: true })
  if (existsSync(at.tpmDir)) await cp(at.tpmDir, at.keptTpmDir, { recursive: true })
}

/** As they were when they were kept. */
export async function putFilesBack(runDir: string, images: readonly string[]): Promise<void> {
  const at = places(runDir)
  for (const file of [at.vars, ...images]) await qcow2Snapshot('apply', file)
  await removeTpm(runDir)
  if (existsSync(at.keptTpmDir)) await cp(at.keptTpmDir, at.tpmDir, { recursive: true })
}

/** The next boot makes a new one. */
export async function removeTpm(runDir: string): Promise<void> {
  await rm(places(runDir).tpmDir, { recursive: true, force: true })
}

/** A firmware with Microsoft's keys; its variables outlive the boots. */
export async function secureFirmware(runDir: string): Promise<Firmware> {
  const { code, vars } = await findSecureOvmf()
  const own = places(runDir).secureVars
  if (!existsSync(own)) await makeVars(vars, own)
  return { code, vars: own, isSecure: true }
}
