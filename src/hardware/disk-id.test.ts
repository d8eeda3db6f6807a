import { expect, test } from 'vitest'
import { chooseDiskId } from './disk-id.ts'

test.each([
  [
    'nvme-WD_PC_SN740_22442T801234',
    ['nvme-eui.e8238fa6bf530001', 'nvme-WD_PC_SN740_22442T801234_1', 'nvme-WD_PC_SN740_22442T801234'],
  ],
  [
    'ata-ST2000DM001-1CH164_Z1E3ABCD',
    ['wwn-0x5000c5004f3a1b2c', 'scsi-35000c5004f3a1b2c', 'ata-ST2000DM001-1CH164_Z1E3ABCD'],
  ],
  ['scsi-SATA_WDC_WD10EZEX_WCC6', ['scsi-350014ee2b9e5f0a1', 'scsi-SATA_WDC_WD10EZEX_WCC6', 'wwn-0x50014ee2b9e5f0a1']],
  ['scsi-0QEMU_QEMU_HARDDISK_drive-scsi0', ['scsi-0QEMU_QEMU_HARDDISK_drive-scsi0']],
  ['virtio-keystone-a', ['virtio-keystone-a', 'virtio-keystone-a-part1']],
  ['nvme-eui.e8238fa6bf530001', ['wwn-0x5000c5004f3a1b2c', 'nvme-eui.e8238fa6bf530001']],
  ['wwn-0x5000c5004f3a1b2c', ['wwn-0x5000c5004f3a1b2c', 'wwn-0x5000c5004f3a1b2c-part1']],
  ['google-data-disk', ['google-data-disk', 'scsi-35000c5004f3a1b2c']],
])('prefers %s', (best, names) => {
  expect(chooseDiskId(names)).toBe(`/dev/disk/by-id/${best}`)
  expect(chooseDiskId([...names].reverse())).toBe(`/dev/disk/by-id/${best}`)
})

test('a partition never names a disk', () => {
  expect(chooseDiskId(['virtio-keystone-a-part1', 'ata-x-part10'])).toBe(null)
  expect(chooseDiskId([])).toBe(null)
})
