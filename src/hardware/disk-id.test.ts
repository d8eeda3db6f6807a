import { expect, test } from 'vitest'
import { chooseDiskId, chooseOwnId, isBogusWorldWideName } from './disk-id.ts'
import { parseLsblk } from './lsblk.ts'

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

/** Two disks, `sda` with the names given and `sdb` with its own. */
function choose(a: object, b: object, namesOfA: readonly string[], namesOfB: readonly string[] = []) {
  const disks = parseLsblk(
    JSON.stringify({
      blockdevices: [
        { name: 'sda', type: 'disk', ...a },
        { name: 'sdb', type: 'disk', ...b },
      ],
    }),
  )
  const [first] = disks ?? []
  if (!first || !disks) throw new Error('the test wrote no disks')
  const names = new Map([
    ['/dev/sda', namesOfA],
    ['/dev/sdb', namesOfB],
  ])
  return chooseOwnId(first, disks, names)
}

test('a WWN that another disk has too is not used while there is a name of its own', () => {
  const wwn = '0x5000c50000000123'
  const names = ['wwn-0x5000c50000000123', 'ata-DISK_0001']
  const found = choose({ wwn, model: 'DISK', serial: '0001' }, { wwn, model: 'DISK', serial: '0002' }, names)
  expect(found).toEqual({ id: '/dev/disk/by-id/ata-DISK_0001' })
})

test('a serial that another disk of the model has too leaves the WWN', () => {
  const names = ['wwn-0x5000c50000000123', 'usb-Stick_000-0:0']
  const a = { wwn: '0x5000c50000000123', model: 'Stick', serial: '000' }
  expect(choose(a, { model: 'Stick', serial: '000', wwn: '0x5000c50000000124' }, names)).toEqual({
    id: '/dev/disk/by-id/wwn-0x5000c50000000123',
  })
  expect(choose(a, { model: 'Other', serial: '000' }, names).id).toBe('/dev/disk/by-id/usb-Stick_000-0:0')
})

test('of two disks that nothing tells apart neither has an id, and both say why', () => {
  const same = { wwn: '0x5000c50000000123', model: 'DISK', serial: '0001' }
  const whyNoId =
    'cannot be told from sdb: the same serial 0001 and WWN 0x5000c50000000123; it may be one disk on two paths'
  expect(choose(same, same, ['wwn-0x5000c50000000123', 'ata-DISK_0001'])).toEqual({ id: null, whyNoId })
  // udev gave the name to the other one.
  expect(choose(same, same, [], ['ata-DISK_0001'])).toEqual({ id: null, whyNoId })
})

test('the parts of one device have names of their own', () => {
  const nvme = { model: 'WD', serial: 'X1' }
  expect(choose(nvme, nvme, ['nvme-WD_X1', 'nvme-WD_X1_1'], ['nvme-WD_X1_2']).id).toBe('/dev/disk/by-id/nvme-WD_X1_1')
  const slot = { model: 'Reader', serial: '9' }
  expect(choose(slot, slot, ['usb-Reader_9-0:0'], ['usb-Reader_9-0:1']).id).toBe('/dev/disk/by-id/usb-Reader_9-0:0')
})

test('a world-wide name that was never filled in is no name', () => {
  const bogus = [
    'wwn-0x0000000000000000',
    'wwn-0x5000000000000000',
    'nvme-eui.0000000000000001',
    'scsi-30000000000000000',
    'wwn-0xffffffffffffffff',
  ]
  for (const name of bogus) expect(isBogusWorldWideName(name)).toBe(true)
  for (const name of ['wwn-0x5000c500a1b2c3d4', 'nvme-eui.0025385b71b0a1b2', 'ata-X_000000000000', 'virtio-a']) {
    expect(isBogusWorldWideName(name)).toBe(false)
  }
  expect(choose({}, { serial: 'b' }, ['wwn-0x0000000000000000'])).toEqual({
    id: null,
    whyNoId: 'has only names made of an empty number',
  })
})
