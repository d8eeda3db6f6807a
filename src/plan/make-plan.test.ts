import { expect, test } from 'vitest'
import type { Answers, DiskAnswers } from '../model/answers.ts'
import type { Hardware } from '../model/hardware.ts'
import { Secret } from '../model/secret.ts'
import { GIB, MIB } from '../model/size.ts'
import { hardware } from '../testing/machine.ts'
import { checkMachine } from './check-machine.ts'
import { imagineFree } from './imagine-free.ts'
import { makePlan } from './make-plan.ts'

const machine = hardware('two-virtio-uefi-tpm')
const a = '/dev/disk/by-id/virtio-keystone-a'
const b = '/dev/disk/by-id/virtio-keystone-b'
const disk: DiskAnswers = {
  layout: 'single-zfs',
  devices: [a],
  espBytes: GIB,
  swapBytes: 512 * MIB,
  swapKind: 'random',
  spares: [],
  log: [],
  cache: [],
  special: [],
  dataPool: null,
}
const answers: Answers = {
  system: { language: 'en_US.UTF-8', keyboard: 'us', timeZone: 'UTC' },
  disk,
  encryption: { unlock: 'tpm', passphrase: new Secret('canary passphrase'), pin: null, recoveryKey: true },
  network: {
    interface: 'enp0s2',
    bond: null,
    vlan: null,
    mode: 'static',
    address: '10.0.2.20/24',
    gateway: '10.0.2.2',
    address6: null,
    gateway6: null,
    nameservers: ['10.0.2.3'],
    searchDomains: [],
    proxy: null,
    wifi: null,
  },
  identity: {
    hostName: 'primer',
    userName: 'anna',
    password: new Secret('canary password'),
    passwordHash: null,
    sshKeys: ['ssh-ed25519 x'],
  },
  cluster: { name: 'home', role: 'primer', domain: null, meshUrl: null, join: null },
}
const mirror: Answers = { ...answers, disk: { ...disk, layout: 'mirror-zfs', devices: [a, b] } }

function planOf(these: Answers, hardware = machine) {
  const { plan, problems } = makePlan(these, hardware)
  if (!plan) throw new Error(problems.map(({ code }) => code).join())
  return plan
}

test('the plan, field by field', () => {
  const { storage, hash, hostId, ...rest } = planOf(answers)
  expect(hash).toMatch(/^[0-9a-f]{64}$/)
  expect(storage.layout).toBe('single-zfs')
  expect(hostId).toMatch(/^[0-9a-f]{8}$/)
  expect(rest).toEqual({
    version: 2,
    hostName: 'primer',
    unlock: 'tpm',
    recoveryKey: true,
    system: { language: 'en_US.UTF-8', keyboard: 'us', timeZone: 'UTC' },
    network: answers.network,
    userName: 'anna',
    sshKeys: ['ssh-ed25519 x'],
    cluster: { name: 'home', role: 'primer', domain: null, meshUrl: null, join: null },
    stateVersion: '26.05',
  })
})

test('the host id is eight hex digits that depend on name and disks, not on the order of the disks', () => {
  const swapped: Answers = { ...mirror, disk: { ...mirror.disk, devices: [b, a] } }
  const renamed: Answers = { ...mirror, identity: { ...mirror.identity, hostName: 'other' } }
  expect(planOf(mirror).hostId).toMatch(/^[0-9a-f]{8}$/)
  expect(planOf(swapped).hostId).toBe(planOf(mirror).hostId)
  expect(planOf(renamed).hostId).not.toBe(planOf(mirror).hostId)
  expect(planOf(answers).hostId).not.toBe(planOf(mirror).hostId)
})

test('every answer that is no secret changes the hash, and no two in the same way', () => {
  const { system, encryption, network, identity, cluster } = answers
  const join = {
    server: 'https://primer.home:6443',
    token: new Secret('canary token'),
    caHash: `sha256:${'0'.repeat(64)}`,
  }
  const others: Answers[] = [
    answers,
    mirror,
    { ...mirror, disk: { ...mirror.disk, devices: [b, a] } },
    { ...answers, system: { ...system, language: 'de_DE.UTF-8' } },
    { ...answers, system: { ...system, keyboard: 'de' } },
    { ...answers, system: { ...system, timeZone: 'Europe/Berlin' } },
    { ...answers, disk: { ...disk, layout: 'single-ext4' } },
    { ...answers, disk: { ...disk, layout: 'single-xfs' } },
    { ...answers, disk: { ...disk, devices: [b] } },
    { ...answers, disk: { ...disk, espBytes: 2 * GIB, swapBytes: 0 } },
    { ...answers, disk: { ...disk, swapBytes: 0 } },
    { ...answers, disk: { ...disk, cache: [b] } },
    { ...answers, disk: { ...disk, log: [b] } },
    { ...answers, disk: { ...disk, special: [b] } },
    { ...answers, disk: { ...disk, dataPool: { layout: 'single', devices: [b] } } },
    { ...answers, encryption: { ...encryption, unlock: 'passphrase' } },
    { ...answers, encryption: { ...encryption, recoveryKey: false } },
    { ...answers, network: { ...network, interface: 'any' } },
    { ...answers, network: { ...network, vlan: 7 } },
    { ...answers, network: { ...network, searchDomains: ['home'] } },
    { ...answers, network: { ...network, proxy: 'http://proxy.home:3128' } },
    { ...answers, network: { ...network, address: '10.0.2.21/24' } },
    { ...answers, network: { ...network, address6: 'fd00::2/64' } },
    { ...answers, network: { ...network, nameservers: ['10.0.2.4'] } },
    { ...answers, identity: { ...identity, hostName: 'other' } },
    { ...answers, identity: { ...identity, userName: 'ben' } },
    { ...answers, identity: { ...identity, sshKeys: [] } },
    { ...answers, cluster: { ...cluster, name: 'other' } },
    { ...answers, cluster: { ...cluster, domain: 'cluster.example' } },
    { ...answers, cluster: { ...cluster, meshUrl: 'https://mesh.example' } },
    { ...answers, cluster: { ...cluster, role: 'worker', join } },
    { ...answers, cluster: { ...cluster, role: 'storage', join } },
  ]
  expect(new Set(others.map((each) => planOf(each).hash)).size).toBe(others.length)
})

test('secrets are neither in the plan nor in its hash', () => {
  const withSecrets = (text: string): Answers => ({
    ...answers,
    encryption: {
      unlock: 'tpm-pin',
      passphrase: new Secret(`${text} passphrase`),
      pin: new Secret(`${text}1234`),
      recoveryKey: true,
    },
    identity: { ...answers.identity, password: new Secret(`${text} password`) },
    cluster: {
      ...answers.cluster,
      role: 'worker',
      join: {
        server: 'https://primer.home:6443',
        token: new Secret(`${text} token`),
        caHash: `sha256:${'0'.repeat(64)}`,
      },
    },
  })
  expect(planOf(withSecrets('another'))).toEqual(planOf(withSecrets('canary')))
  expect(JSON.stringify(planOf(withSecrets('canary')))).not.toMatch(/canary|\*\*\*/)
})

test('kernel names, the order of disks and the live system do not change the plan', () => {
  const shuffled: Hardware = {
    ...machine,
    memoryBytes: 'unknown',
    secureBoot: 'unknown',
    disks: machine.disks.map((disk, index) => ({ ...disk, name: `sd${index}`, path: `/dev/sd${index}` })).reverse(),
  }
  expect(planOf(mirror, shuffled)).toEqual(planOf(mirror))
})

test('another serial or size of a target is another plan', () => {
  const changed = (change: object): Hardware => ({
    ...machine,
    disks: machine.disks.map((disk) => (disk.id === a ? { ...disk, ...change } : disk)),
  })
  expect(planOf(answers, changed({ serial: 'other' })).hash).not.toBe(planOf(answers).hash)
  expect(planOf(answers, changed({ sizeBytes: 9 * GIB })).hash).not.toBe(planOf(answers).hash)
})

test('the order of keys does not change the hash', () => {
  const reversed = reverseKeys(answers) as Answers
  expect(Object.keys(reversed)).toEqual(['cluster', 'identity', 'network', 'encryption', 'disk', 'system'])
  expect(planOf(reversed, reverseKeys(machine) as Hardware).hash).toBe(planOf(answers).hash)
})

test('planning leaves what it was given as it was', () => {
  const before = JSON.stringify([answers, machine])
  const frozen = deepFreeze(structuredClone(machine))
  planOf(deepFreeze({ ...answers }), frozen)
  expect(JSON.stringify([answers, machine])).toBe(before)
})

test('the problems of the machine and of every step come together', () => {
  const unfit: Hardware = {
    ...machine,
    firmware: 'bios',
    memoryBytes: 512 * MIB,
    cpu: { ...machine.cpu, architecture: 'aarch64' },
    tpm: { isPresent: false, version: 'unknown', isUsable: false },
    disks: [],
    interfaces: [],
  }
  const { plan, problems } = makePlan(answers, unfit)
  expect(plan).toBeNull()
  expect(problems.map(({ code }) => code)).toEqual([
    'needs-uefi',
    'too-little-memory',
    'unsupported-architecture',
    'no-disks',
    'disk-not-found',
    'tpm-not-usable',
    'interface-not-found',
  ])
})

test('what is unknown is not held against a machine, nor the memory the kernel keeps', () => {
  expect(checkMachine({ ...machine, firmware: 'unknown', memoryBytes: 'unknown' })).toEqual([])
  // MemTotal of a guest with 1 GiB.
  expect(checkMachine({ ...machine, memoryBytes: 1_004_482_560 })).toEqual([])
})

test('a machine at work can be imagined free for a dry run', () => {
  const busy: Hardware = {
    ...machine,
    firmware: 'bios',
    disks: machine.disks.map((disk) => ({ ...disk, inUse: 'mounted at /', isBootMedium: true, isReadOnly: true })),
  }
  expect(makePlan(answers, busy).plan).toBeNull()
  expect(planOf(answers, imagineFree(busy))).toEqual(planOf(answers))
})

function reverseKeys(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(reverseKeys)
  if (typeof value !== 'object' || value === null || value instanceof Secret) return value
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([key, inner]) => [key, reverseKeys(inner)]),
  )
}

function deepFreeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null) Object.values(value).forEach(deepFreeze)
  return Object.freeze(value)
}
