import { expect, test } from 'vitest'
import { type InstallerMedium, qemuArgs } from './qemu-args.ts'

const deviceOf = (installer: InstallerMedium | undefined) =>
  qemuArgs({
    accel: 'tcg',
    hardware: { memoryMiB: 512, net: false, tpm: false, diskIds: ['keystone-a'] },
    firmware: { code: 'code.fd', vars: 'vars.qcow2', isSecure: false },
    runDir: '/run/vm',
    installer,
    without: [],
    tpmSocket: undefined,
    incoming: undefined,
  }).filter((argument) => /bootindex=|id=medium/.test(argument))

const disk = 'virtio-blk-pci,id=keystone-a,drive=disk-keystone-a,serial=keystone-a,bus=port-keystone-a,bootindex=1'

test('a CD is a drive of the SATA controller, boots before every disk and cannot be written', () => {
  expect(deviceOf({ iso: 'lab.iso', as: 'cd' })).toEqual([
    'if=none,id=medium,file=lab.iso,format=raw,readonly=on,media=cdrom',
    'ide-cd,drive=medium,bus=ide.0,bootindex=0',
    disk,
  ])
})

test('a stick is a disk that cannot be written, and boots before every other', () => {
  expect(deviceOf({ iso: 'lab.iso', as: 'stick' })).toEqual([
    'if=none,id=medium,file=lab.iso,format=raw,readonly=on',
    'virtio-blk-pci,drive=medium,serial=keystone-stick,bootindex=0,addr=0x6',
    disk,
  ])
})

test('without a medium the firmware has the target disks only', () => {
  expect(deviceOf(undefined)).toEqual([disk])
})
