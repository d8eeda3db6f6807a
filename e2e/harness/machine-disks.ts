import { type AttachedDisk, attachDisk } from './attached-disks.ts'
import { checkBystander } from './bystander.ts'
import { blockNodes, type DiskPlace, throttleGroup } from './disk-args.ts'
import { type DiskFaults, diskFaults } from './disk-faults.ts'
import type { DiskSpec } from './disks.ts'
import type { NbdDisk } from './nbd-disk.ts'
import type { Keep } from './nbd-log.ts'
import { diskPlaces, type Hardware } from './qemu-args.ts'
import type { Qmp } from './qmp.ts'

/** The target disks of one machine, over all its boots. */
export class MachineDisks {
  readonly #runDir: string
  readonly #hardware: Hardware
  readonly #attached: Map<string, AttachedDisk>
  readonly #control: () => Pick<Qmp, 'execute' | 'onEvent'>
  readonly #faults = new Map<string, DiskFaults>()
  #isClosed = false

  /** `hardware` is the machine's own and follows what is plugged in; `control` throws when the machine is off. */
  constructor(
    runDir: string,
    hardware: Hardware,
    attached: readonly AttachedDisk[],
    control: () => Pick<Qmp, 'execute' | 'onEvent'>,
  ) {
    this.#runDir = runDir
    this.#hardware = hardware
    this.#attached = new Map(attached.map((disk) => [disk.id, disk]))
    this.#control = control
  }

  /** Those that are not in an empty place, by id. */
  get attached(): ReadonlyMap<string, AttachedDisk> {
    return this.#attached
  }

  faults(id: string): DiskFaults {
    const known = this.#faults.get(id)
    if (known) return known
    const faults = diskFaults(this.#place(id), this.#control)
    this.#faults.set(id, faults)
    return faults
  }

  nbd(id: string): NbdDisk {
    const nbd = this.#attached.get(id)?.nbd
    if (!nbd) throw new Error(`${id} is no disk that is served by NBD`)
    return nbd
  }

  async plug(spec: DiskSpec): Promise<void> {
    const { id, serial = id } = spec
    const control = this.#control()
    if (this.#attached.has(id)) throw new Error(`there is a disk ${id} already`)
    if (!this.#hardware.ports?.includes(id)) throw new Error(`this machine has no empty place ${id}`)
    if (serial !== id) this.#hardware.serials = { ...this.#hardware.serials, [id]: serial }
    const disk = await attachDisk(spec, this.#runDir)
    this.#attached.set(id, disk)
    await control.execute('object-add', throttleGroup(id))
    for (const node of blockNodes(id, disk.backing)) await control.execute('blockdev-add', node)
    await this.faults(id).plug()
  }

  /** The machine's hardware as it is now: places that have got a disk are no empty ones any more. */
  hardwareNow(): Hardware {
    const { ports = [], ...rest } = this.#hardware
    const empty = ports.filter((id) => !this.#attached.has(id))
    return { ...rest, ...(empty.length > 0 && { ports: empty }) }
  }

  /** The files that belong to a saved machine. Throws when a disk has none that can be kept. */
  imagesToKeep(): readonly string[] {
    return [...this.#attached.values()].flatMap(({ id, backing }) => {
      if (backing.kind === 'nbd') throw new Error(`${id} is served by NBD and cannot be kept: plug it in afterwards`)
      // The bystander is made anew.
      return backing.kind === 'qcow2' ? [backing.file] : []
    })
  }

  get served(): readonly { readonly id: string; readonly nbd: NbdDisk }[] {
    return [...this.#attached.values()].flatMap(({ id, nbd }) => (nbd ? [{ id, nbd }] : []))
  }

  /** What holds all that was ever written to the disks. */
  get files(): readonly string[] {
    return [...this.#attached.values()].map(({ file }) => file)
  }

  /** What was not flushed is lost, on the disks that can lose it. The machine must be off. */
  async losePower(keep: Keep, seed: number): Promise<void> {
    for (const { nbd } of this.served) await nbd.powerLoss(keep, seed)
  }

  /** Ends what serves the disks; then throws when one was written to that nobody may write to. The machine must be off. */
  async close(): Promise<void> {
    if (this.#isClosed) return
    this.#isClosed = true
    for (const { nbd } of this.served) await nbd.close()
    for (const { seal } of this.#attached.values()) if (seal) await checkBystander(seal)
  }

  #place(id: string): DiskPlace {
    const place = diskPlaces(this.#hardware).find((one) => one.id === id)
    if (!place) throw new Error(`this machine has no place for a disk ${id}`)
    return place
  }
}
