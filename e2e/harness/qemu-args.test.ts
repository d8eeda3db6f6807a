import { expect, test } from 'vitest'
import type { Backing } from './disk-args.ts'
import { hardwareFingerprint, type InstallerMedium, type Launch, qemuArgs } from './qemu-args.ts'

const backing: Backing = { kind: 'qcow2', file: '/run/vm/disk-keystone-a.qcow2' }
const launch: Launch = {
  accel: 'tcg',
  hardware: { memoryMiB: 512, net: false, tpm: false, diskIds: ['keystone-a'] },
  firmware: { code: 'code.fd', vars: 'vars.qcow2', isSecure: false },
  runDir: '/run/vm',
  installer: undefined,
  disks: new Map([['keystone-a', { backing }]]),
  without: [],
  tpmSocket: undefined,
  incoming: undefined,
}

const deviceOf = (installer: InstallerMedium | undefined) =>
  qemuArgs({ ...launch, installer }).filter((argument) => /bootindex=|id=medium/.test(argument))

const disk =
  'virtio-blk-pci,id=keystone-a,drive=disk-keystone-a,serial=keystone-a,bus=port-keystone-a,bootindex=1,write-cache=on,werror=report,rerror=report'

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

test('a disk sits in a port of its own, behind a limit of speed and its image', () => {
  const args = qemuArgs(launch)
  expect(args.slice(args.findIndex((word) => word.startsWith('pcie-root-port')))).toEqual([
    'pcie-root-port,id=port-keystone-a,chassis=16,slot=16,addr=0x10',
    ...['-object', 'throttle-group,id=tg-keystone-a'],
    '-blockdev',
    '{"driver":"qcow2","node-name":"img-keystone-a","discard":"unmap","file":{"driver":"file","filename":"/run/vm/disk-keystone-a.qcow2"}}',
    '-blockdev',
    '{"driver":"throttle","node-name":"disk-keystone-a","throttle-group":"tg-keystone-a","file":"img-keystone-a","discard":"unmap"}',
    ...['-device', disk],
  ])
})

test('a disk may be served by NBD, and have another serial; a place may be empty, or missing with its disk', () => {
  const hardware = {
    ...launch.hardware,
    diskIds: ['keystone-a', 'keystone-b', 'keystone-c'],
    serials: { 'keystone-b': 'keystone-a' },
  }
  const disks = new Map<string, { backing: Backing }>([
    ['keystone-a', { backing }],
    ['keystone-b', { backing: { kind: 'nbd', socket: '/run/vm/b.sock' } }],
  ])
  const args = qemuArgs({ ...launch, hardware, disks, without: ['keystone-a'] })
  expect(args.slice(args.findIndex((word) => word.startsWith('pcie-root-port')))).toEqual([
    'pcie-root-port,id=port-keystone-b,chassis=17,slot=17,addr=0x11',
    ...['-object', 'throttle-group,id=tg-keystone-b'],
    '-blockdev',
    '{"driver":"nbd","node-name":"img-keystone-b","discard":"unmap","server":{"type":"unix","path":"/run/vm/b.sock"},"reconnect-delay":0}',
    '-blockdev',
    '{"driver":"throttle","node-name":"disk-keystone-b","throttle-group":"tg-keystone-b","file":"img-keystone-b","discard":"unmap"}',
    '-device',
    'virtio-blk-pci,id=keystone-b,drive=disk-keystone-b,serial=keystone-a,bus=port-keystone-b,bootindex=2,write-cache=on,werror=report,rerror=report',
    ...['-device', 'pcie-root-port,id=port-keystone-c,chassis=18,slot=18,addr=0x12'],
  ])
})

test('something can be downloaded', () => {
  const args = qemuArgs({
    ...launch,
    hardware: { ...launch.hardware, net: true },
    fetched: '/run/vm/fetched',
  })
  expect(args[args.indexOf('-netdev') + 1]).toBe(
    'user,id=net0,restrict=on,guestfwd=tcp:10.0.2.100:8080-cmd:/bin/cat /run/vm/fetched',
  )
})

test('the fingerprint tells hardware with an empty place from hardware with a disk in it', () => {
  const filled = { ...launch.hardware, diskIds: ['a', 'b'] }
  expect(hardwareFingerprint(filled)).not.toBe(hardwareFingerprint({ ...filled, ports: ['b'] }))
  expect(hardwareFingerprint(filled)).not.toBe(hardwareFingerprint({ ...filled, serials: { b: 'a' } }))
})
