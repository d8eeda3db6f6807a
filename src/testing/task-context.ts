import type { Confirmation } from '../model/answers.ts'
import type { InstallSecrets } from '../model/install-secrets.ts'
import type { Plan } from '../model/plan.ts'
import { Secret } from '../model/secret.ts'
import type { System } from '../system/system.ts'
import type { TaskContext } from '../tasks/task.ts'

const DISK_A = '/dev/disk/by-id/virtio-keystone-a'
const DISK_B = '/dev/disk/by-id/virtio-keystone-b'

/** One 8 GiB disk, encrypted ZFS, TPM unlock and recovery key. */
export const zfsPlan: Plan = {
  version: 2,
  hash: 'f00d',
  hostName: 'primer',
  hostId: '1a2b3c4d',
  storage: {
    layout: 'single-zfs',
    isEncrypted: true,
    espBytes: 1073741824,
    swapBytes: 536870912,
    swapKind: 'random',
    disks: [
      {
        key: 'a',
        role: 'system',
        id: DISK_A,
        model: null,
        serial: 'keystone-a',
        sizeBytes: 8589934592,
        logicalSectorBytes: 512,
        espMountpoint: '/boot',
      },
    ],
    luksDevice: '/dev/zvol/rpool/credstore',
    luksName: 'credstore',
    pool: 'rpool',
    vdevs: [{ kind: 'data', mode: '', disks: ['a'] }],
    datasets: [
      { name: 'rpool/crypt/root', mountpoint: '/' },
      { name: 'rpool/crypt/nix', mountpoint: '/nix' },
    ],
    mounts: [
      { target: '/', source: 'rpool/crypt/root', filesystem: 'zfs' },
      { target: '/nix', source: 'rpool/crypt/nix', filesystem: 'zfs' },
      { target: '/boot', source: '/dev/disk/by-partlabel/disk-a-esp', filesystem: 'vfat' },
    ],
    dataPool: null,
    usableBytes: 6000000000,
    space: [],
  },
  unlock: 'tpm',
  recoveryKey: true,
  system: { language: 'en_US.UTF-8', keyboard: 'us', timeZone: 'UTC' },
  network: {
    interface: 'any',
    bond: null,
    vlan: null,
    mode: 'dhcp',
    address: null,
    gateway: null,
    address6: null,
    gateway6: null,
    nameservers: [],
    searchDomains: [],
    proxy: null,
    wifi: null,
  },
  userName: 'admin',
  sshKeys: [],
  cluster: { name: 'home', role: 'primer', domain: null, meshUrl: null, join: null },
  stateVersion: '26.05',
}

/** The same disk with LUKS2 and ext4, opened by the passphrase alone. */
export const ext4Plan: Plan = {
  ...zfsPlan,
  hash: 'beef',
  storage: {
    ...zfsPlan.storage,
    layout: 'single-ext4',
    luksDevice: '/dev/disk/by-partlabel/disk-a-root',
    luksName: 'cryptroot',
    pool: null,
    vdevs: [],
    datasets: [],
    mounts: [
      { target: '/', source: '/dev/mapper/cryptroot', filesystem: 'ext4' },
      { target: '/boot', source: '/dev/disk/by-partlabel/disk-a-esp', filesystem: 'vfat' },
    ],
  },
  unlock: 'passphrase',
  recoveryKey: false,
}

/** The first one with a second disk for a pool of its own. */
export const dataPoolPlan: Plan = {
  ...zfsPlan,
  hash: 'da7a',
  storage: {
    ...zfsPlan.storage,
    disks: [
      ...zfsPlan.storage.disks,
      {
        key: 'data1',
        role: 'data',
        id: DISK_B,
        model: null,
        serial: 'keystone-b',
        sizeBytes: 8589934592,
        logicalSectorBytes: 512,
        espMountpoint: null,
      },
    ],
    mounts: [...zfsPlan.storage.mounts, { target: '/data', source: 'data/crypt/files', filesystem: 'zfs' }],
    dataPool: {
      layout: 'single',
      pool: 'data',
      vdevs: [{ kind: 'data', mode: '', disks: ['data1'] }],
      datasets: [{ name: 'data/crypt/files', mountpoint: '/data' }],
      usableBytes: 8000000000,
      space: [],
    },
  },
}

/** The first one without any encryption. */
export const plainPlan: Plan = {
  ...zfsPlan,
  hash: '0',
  storage: {
    ...zfsPlan.storage,
    isEncrypted: false,
    luksDevice: null,
    luksName: null,
    datasets: [{ name: 'rpool/system/root', mountpoint: '/' }],
    mounts: [
      { target: '/', source: 'rpool/system/root', filesystem: 'zfs' },
      { target: '/boot', source: '/dev/disk/by-partlabel/disk-a-esp', filesystem: 'vfat' },
    ],
  },
  unlock: 'none',
  recoveryKey: false,
}

export const confirmation: Confirmation = {
  disks: [{ id: DISK_A, serial: 'keystone-a', sizeBytes: 8589934592 }],
}

export const confirmationOfBoth: Confirmation = {
  disks: [...confirmation.disks, { id: DISK_B, serial: 'keystone-b', sizeBytes: 8589934592 }],
}

/** lsblk's line, as the tasks ask for the disks, and its answer when nothing has changed. */
export const lsblkLine = 'lsblk -J -b -O'
/** What comes right before it. */
export const settleLine = 'udevadm settle --timeout=10'
export function lsblkAnswer(changes: object = {}, ...others: object[]): string {
  const disk = { name: 'vdb', type: 'disk', size: 8589934592, serial: 'keystone-a', ro: false, mountpoints: [null] }
  return JSON.stringify({ blockdevices: [{ ...disk, ...changes }, ...others] })
}

export const devicesLine = 'lsblk --json --list --output NAME,TYPE'
export const openMapping = (name: string) => JSON.stringify({ blockdevices: [{ name, type: 'crypt' }] })
export const noMapping = '{"blockdevices":[{"name":"vdb","type":"disk"}]}'

export const mountsLine = 'findmnt --json --list --output TARGET,SOURCE,FSTYPE'
const LIVE_MOUNTS = [
  ['/', '/dev/vda2', 'ext4'],
  ['/run', 'tmpfs', 'tmpfs'],
] as const
const ZFS_MOUNTS = [
  ['/mnt', 'rpool/crypt/root', 'zfs'],
  ['/mnt/nix', 'rpool/crypt/nix', 'zfs'],
  ['/mnt/boot', '/dev/vdb1', 'vfat'],
] as const
const EXT4_MOUNTS = [
  ['/mnt', '/dev/mapper/cryptroot', 'ext4'],
  ['/mnt/boot', '/dev/vdb1', 'vfat'],
] as const
export function mountsAnswer(...rows: (readonly [target: string, source: string, fstype: string])[]): string {
  return JSON.stringify({
    filesystems: [...LIVE_MOUNTS, ...rows].map(([target, source, fstype]) => ({ target, source, fstype })),
  })
}
export const nothingMounted = mountsAnswer()
export const zfsMounted = mountsAnswer(...ZFS_MOUNTS)
export const ext4Mounted = mountsAnswer(...EXT4_MOUNTS)

/** udev's links on the machine with that disk. */
export const links = {
  [DISK_A]: '/dev/vdb',
  '/dev/disk/by-partlabel/disk-a-esp': '/dev/vdb1',
  '/dev/disk/by-partlabel/disk-a-root': '/dev/vdb3',
}
export const deviceFiles = { '/dev/vdb': '', '/dev/vdb1': '', '/dev/vdb3': '' }

/** Of an encrypted machine without PIN, Wi-Fi and cluster. */
export const secrets: InstallSecrets = {
  passphrase: new Secret('correct horse battery'),
  pin: null,
  recoveryKey: new Secret('cbdefghi-jklnrtuv-cbdefghi-jklnrtuv-cbdefghi-jklnrtuv-cbdefghi-jklnrtuv'),
  password: new Secret('staple-canary'),
  passwordHash: null,
  wifiPassphrase: null,
  joinToken: null,
}

export type TestContext = TaskContext & {
  readonly logged: string[]
  readonly steps: (readonly [number, string | undefined])[]
  readonly notices: (readonly [code: string, message: string])[]
}

/** What a task gets, with what it told kept for the test. */
export function taskContext(system: System, changes: Partial<TaskContext> = {}): TestContext {
  const logged: string[] = []
  const steps: (readonly [number, string | undefined])[] = []
  const notices: (readonly [code: string, message: string])[] = []
  return {
    plan: zfsPlan,
    files: [
      { path: '/etc/nixos/hosts/primer/disko-config.nix', content: '{ disko = 1; }\n', mode: 0o644 },
      { path: '/etc/nixos/flake.nix', content: '{ flake = 1; }\n', mode: 0o644 },
    ],
    phaseFiles: [{ path: '/var/lib/keystone/phases/first-boot', content: '#!/bin/sh\n', mode: 0o755 }],
    secrets,
    confirmation,
    system,
    installerVersion: '1.2.3',
    outputs: {},
    goesOn: false,
    interrupted: [],
    leftBy: null,
    log: (line) => logged.push(line),
    progress: (fraction, message) => steps.push([fraction, message]),
    notice: (code, message) => notices.push([code, message]),
    signal: new AbortController().signal,
    logged,
    steps,
    notices,
    ...changes,
  }
}
