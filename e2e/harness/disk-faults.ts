import { type DiskPlace, diskDevice, partsOf, speedNode } from './disk-args.ts'
import type { Qmp } from './qmp.ts'

/** What can happen to a target disk while the machine runs. */
export type DiskFaults = {
  /** Reads or writes of this guest sector (512 bytes), or all of them, fail; 5 (EIO) unless said otherwise. Whatever the errno
   *  is, the guest sees EIO. In place of an earlier one. */
  fail(rule: { iotype: 'read' | 'write'; sector?: number; errno?: number }): Promise<void>
  slow(bytesPerSecond: number): Promise<void>
  /** Well and fast again. */
  heal(): Promise<void>
  /** Pulls it out: reads and writes under way fail. It is back with `plug`, and at the next power-on. */
  pull(): Promise<void>
  plug(): Promise<void>
}

type Control = Pick<Qmp, 'execute' | 'onEvent'>

/** `control` gives the running machine's control socket, and throws when it is off. A new power-on heals: the faults are in
 *  the running QEMU. */
export function diskFaults(place: DiskPlace, control: () => Control): DiskFaults {
  const { id } = place
  const { image, group, fault } = partsOf(id)
  let count = 0
  let faultOf: Control | undefined

  /** Puts the image, or the fault before it, under the disk. */
  const reopen = (qmp: Control, file: string) => qmp.execute('blockdev-reopen', { options: [speedNode(id, file)] })
  const limit = (qmp: Control, bytes: number) =>
    qmp.execute('qom-set', { path: `/objects/${group}`, property: 'limits', value: { 'bps-total': bytes } })
  const mend = async (qmp: Control) => {
    if (faultOf !== qmp) return
    faultOf = undefined
    await reopen(qmp, image)
    await qmp.execute('blockdev-del', { 'node-name': fault(count) })
  }

  return {
    async fail({ iotype, sector, errno = 5 }) {
      const qmp = control()
      await mend(qmp)
      count += 1
      await qmp.execute('blockdev-add', {
        driver: 'blkdebug',
        'node-name': fault(count),
        image,
        discard: 'unmap',
        'inject-error': [{ event: 'none', iotype, errno, once: false, ...(sector !== undefined && { sector }) }],
      })
      await reopen(qmp, fault(count))
      faultOf = qmp
    },
    async slow(bytesPerSecond) {
      await limit(control(), bytesPerSecond)
    },
    async heal() {
      const qmp = control()
      await mend(qmp)
      await limit(qmp, 0)
    },
    async pull() {
      const qmp = control()
      const gone = new Promise<void>((resolve) => {
        const stop = qmp.onEvent(({ event, data }) => {
          if (event !== 'DEVICE_DELETED' || data?.device !== id) return
          stop()
          resolve()
        })
      })
      await qmp.execute('device_del', { id })
      await gone
    },
    async plug() {
      await control().execute('device_add', { ...diskDevice(place) })
    },
  }
}
