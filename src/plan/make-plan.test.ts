import { expect, test } from 'vitest'
import type { Answers } from '../model/answers.ts'
import type { Hardware } from '../model/hardware.ts'
import { Secret } from '../model/secret.ts'
import { GIB, MIB } from '../model/size.ts'
import { hardware } from '../testing/machine.ts'
import { checkMachine } from './check-machine.ts'
import { confirmationOf, confirmationProblem } from './confirmation.ts'
import { imagineFree } from './imagine-free.ts'
import { makePlan } from './make-plan.ts'
import { partitionPreview } from './preview.ts'
import { renderContext } from './render-context.ts'

const machine = hardware('two-virtio-uefi-tpm')
const a = '/dev/disk/by-id/virtio-keystone-a'
const b = '/dev/disk/by-id/virtio-keystone-b'

const answers: Answers = {
  disk: { layout: 'single-zfs', devices: [a], swapBytes: 512 * MIB },
  encryption: { passphrase: new Secret('canary passphrase'), tpmUnlock: true, recoveryKey: true },
  network: {
    interface: 'enp0s2',
    mode: 'static',
    address: '10.0.2.20/24',
    gateway: '10.0.2.2',
    nameservers: ['10.0.2.3'],
  },
  identity: {
    hostName: 'primer',
    userName: 'anna',
    password: new Secret('canary password'),
    sshKeys: ['ssh-ed25519 x'],
  },
  cluster: { name: 'home', role: 'primer' },
}
const mirror: Answers = { ...answers, disk: { layout: 'mirror-zfs', devices: [a, b], swapBytes: GIB } }
const ext4: Answers = { ...answers, disk: { layout: 'single-ext4', devices: [b], swapBytes: 0 } }

function planOf(these: Answers, hardware = machine) {
  const { plan, problems } = makePlan(these, hardware)
  if (!plan) throw new Error(problems.map(({ code }) => code).join())
  return plan
}

test('single-zfs: one disk, the pool with its datasets, the credstore as the LUKS device', () => {
  expect(planOf(answers).storage).toEqual({
    layout: 'single-zfs',
    espBytes: GIB,
    swapBytes: 512 * MIB,
    disks: [
      {
        key: 'a',
        id: a,
        model: null,
        serial: 'keystone-a',
        sizeBytes: 8 * GIB,
        logicalSectorBytes: 512,
        espMountpoint: '/boot',
      },
    ],
    luksDevice: '/dev/zvol/rpool/credstore',
    luksName: 'credstore',
    pool: 'rpool',
    datasets: [
      { name: 'rpool/crypt/root', mountpoint: '/' },
      { name: 'rpool/crypt/nix', mountpoint: '/nix' },
      { name: 'rpool/crypt/var', mountpoint: '/var' },
      { name: 'rpool/crypt/etcd', mountpoint: '/var/lib/etcd' },
      { name: 'rpool/crypt/kubernetes', mountpoint: '/var/lib/kubernetes' },
    ],
    mounts: [
      { target: '/', source: 'rpool/crypt/root', filesystem: 'zfs' },
      { target: '/nix', source: 'rpool/crypt/nix', filesystem: 'zfs' },
      { target: '/var', source: 'rpool/crypt/var', filesystem: 'zfs' },
      { target: '/var/lib/etcd', source: 'rpool/crypt/etcd', filesystem: 'zfs' },
      { target: '/var/lib/kubernetes', source: 'rpool/crypt/kubernetes', filesystem: 'zfs' },
      { target: '/boot', source: '/dev/disk/by-partlabel/disk-a-esp', filesystem: 'vfat' },
    ],
    usableBytes: 8 * GIB - GIB - 512 * MIB - 2 * MIB - 100 * MIB,
  })
})

test('mirror-zfs: an ESP on each disk, the space of one', () => {
  const { disks, mounts, usableBytes } = planOf(mirror).storage
  expect(disks.map(({ key, id, espMountpoint }) => [key, id, espMountpoint])).toEqual([
    ['a', a, '/boot'],
    ['b', b, '/boot2'],
  ])
  expect(mounts.slice(-2)).toEqual([
    { target: '/boot', source: '/dev/disk/by-partlabel/disk-a-esp', filesystem: 'vfat' },
    { target: '/boot2', source: '/dev/disk/by-partlabel/disk-b-esp', filesystem: 'vfat' },
  ])
  expect(usableBytes).toBe(6 * GIB - 102 * MIB)
})

test('single-ext4: the LUKS device is the partition itself', () => {
  const { luksDevice, luksName, pool, datasets, mounts } = planOf(ext4).storage
  expect({ luksDevice, luksName, pool, datasets, mounts }).toEqual({
    luksDevice: '/dev/disk/by-partlabel/disk-a-root',
    luksName: 'cryptroot',
    pool: null,
    datasets: [],
    mounts: [
      { target: '/', source: '/dev/mapper/cryptroot', filesystem: 'ext4' },
      { target: '/boot', source: '/dev/disk/by-partlabel/disk-a-esp', filesystem: 'vfat' },
    ],
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
  const { disk, encryption, network, identity, cluster } = answers
  const others: Answers[] = [
    answers,
    mirror,
    { ...mirror, disk: { ...mirror.disk, devices: [b, a] } },
    { ...answers, disk: { ...disk, layout: 'single-ext4' } },
    { ...answers, disk: { ...disk, devices: [b] } },
    { ...answers, disk: { ...disk, swapBytes: 0 } },
    { ...answers, encryption: { ...encryption, tpmUnlock: false } },
    { ...answers, encryption: { ...encryption, recoveryKey: false } },
    { ...answers, network: { ...network, interface: 'any' } },
    { ...answers, network: { ...network, mode: 'dhcp' } },
    { ...answers, network: { ...network, address: '10.0.2.21/24' } },
    { ...answers, network: { ...network, gateway: null } },
    { ...answers, network: { ...network, nameservers: [] } },
    { ...answers, identity: { ...identity, hostName: 'other' } },
    { ...answers, identity: { ...identity, userName: 'ben' } },
    { ...answers, identity: { ...identity, sshKeys: [] } },
    { ...answers, cluster: { ...cluster, name: 'other' } },
  ]
  expect(new Set(others.map((each) => planOf(each).hash)).size).toBe(others.length)
})

test('secrets are neither in the plan nor in its hash', () => {
  const other: Answers = {
    ...answers,
    encryption: { ...answers.encryption, passphrase: new Secret('another passphrase') },
    identity: { ...answers.identity, password: new Secret('another password') },
  }
  expect(planOf(other)).toEqual(planOf(answers))
  expect(JSON.stringify(planOf(answers))).not.toMatch(/canary|\*\*\*/)
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
  expect(Object.keys(reversed)).toEqual(['cluster', 'identity', 'network', 'encryption', 'disk'])
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

test('the preview shows the partitions of each disk and the pool', () => {
  const { disks, pool } = partitionPreview(planOf(mirror))
  expect(disks.map(({ partitions }) => partitions.map(({ name, sizeBytes }) => [name, sizeBytes / MIB]))).toEqual([
    [
      ['esp', 1024],
      ['swap', 1024],
      ['zfs', 6142],
    ],
    [
      ['esp', 1024],
      ['swap', 1024],
      ['zfs', 6142],
    ],
  ])
  expect(disks[1]?.partitions[0]?.purpose).toBe('boot files, /boot2')
  expect(pool).toMatchObject({ name: 'rpool', isMirror: true, usableBytes: 6 * GIB - 102 * MIB })
  const plain = partitionPreview(planOf(ext4))
  expect(plain.pool).toBeNull()
  expect(plain.disks[0]?.partitions.map(({ name }) => name)).toEqual(['esp', 'root'])
})

test('the context of the templates, for a mirror with a static network', () => {
  const plan = planOf(mirror)
  expect(renderContext(plan)).toEqual({
    hostName: 'primer',
    hostId: plan.hostId,
    hostFiles: {
      configuration: 'hosts/primer/configuration.nix',
      disko: 'hosts/primer/disko-config.nix',
      hardware: 'hosts/primer/hardware-configuration.nix',
    },
    stateVersion: '26.05',
    isZfs: true,
    isMirror: true,
    hasSwap: true,
    hasTpmUnlock: true,
    espSize: '1024M',
    swapSize: '1024M',
    disks: [
      { key: 'a', device: a, espMountpoint: '/boot' },
      { key: 'b', device: b, espMountpoint: '/boot2' },
    ],
    pool: 'rpool',
    poolMode: 'mirror',
    datasets: [
      { name: 'crypt/root', mountpoint: '/' },
      { name: 'crypt/nix', mountpoint: '/nix' },
      { name: 'crypt/var', mountpoint: '/var' },
      { name: 'crypt/etcd', mountpoint: '/var/lib/etcd' },
      { name: 'crypt/kubernetes', mountpoint: '/var/lib/kubernetes' },
    ],
    luksName: 'credstore',
    luksDevice: '/dev/zvol/rpool/credstore',
    encryptionRoot: 'rpool/crypt',
    hasRecoveryKey: true,
    passphraseFile: '/run/keystone/passphrase',
    credstoreDirectory: '/run/keystone-credstore',
    poolKeyFile: '/run/keystone-credstore/rpool-crypt.key',
    network: {
      interface: 'enp0s2',
      isNamed: true,
      isStatic: true,
      address: '10.0.2.20/24',
      gateway: '10.0.2.2',
      hasGateway: true,
      nameservers: ['10.0.2.3'],
    },
    userName: 'anna',
    passwordHashFile: '/var/lib/keystone/secrets/password-hash',
    sshKeys: ['ssh-ed25519 x'],
    clusterName: 'home',
    clusterRole: 'primer',
  })
})

test('the context of the templates has every key set for ext4 with DHCP on any interface', () => {
  const network = { interface: 'any', mode: 'dhcp', address: null, gateway: null, nameservers: [] } as const
  const context = renderContext(planOf({ ...ext4, network }))
  expect(context).toMatchObject({ isZfs: false, hasSwap: false, swapSize: '0M', pool: '', poolMode: '', datasets: [] })
  expect(context.network).toEqual({
    interface: 'any',
    isNamed: false,
    isStatic: false,
    address: '',
    gateway: '',
    hasGateway: false,
    nameservers: [],
  })
  expect(JSON.stringify(context)).not.toContain('null')
})

test('erasing is confirmed by exactly the disks of the plan, in any order', () => {
  const codeFor = (erase: string[] | null) => confirmationProblem([a, b], erase)?.code ?? null
  expect(codeFor([b, a])).toBeNull()
  expect(codeFor(null)).toBe('not-confirmed')
  expect(codeFor([])).toBe('not-confirmed')
  expect(codeFor([a])).toBe('not-confirmed')
  expect(codeFor([a, a])).toBe('not-confirmed')
  expect(codeFor([a, b, '/dev/disk/by-id/virtio-keystone-medium'])).toBe('not-confirmed')
})

test('a confirmation keeps serial and size as they were', () => {
  expect(confirmationOf([b], machine)).toEqual({ disks: [{ id: b, serial: 'keystone-b', sizeBytes: 8 * GIB }] })
  expect(confirmationOf([b, '/dev/disk/by-id/gone'], machine)).toBeNull()
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
