import type { Confirmation } from '../model/answers.ts'
import type { Plan } from '../model/plan.ts'
import { Secret } from '../model/secret.ts'
import type { System } from '../system/system.ts'
import type { TaskContext } from '../tasks/task.ts'

const DISK_A = '/dev/disk/by-id/virtio-keystone-a'

/** One 8 GiB disk, encrypted ZFS, TPM unlock and recovery key. */
export const zfsPlan: Plan = {
  version: 1,
  hash: 'f00d',
  hostName: 'primer',
  hostId: '1a2b3c4d',
  storage: {
    layout: 'single-zfs',
    espBytes: 1073741824,
    swapBytes: 536870912,
    disks: [
      {
        key: 'a',
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
    datasets: [
      { name: 'rpool/crypt/root', mountpoint: '/' },
      { name: 'rpool/crypt/nix', mountpoint: '/nix' },
    ],
    mounts: [
      { target: '/', source: 'rpool/crypt/root', filesystem: 'zfs' },
      { target: '/nix', source: 'rpool/crypt/nix', filesystem: 'zfs' },
      { target: '/boot', source: '/dev/disk/by-partlabel/disk-a-esp', filesystem: 'vfat' },
    ],
    usableBytes: 6000000000,
  },
  tpmUnlock: true,
  recoveryKey: true,
  network: { interface: 'any', mode: 'dhcp', address: null, gateway: null, nameservers: [] },
  userName: 'admin',
  sshKeys: [],
  cluster: { name: 'home', role: 'primer' },
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
    datasets: [],
    mounts: [
      { target: '/', source: '/dev/mapper/cryptroot', filesystem: 'ext4' },
      { target: '/boot', source: '/dev/disk/by-partlabel/disk-a-esp', filesystem: 'vfat' },
    ],
  },
  tpmUnlock: false,
  recoveryKey: false,
}

export const confirmation: Confirmation = {
  disks: [{ id: DISK_A, serial: 'keystone-a', sizeBytes: 8589934592 }],
}

/** lsblk's line for one target disk, as the tasks ask for it, and its answer when nothing has changed. */
export const lsblkLine = `lsblk --json --bytes --output NAME,TYPE,SIZE,SERIAL,RO,MOUNTPOINTS ${DISK_A}`
export function lsblkAnswer(changes: object = {}): string {
  const disk = { name: 'vdb', type: 'disk', size: 8589934592, serial: 'keystone-a', ro: false, mountpoints: [null] }
  return JSON.stringify({ blockdevices: [{ ...disk, ...changes }] })
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

export type TestContext = TaskContext & {
  readonly logged: string[]
  readonly shown: string[]
  readonly steps: (readonly [number, string | undefined])[]
}

/** What a task gets, with what it told kept for the test. */
export function taskContext(system: System, changes: Partial<TaskContext> = {}): TestContext {
  const logged: string[] = []
  const shown: string[] = []
  const steps: (readonly [number, string | undefined])[] = []
  return {
    plan: zfsPlan,
    files: [
      { path: '/etc/nixos/hosts/primer/disko-config.nix', content: '{ disko = 1; }\n', mode: 0o644 },
      { path: '/etc/nixos/flake.nix', content: '{ flake = 1; }\n', mode: 0o644 },
    ],
    phaseFiles: [{ path: '/var/lib/keystone/phases/first-boot', content: '#!/bin/sh\n', mode: 0o755 }],
    secrets: { passphrase: new Secret('correct horse battery'), password: new Secret('staple-canary') },
    confirmation,
    system,
    outputs: {},
    log: (line) => logged.push(line),
    progress: (fraction, message) => steps.push([fraction, message]),
    showOnce: (key) => shown.push(key.reveal()),
    signal: new AbortController().signal,
    logged,
    shown,
    steps,
    ...changes,
  }
}
