import { FETCH_ADDRESS } from '../harness/fetch-server.ts'
import type { Machine } from '../harness/machine.ts'
import type { After, Elsewhere, Fault } from './fault.ts'
import * as guest from './guest-scripts.ts'
import { byId, DISK_BYTES, GIB, plugIn, setSwitches } from './machines.ts'

/** Every fault that a run injects: data, and a few lines each that do it. try-fault.ts runs them. */

const bash = (script: string) => async (machine: Machine) => {
  await machine.agent.succeed(script, { timeoutMs: 5 * 60_000 })
}
const withSwitch = (line: string) => (machine: Machine) => setSwitches(machine, [line])
const withoutSwitches = (machine: Machine) => setSwitches(machine)
const both =
  (first: Fault['inject'], second: Fault['inject']): Fault['inject'] =>
  async (machine) => {
    await first(machine)
    await second(machine)
  }
const nothing = async () => {}

const RETRY: After = { wayOn: 'retry', endsWith: 0 }
/** It ends before anything is erased; that a retry begins to work is seen in seconds. */
const BEGINS: After = { wayOn: 'retry', endsWith: 'past preflight' }
const GOES_ON: After = { wayOn: 'none needed', endsWith: 0 }

const atStart = { when: 'before the start' } as const
const atPreflight = { when: 'stopped', at: { task: 'preflight', moment: 'before' } } as const
const atBuild = { when: 'stopped', at: { task: 'build', moment: 'before' } } as const

/** The disk that lies is replaced by another. */
const takenOut = (machine: Machine) => machine.disk('keystone-a').pull()
const target = (machine: Machine) => machine.disk('keystone-a')
const awaitDisk = bash(`timeout 60 bash -c 'until [ -b ${byId('keystone-a')} ]; do sleep 0.2; done'; udevadm settle`)

/** What preflight refuses: exit 3, and nothing was erased. */
const refused = (code: string, screen: RegExp): Fault['expect'] => ({
  code,
  exitCode: 3,
  screen,
  event: { type: 'task-failed', task: 'preflight' },
})
const failed = (
  code: string,
  task: Extract<Fault['expect']['event'], { type: 'task-failed' }>['task'],
  screen: RegExp,
): Fault['expect'] => ({ code, exitCode: 4, screen, event: { type: 'task-failed', task } })

/** A disk that is pulled out in a task, and comes back. */
function pulled(id: string, moment: Fault['moment'], third = false): Fault {
  const at = moment.when === 'stopped' ? moment.at : null
  const task = at?.task ?? 'partition'
  // What was written to memory only goes well until somebody wants it on the disk.
  const seenIn = task === 'build' ? (['build', 'install'] as const) : task
  return {
    id,
    title: `the disk is pulled out during "${task}"`,
    third,
    kind: 'ext4',
    moment,
    inject: (machine) => target(machine).pull(),
    expect: failed('disk-gone', seenIn, /keystone-a is not there/),
    mend: both((machine) => target(machine).plug(), awaitDisk),
    after: RETRY,
  }
}

function inUse(what: keyof typeof guest.ACTIVE, screen: RegExp, third = false): Fault {
  return {
    id: `active-${what}`,
    title: `the disk is used by an active ${what}`,
    third,
    kind: 'ext4',
    moment: atPreflight,
    inject: bash(guest.ACTIVE[what].begin),
    expect: refused('disk-in-use', screen),
    mend: bash(guest.ACTIVE[what].end),
    after: BEGINS,
  }
}

function leftover(what: keyof typeof guest.LEFTOVERS, title: string): Fault {
  return {
    id: `leftover-${what}`,
    title: `the disk holds what is left of ${title}`,
    third: false,
    kind: what === 'zfs' ? 'zfs' : 'ext4',
    moment: atStart,
    inject: bash(guest.LEFTOVERS[what]),
    expect: { code: 'none', exitCode: 0, screen: /"type":"install-finished"/, event: { type: 'install-finished' } },
    mend: nothing,
    after: GOES_ON,
  }
}

export const FAULTS: readonly Fault[] = [
  pulled('pulled-in-partition', { when: 'stopped', at: { task: 'partition', moment: 'during', msIn: 1500 } }),
  pulled('pulled-in-build', atBuild, true),
  pulled('pulled-in-install', { when: 'stopped', at: { task: 'install', moment: 'during', msIn: 1000 } }),
  pulled('pulled-in-enroll-keys', { when: 'stopped', at: { task: 'enroll-keys', moment: 'before' } }),
  {
    id: 'mirror-disk-pulled',
    title: 'one disk of a mirror is pulled out when all is written',
    third: false,
    kind: 'mirror',
    moment: { when: 'stopped', at: { task: 'stage-phases', moment: 'after' } },
    inject: async (machine) => {
      await machine.disk('keystone-b').pull()
      await machine.agent.exec('zpool sync rpool', { timeoutMs: 60_000 })
    },
    expect: { code: 'pool-degraded', exitCode: 0, screen: /pool rpool is DEGRADED/, event: { type: 'notice' } },
    mend: nothing,
    after: GOES_ON,
  },
  {
    id: 'write-error',
    title: 'the disk takes no more writes',
    third: false,
    kind: 'ext4',
    moment: atBuild,
    inject: (machine) => target(machine).fail({ iotype: 'write' }),
    expect: failed(
      'disk-write-error',
      ['build', 'install'],
      /writing to the disk below|an error when it was written to/,
    ),
    mend: (machine) => target(machine).heal(),
    after: RETRY,
  },
  {
    id: 'read-error-before',
    title: 'the first sectors of the disk cannot be read',
    third: true,
    kind: 'ext4',
    moment: atStart,
    inject: both(
      (machine) => target(machine).fail({ iotype: 'read', sector: 64 }),
      bash(`blockdev --flushbufs ${byId('keystone-a')}`),
    ),
    expect: refused('disk-unreadable', /cannot be read at its beginning/),
    mend: (machine) => target(machine).heal(),
    after: BEGINS,
  },
  {
    id: 'read-error-when-continuing',
    title: 'the disk cannot be read when the target is mounted again',
    third: false,
    kind: 'ext4',
    moment: {
      when: 'continuing',
      killedAt: { task: 'build', moment: 'before' },
      afterTask: 'preflight',
    },
    inject: both((machine) => target(machine).fail({ iotype: 'read' }), bash('sync; echo 3 >/proc/sys/vm/drop_caches')),
    expect: failed('disk-read-error', 'partition', /cannot be read/),
    mend: (machine) => target(machine).heal(),
    after: RETRY,
  },
  {
    id: 'flush-error',
    title: 'the disk takes writes and fails to flush them',
    third: false,
    kind: 'ext4',
    moment: atBuild,
    disk: 'served',
    inject: async (machine) => machine.nbd('keystone-a').rule({ on: 'flush', errno: 5 }),
    expect: failed(
      'disk-write-error',
      ['build', 'install'],
      /writing to the disk below|an error when it was written to/,
    ),
    mend: async (machine) => machine.nbd('keystone-a').rule(null),
    after: RETRY,
  },
  {
    id: 'target-full',
    title: 'the system does not fit on the disk',
    third: false,
    kind: 'ext4',
    moment: atBuild,
    inject: both(bash(guest.NEARLY_FULL_TARGET), withSwitch('KEYSTONE_LAB_BUILD_FILLS_MIB=1500')),
    expect: failed('target-full', 'build', /no room left on the disk/),
    mend: withoutSwitches,
    after: { wayOn: 'answers', endsWith: 0 },
    changed: { swap: '256MiB' },
  },
  {
    id: 'slow-disk',
    title: 'the disk is slower than 1 MB/s',
    third: false,
    kind: 'ext4',
    moment: { when: 'stopped', at: { task: 'install', moment: 'before' } },
    inject: (machine) => target(machine).slow(600_000),
    expect: { code: 'disk-slow', exitCode: 0, screen: /disks are very slow/, event: { type: 'notice' } },
    mendsAtNotice: true,
    mend: (machine) => target(machine).heal(),
    after: GOES_ON,
  },
  {
    id: 'smaller-than-it-says',
    title: 'the disk claims 8 GiB, and beyond 3 GiB it fails',
    third: false,
    kind: 'ext4',
    moment: atStart,
    disk: { really: 'error' },
    inject: (machine) => plugIn(machine, { id: 'keystone-b', sizeBytes: DISK_BYTES }),
    expect: refused('disk-smaller-than-it-says', /cannot be read at its end/),
    mend: takenOut,
    after: { wayOn: 'answers', endsWith: 0 },
    changed: { diskIds: ['keystone-b'] },
  },
  {
    id: 'forgets-beyond-its-end',
    title: 'the disk claims 8 GiB, and forgets in silence what is written beyond 3 GiB',
    third: false,
    kind: 'ext4',
    moment: atStart,
    disk: { really: 'drop' },
    inject: (machine) => plugIn(machine, { id: 'keystone-b', sizeBytes: DISK_BYTES }),
    expect: failed('disk-smaller-than-it-says', 'partition', /smaller than it (says|claims)/),
    mend: takenOut,
    after: { wayOn: 'answers', endsWith: 0 },
    changed: { diskIds: ['keystone-b'] },
  },
  {
    id: 'two-disks-one-serial',
    title: 'a second disk with the same serial comes after the choice',
    third: true,
    kind: 'ext4',
    moment: atPreflight,
    inject: async (machine) => {
      await machine.plugDisk({ id: 'keystone-p', sizeBytes: DISK_BYTES, serial: 'keystone-a' })
      await machine.agent.succeed(
        "timeout 60 bash -c 'until [ $(lsblk -dno SERIAL | grep -cx keystone-a) = 2 ]; do sleep 0.2; done'; udevadm settle",
        { timeoutMs: 90_000 },
      )
    },
    expect: refused('disk-not-unique', /could mean .* as well/),
    mend: async (machine) => {
      await machine.disk('keystone-p').pull()
      await machine.agent.succeed('udevadm trigger --subsystem-match=block --settle; udevadm settle', {
        timeoutMs: 90_000,
      })
    },
    after: BEGINS,
  },
  {
    id: 'pool-imported',
    title: 'a pool of the same name is imported from another disk',
    third: true,
    kind: 'zfs',
    moment: atStart,
    inject: bash(guest.POOL_OF_THE_SAME_NAME),
    expect: refused('pool-in-use', /pool with the name rpool is imported/),
    mend: bash(guest.ERASE_POOL_OF_THE_SAME_NAME),
    after: BEGINS,
  },
  {
    id: 'pool-name-taken',
    title: 'another disk holds a pool of the same name',
    third: true,
    kind: 'zfs',
    moment: atStart,
    inject: bash(`${guest.POOL_OF_THE_SAME_NAME}; zpool export rpool; udevadm settle`),
    expect: refused('pool-name-taken', /holds a ZFS pool called rpool/),
    mend: bash(guest.ERASE_POOL_OF_THE_SAME_NAME),
    after: BEGINS,
  },
  leftover('zfs', 'a pool with a volume'),
  leftover('luks', 'an encrypted file system'),
  leftover('md', 'a RAID'),
  leftover('lvm', 'a volume group'),
  leftover('ntfs', 'Windows, and only the second copy of its partition table'),
  inUse('pool', /part of the imported ZFS pool old/, true),
  inUse('mapping', /holds the open encrypted device old/, true),
  inUse('raid', /part of the running RAID/, true),
  inUse('volume', /holds the active LVM volume/),
  inUse('mount', /mounted at \/run\/old/, true),
  {
    id: 'mount-busy',
    title: 'somebody is in a folder of the target when it is let go',
    third: false,
    kind: 'ext4',
    moment: atBuild,
    inject: bash(guest.STAY_IN_MOUNT),
    expect: failed('target-busy', 'unmount', /used by sleep \(process \d+\) in \/mnt/),
    mend: bash(guest.END_SLEEPER),
    after: RETRY,
  },
  {
    id: 'credstore-busy',
    title: 'somebody has the credstore open when it is let go',
    third: false,
    kind: 'zfs',
    moment: atBuild,
    inject: bash(guest.HOLD_MAPPING),
    expect: failed('mapping-busy', 'unmount', /used by sleep \(process \d+\) in \/dev\/mapper\/credstore/),
    mend: bash(guest.END_SLEEPER),
    after: RETRY,
  },
  {
    id: 'tpm-gone-between',
    title: 'the TPM is gone when a killed install goes on',
    third: false,
    kind: 'ext4',
    moment: { when: 'continuing', killedAt: { task: 'build', moment: 'before' } },
    inject: bash(guest.REMOVE_TPM),
    expect: {
      code: 'no-tpm',
      exitCode: 3,
      screen: /no TPM2 answers now/,
      event: { type: 'begun-found' },
    },
    mend: bash(guest.BRING_TPM_BACK),
    after: RETRY,
  },
  {
    id: 'tpm-gone-in-enroll',
    title: 'the TPM is gone when the key is given to it',
    third: false,
    kind: 'ext4',
    moment: atBuild,
    inject: bash(guest.REMOVE_TPM),
    expect: failed('tpm-gone', 'enroll-keys', /TPM does not answer any more/),
    mend: bash(guest.BRING_TPM_BACK),
    after: RETRY,
  },
  {
    id: 'tpm-locked',
    title: 'the TPM is in lockout when a PIN is set',
    third: false,
    kind: 'ext4-pin',
    moment: atBuild,
    inject: bash(guest.LOCK_TPM),
    expect: failed('tpm-locked', 'enroll-keys', /refuses every PIN for now/),
    mend: bash(guest.UNLOCK_TPM),
    after: RETRY,
  },
  {
    id: 'network-lost',
    title: 'the network is lost in a download',
    third: true,
    kind: 'ext4',
    moment: atBuild,
    fetches: true,
    inject: both(withSwitch(`KEYSTONE_LAB_FETCH=${FETCH_ADDRESS}`), (machine) => machine.link(false)),
    expect: failed('network-lost', 'build', /network was lost during a download/),
    mend: both(
      (machine) => machine.link(true),
      bash("timeout 60 bash -c 'until ip -4 route | grep -q ^10.0.2.0/24; do sleep 0.2; done'"),
    ),
    after: RETRY,
  },
  {
    id: 'dns-dead',
    title: 'no name server answers',
    third: false,
    kind: 'ext4',
    moment: atBuild,
    fetches: true,
    inject: both(bash(guest.DEAD_NAME_SERVER), withSwitch('KEYSTONE_LAB_FETCH=cache.nixos.org:8080')),
    expect: failed('dns-dead', 'build', /no name server answers/),
    mend: bash('echo 10.0.2.100 cache.nixos.org >>/etc/hosts; cp /run/resolv.kept /etc/resolv.conf'),
    after: RETRY,
  },
  {
    id: 'cache-wrong',
    title: 'the cache gives other content than it promised',
    third: false,
    kind: 'ext4',
    moment: atBuild,
    inject: withSwitch('KEYSTONE_LAB_NIX_REPLAY=wrong-hash:102'),
    expect: failed('cache-wrong', 'build', /other content than it should have|signed by nobody|a download came/),
    mend: withoutSwitches,
    after: RETRY,
  },
  {
    id: 'tmp-full',
    title: 'there is no room in /tmp',
    third: true,
    kind: 'ext4',
    moment: atStart,
    inject: bash(guest.FULL_TMP),
    expect: refused('tmp-full', /\/tmp has .* left/),
    mend: bash('umount -l /tmp'),
    after: BEGINS,
  },
  {
    id: 'out-of-memory',
    title: 'the build takes more memory than a machine of 2 GiB has',
    third: false,
    kind: 'ext4',
    moment: atBuild,
    memory: 'small',
    inject: withSwitch('KEYSTONE_LAB_BUILD_EATS_MIB=4096'),
    expect: failed('out-of-memory', 'build', /ran out of memory/),
    mend: withoutSwitches,
    after: RETRY,
  },
  {
    id: 'clock-of-1980',
    title: 'the clock says 1980',
    third: true,
    kind: 'ext4',
    moment: atStart,
    inject: bash('date --utc --set 1980-01-02'),
    expect: refused('clock-wrong', /clock says 1980-01-02/),
    mend: (machine) => machine.agent.syncClock(),
    after: BEGINS,
  },
  {
    id: 'nix-trace',
    title: 'nixos-install ends with 1 and a trace of nix',
    third: true,
    kind: 'ext4',
    moment: atBuild,
    inject: withSwitch('KEYSTONE_LAB_INSTALL_FAILS=trace'),
    expect: failed('nix-error', 'install', /stopped with an error while the system was copied/),
    mend: withoutSwitches,
    after: RETRY,
  },
  {
    id: 'boot-loader-fails',
    title: 'the step of the boot loader fails',
    third: false,
    kind: 'ext4',
    moment: atBuild,
    inject: withSwitch('KEYSTONE_LAB_INSTALL_FAILS=loader'),
    expect: failed('boot-loader-failed', 'install', /boot loader could not be installed/),
    mend: withoutSwitches,
    after: RETRY,
  },
  {
    id: 'efi-variables-read-only',
    title: "the firmware's variables are read-only",
    third: false,
    kind: 'ext4',
    moment: atBuild,
    inject: bash('mount -o remount,ro /sys/firmware/efi/efivars'),
    expect: failed('efi-variables-read-only', 'install', /variables are mounted read-only/),
    mend: bash('mount -o remount,rw /sys/firmware/efi/efivars'),
    after: RETRY,
  },
  {
    id: 'efi-variables-full',
    title: "the firmware's memory for variables is full",
    third: false,
    kind: 'ext4',
    moment: atBuild,
    inject: bash(guest.FILL_EFI_VARIABLES),
    expect: failed('efi-variables-full', 'install', /memory for the firmware's variables is full/),
    mend: bash(guest.EMPTY_EFI_VARIABLES),
    after: RETRY,
  },
  {
    id: 'esp-damaged',
    title: 'the EFI system partition is damaged when a killed install goes on',
    third: false,
    kind: 'ext4',
    moment: { when: 'continuing', killedAt: { task: 'install', moment: 'after' } },
    inject: bash(guest.DAMAGE_ESP),
    expect: { code: 'none', exitCode: 0, screen: /"type":"install-finished"/, event: { type: 'install-finished' } },
    mend: nothing,
    after: GOES_ON,
  },
  {
    id: 'esp-fails-in-install',
    title: 'the EFI system partition is made read-only by the kernel while the system is installed',
    third: false,
    kind: 'ext4',
    moment: { when: 'stopped', at: { task: 'install', moment: 'before' } },
    inject: bash('mount -o remount,ro /mnt/boot'),
    expect: failed('esp-damaged', 'install', /EFI system partition at .* is damaged/),
    mend: nothing,
    after: RETRY,
  },
  {
    id: 'module-missing',
    title: 'the kernel has no module for ZFS',
    third: true,
    kind: 'zfs',
    moment: atStart,
    inject: bash(guest.HIDE_MODULE),
    expect: refused('module-missing', /has no module zfs/),
    mend: bash(guest.SHOW_MODULE),
    after: BEGINS,
  },
  {
    id: 'swap-on-disk',
    title: 'the live system swaps to a disk',
    third: true,
    kind: 'ext4',
    moment: atStart,
    inject: bash(guest.SWAP_ON_A_DISK),
    expect: refused('swap-on-disk', /is used as swap/),
    mend: bash(`swapoff ${byId('keystone-b')}`),
    after: BEGINS,
  },
]

/** Shown by runs of their own, which need a screen or a boot. */
export const ELSEWHERE: readonly Elsewhere[] = [
  {
    id: 'tpm-cleared',
    title: 'the TPM is cleared between the install and the boot',
    file: 'e2e/single-ext4.e2e.ts',
    sign: 'clearTpm()',
    expect: { code: 'none', exitCode: 0, screen: /assphrase or recovery key for disk/ },
    wayOn: 'the boot asks for the passphrase or the recovery key',
  },
  {
    id: 'terminal-closed',
    title: 'the terminal is closed during the install',
    file: 'e2e/faults/doors.ts',
    sign: 'terminalClosed',
    expect: { code: 'none', exitCode: 130, screen: /An earlier install/ },
    wayOn: 'the next terminal offers to continue',
  },
  {
    id: 'window-shrunk',
    title: 'the window is shrunk to 20x5 during the install and on the failure page',
    file: 'e2e/faults/doors.ts',
    sign: 'windowShrunk',
    expect: { code: 'none', exitCode: 0, screen: /This window/ },
    wayOn: 'made larger again, nothing is lost',
  },
]

export const faultOf = (id: string): Fault => {
  const found = FAULTS.find((fault) => fault.id === id)
  if (!found) throw new Error(`there is no fault ${id}`)
  return found
}

/** What a disk that lies really has. */
export const REALLY_BYTES = 3 * GIB
