import { expect, test } from 'vitest'
import type { Disk, Hardware } from '../model/hardware.ts'
import type { Plan } from '../model/plan.ts'
import { hardware } from '../testing/machine.ts'
import { zfsPlan } from '../testing/task-context.ts'
import { diffMachine } from './diff-machine.ts'

const ID = '/dev/disk/by-id/virtio-keystone-a'
const recorded = hardware('two-virtio-uefi-tpm')
const target: Disk = {
  ...(recorded.disks[0] as Disk),
  id: ID,
  serial: 'keystone-a',
  sizeBytes: 8589934592,
  inUse: 'mounted at /mnt',
}
const machine: Hardware = { ...recorded, disks: [target] }

const codes = (changes: Partial<Hardware>, plan: Plan = zfsPlan) =>
  diffMachine(plan, { ...machine, ...changes }).map(({ code, message }) => [code, message])

test('the same machine, with its disks held by the install itself, differs in nothing', () => {
  expect(codes({})).toEqual([])
})

test('a disk that is not there, or under another name, is named with its size and serial', () => {
  const gone = [['disk-gone', `the disk ${ID} (8 GiB, serial keystone-a) is not there`]]
  expect(codes({ disks: [] })).toEqual(gone)
  expect(codes({ disks: [{ ...target, id: `${ID}2` }] })).toEqual(gone)
  // Two that cannot be told apart have no name that means one of them.
  expect(codes({ disks: [{ ...target, id: null, whyNoId: 'cannot be told from vdc' }] })).toEqual(gone)
})

test('another disk in its place is told by size and serial', () => {
  expect(codes({ disks: [{ ...target, sizeBytes: 8589934080 }] })).toEqual([
    ['disk-size-changed', `the disk ${ID} had 8589934592 bytes, and now it has 8589934080`],
  ])
  expect(codes({ disks: [{ ...target, serial: null }] })).toEqual([
    ['disk-serial-changed', `the disk ${ID} had the serial keystone-a, and now it has none`],
  ])
})

test('the TPM matters only where it unlocks, and what is not known is no difference', () => {
  const none = { isPresent: false, version: 'unknown', isUsable: false } as const
  expect(codes({ tpm: none }).map(([code]) => code)).toEqual(['no-tpm'])
  expect(codes({ tpm: { ...none, isPresent: 'unknown' } })).toEqual([])
  expect(codes({ tpm: none }, { ...zfsPlan, unlock: 'passphrase' })).toEqual([])
})

test('a start without UEFI cannot make the machine boot', () => {
  expect(codes({ firmware: 'bios' }).map(([code]) => code)).toEqual(['no-uefi'])
  expect(codes({ firmware: 'unknown' })).toEqual([])
})

test('a network card that the plan names must be there', () => {
  const network = { ...zfsPlan.network, interface: 'enp9s0' }
  expect(codes({}, { ...zfsPlan, network })).toEqual([['interface-gone', 'the network interface enp9s0 is not there']])
  const bond = { ...network, interface: 'bond0', bond: { interfaces: ['eno1'], mode: 'active-backup' } as const }
  expect(codes({}, { ...zfsPlan, network: bond }).map(([, message]) => message)).toEqual([
    'the network interface eno1 is not there',
  ])
})
