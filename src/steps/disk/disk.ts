import * as z from 'zod'
import { holdsKnownData } from '../../hardware/disk-contents.ts'
import { DATA_POOL_LAYOUTS, type DiskAnswers, LAYOUTS } from '../../model/answers.ts'
import { parseSize } from '../../model/size.ts'
import { DEFAULT_ESP_BYTES } from '../../plan/sizes.ts'
import { acrossFields, checkedText, type FieldCheck, quote } from '../field.ts'
import type { Drafts, Step } from '../step.ts'
import { checkDisks } from './check-disks.ts'
import { checkDiskRules, type DiskFields } from './disk-rules.ts'
import { diskSummary } from './disk-summary.ts'
import { checkEsp, DEFAULT_ESP } from './esp.ts'
import { checkSwap, DEFAULT_SWAP, suggestedSwap } from './swap.ts'
import { targetProblems } from './target-problems.ts'

/** A whitelist, because disko puts device names into a shell script without escaping them. */
export const checkDevice: FieldCheck = (text) => {
  if (/^\/dev\/disk\/by-id\/[A-Za-z0-9._:+@=-]+$/.test(text)) return null
  return {
    code: 'invalid-device',
    message: `a disk is named by /dev/disk/by-id/…, got ${quote(text)}`,
    hint: 'keystone detect lists the disks; names like /dev/sda may change at each boot',
  }
}

export const DATA_LAYOUTS = ['none', ...DATA_POOL_LAYOUTS] as const

/** What an answer file may leave out, with what stands in for it. */
export const OPTIONAL_DISK_KEYS = {
  esp: DEFAULT_ESP,
  swap: DEFAULT_SWAP,
  hibernation: false,
  spares: [],
  log: [],
  cache: [],
  special: [],
  dataLayout: 'none',
  dataDevices: [],
} as const satisfies Omit<Drafts['disk'], 'layout' | 'devices' | ListKeys> & Record<ListKeys, readonly string[]>
type ListKeys = 'spares' | 'log' | 'cache' | 'special' | 'dataDevices'

const devices = (what: string) =>
  z.array(checkedText(checkDevice, '/dev/disk/by-id/…')).describe(`a list of /dev/disk/by-id/… names${what}`)

const fields = z
  .strictObject({
    layout: z.enum(LAYOUTS).describe(`one of ${LAYOUTS.join(', ')}`),
    devices: devices(': the disks the system starts from and is on'),
    esp: checkedText(checkEsp, 'size of the boot partition on each of devices, 512MiB to 8GiB'),
    swap: checkedText(checkSwap, 'size such as 4GiB, 0 for none'),
    hibernation: z
      .boolean()
      .describe('true: swap is one file that holds the memory while the machine is off; not with ZFS'),
    spares: devices(' that stand in for a disk that dies'),
    log: devices(' for synchronous writes: one, or two as a mirror'),
    cache: devices(' that keep a copy of what is read often'),
    special: devices(' for metadata: as a mirror when there is more than one'),
    dataLayout: z.enum(DATA_LAYOUTS).describe(`layout of a second pool, at /data: one of ${DATA_LAYOUTS.join(', ')}`),
    dataDevices: devices(' of the second pool'),
  })
  .check(acrossFields<DiskFields>(checkDiskRules))

export const diskStep: Step<'disk'> = {
  id: 'disk',
  title: 'Disk',
  help: [
    'Choose where the system goes. The chosen disks are erased completely, after you have typed their names on a later page; ' +
      'until then nothing is changed.',
    'ZFS checks all data for damage, and takes a snapshot each hour; it is the choice for a server. ext4 and XFS are plain, and ' +
      'take one disk.',
    'Mirror, RAIDZ and striped mirrors go on when a disk dies: a mirror as long as one disk is left, RAIDZ1, 2 and 3 with one, two ' +
      'or three disks gone, striped mirrors with one. Striped mirrors are faster than RAIDZ, and RAIDZ holds more. A stripe has no such ' +
      'reserve: when one disk dies, everything is lost.',
    'Each disk the system starts from gets a boot partition of its own, kept the same on all, so that any of them can start the machine.',
    'Swap takes what does not fit into memory. It is encrypted with a new random key at each boot. With hibernation it is a file in ' +
      'the system instead, at least as large as the memory. ZFS does not go with hibernation: the pool could be damaged when the ' +
      'machine comes back.',
    'A data pool is a second ZFS pool on other disks, at /data. Spare, log, cache and special disks can be given in an answer file.',
    'A disk or layout in grey cannot be chosen; the reason stands next to it.',
  ],
  schema: fields.transform(
    (draft): DiskAnswers => ({
      layout: draft.layout,
      devices: draft.devices,
      espBytes: parseSize(draft.esp) ?? DEFAULT_ESP_BYTES,
      swapBytes: parseSize(draft.swap) ?? 0,
      swapKind: draft.hibernation ? 'hibernation' : 'random',
      spares: draft.spares,
      log: draft.log,
      cache: draft.cache,
      special: draft.special,
      dataPool: draft.dataLayout === 'none' ? null : { layout: draft.dataLayout, devices: draft.dataDevices },
    }),
  ),
  defaults(hardware) {
    const least = { espBytes: DEFAULT_ESP_BYTES, swapBytes: 0 }
    // Nobody has chosen yet: what is taken for them should be a disk that nobody will miss.
    const free = hardware.disks
      .filter((disk) => !disk.isRemovable && targetProblems(disk, least, []).length === 0)
      .toSorted((one, other) => Number(holdsKnownData(one)) - Number(holdsKnownData(other)))
    const devices = free.slice(0, 1).flatMap(({ id }) => (id === null ? [] : [id]))
    return {
      layout: 'single-zfs',
      devices,
      esp: DEFAULT_ESP,
      swap: suggestedSwap(hardware.memoryBytes, free[0]?.sizeBytes),
      hibernation: false,
      spares: [],
      log: [],
      cache: [],
      special: [],
      dataLayout: 'none',
      dataDevices: [],
    }
  },
  check: checkDisks,
  summary: diskSummary,
}
