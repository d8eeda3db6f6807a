import { type BystanderSeal, bystander, makeBystander } from './bystander.ts'
import type { Backing } from './disk-args.ts'
import { type DiskSpec, makeBlank, makeOverlay } from './disks.ts'
import { type NbdDisk, serveNbd } from './nbd-disk.ts'
import { places } from './qemu-args.ts'

/** A target disk of one machine, with its content. */
export type AttachedDisk = {
  readonly id: string
  readonly backing: Backing
  /** What holds all that was ever written to it. */
  readonly file: string
  readonly nbd?: NbdDisk
  readonly seal?: BystanderSeal
}

/** Makes the content of a new disk: blank, an overlay, served by this process, or the bystander's. */
export async function attachDisk(spec: DiskSpec, runDir: string): Promise<AttachedDisk> {
  const { id, serial = id, backend = 'qcow2' } = spec
  if (Math.max(id.length, serial.length) > 20) throw new Error(`a virtio serial has 20 characters at most: ${serial}`)
  const at = places(runDir)
  if (spec.isBystander) {
    // A saved machine knows it again by its id.
    if (id !== bystander.id) throw new Error(`the disk that nobody may write to is called ${bystander.id}`)
    return attachBystander(id, at.rawDisk(id))
  }
  if (backend === 'nbd') {
    if (!('sizeBytes' in spec)) throw new Error(`${id}: a disk that is served starts blank or as another's log`)
    const { sizeBytes, base, really, logFile = at.nbdLog(id) } = spec
    const socket = at.nbdSocket(id)
    const nbd = await serveNbd({ socket, sizeBytes, logFile, ...(base && { base }), ...(really && { really }) })
    return { id, backing: { kind: 'nbd', socket }, file: logFile, nbd }
  }
  const file = at.disk(id)
  if ('path' in spec) await makeOverlay(spec.path, file)
  else await makeBlank(spec.sizeBytes, file)
  return { id, backing: { kind: 'qcow2', file }, file }
}

/** The disk of a saved machine, as it was. */
export async function attachFrozen(id: string, frozen: string, runDir: string): Promise<AttachedDisk> {
  const at = places(runDir)
  if (id === bystander.id) return attachBystander(id, at.rawDisk(id))
  await makeOverlay(frozen, at.disk(id))
  return { id, backing: { kind: 'qcow2', file: at.disk(id) }, file: at.disk(id) }
}

async function attachBystander(id: string, file: string): Promise<AttachedDisk> {
  return { id, backing: { kind: 'raw', file }, file, seal: await makeBystander(file) }
}
