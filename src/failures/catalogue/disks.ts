import type { MachineFacts } from '../../model/failure.ts'
import { TARGET_ROOT } from '../../model/paths.ts'
import {
  ANSWERS_FIRST,
  type CatalogueEntry,
  failureOf,
  listed,
  NO_FACTS,
  RETRY,
  WAYS,
  WAYS_WITH_ANSWERS,
  wasAtWork,
} from '../entry.ts'

const DISK = '/dev/disk/by-id/virtio-keystone-a'
const present = { id: DISK, isPresent: true, sizeBytes: 8589934592, isReadable: true }
const nixBuild = failureOf({ task: 'build', program: 'nix', action: 'build', exitCode: 1 })

/** ZFS and the mounts are let go when a person reads it, so the kernel's messages say most. */
const SEE_DISK = [
  'see which disk it is: dmesg --level=err names it, lsblk -o NAME,MODEL,SERIAL says which one that is',
  'check its cable and power',
]
const REPLACED = 'if the disk has failed: change the answers to use another one, which starts over'

const goneDisks = ({ disks }: MachineFacts) => disks.filter(({ isPresent }) => !isPresent).map(({ id }) => id)
const unreadable = ({ disks }: MachineFacts) =>
  disks.filter(({ isReadable }) => isReadable === false).map(({ id }) => id)
const isEsp = (mount: string) => mount.startsWith(`${TARGET_ROOT}/boot`)
/** A degraded pool has lost a disk and works on. */
const isFailing =
  (errors: 'readErrors' | 'writeErrors') =>
  (pool: MachineFacts['pools'][number]): boolean =>
    ['SUSPENDED', 'UNAVAIL', 'FAULTED'].includes(pool.state) || (pool[errors] > 0 && pool.state !== 'DEGRADED')
const clearPools = ({ pools }: MachineFacts) =>
  pools.filter(({ state }) => state === 'SUSPENDED').map(({ name }) => `tell ZFS to go on: zpool clear ${name}`)

/** A disk that is not there or not what it says: whatever failed, this is why. */
export const lostDiskEntries: readonly CatalogueEntry[] = [
  {
    code: 'disk-gone',
    title: 'A disk was pulled or has failed',
    matches: (failure, facts) => goneDisks(facts).length > 0 || failure.problems.includes('disk-gone'),
    tell: (_, facts) => {
      const gone = goneDisks(facts)
      const cause =
        gone.length === 0
          ? 'a disk of this installation is not there any more'
          : `the ${gone.length === 1 ? 'disk' : 'disks'} ${listed(gone)} ${gone.length === 1 ? 'is' : 'are'} not there any more`
      const plug = 'plug the disk in again, or check its cable and power'
      return { cause, remedy: [plug, ...clearPools(facts), RETRY, REPLACED] }
    },
    waysOn: WAYS_WITH_ANSWERS,
    example: {
      signature: nixBuild,
      facts: { ...NO_FACTS, disks: [{ id: DISK, isPresent: false, sizeBytes: null, isReadable: null }] },
    },
  },
  {
    code: 'disk-smaller-than-it-says',
    title: 'A disk is smaller than it claims',
    matches: ({ problems }) => problems.includes('disk-smaller-than-it-says'),
    tell: () => ({
      cause: 'a disk does not keep what is written near its end: it is smaller than it claims to be',
      remedy: [
        'such a disk loses data: do not use it',
        'change the answers to use another disk, and take this one out',
      ],
    }),
    waysOn: ANSWERS_FIRST,
    example: {
      signature: failureOf({ task: 'partition', problems: ['disk-smaller-than-it-says'] }),
      facts: NO_FACTS,
    },
  },
]

/** What a disk did wrong; seen in the state of its pool, in its mounts, and by reading it. */
export const diskErrorEntries: readonly CatalogueEntry[] = [
  {
    code: 'esp-damaged',
    title: 'The EFI system partition is damaged',
    matches: (failure, { brokenMounts }) => wasAtWork(failure) && brokenMounts.length > 0 && brokenMounts.every(isEsp),
    tell: (_, { brokenMounts }) => ({
      cause: `the EFI system partition at ${listed(brokenMounts)} is damaged, and the kernel made it read-only`,
      remedy: [
        'retry: the partition is checked and repaired before it is mounted again',
        'if it comes back, the disk is failing: change the answers to use another one',
      ],
    }),
    waysOn: WAYS,
    example: {
      signature: failureOf({ task: 'install', program: 'nixos-install', action: '/mnt', exitCode: 1 }),
      facts: { ...NO_FACTS, brokenMounts: ['/mnt/boot'] },
    },
  },
  {
    code: 'disk-write-error',
    title: 'A disk did not take what was written',
    matches: (failure, { pools, brokenMounts }) =>
      wasAtWork(failure) &&
      (brokenMounts.length > 0 ||
        pools.some(isFailing('writeErrors')) ||
        failure.errno === 'EIO' ||
        failure.errno === 'EROFS'),
    tell: (_, facts) => {
      const pool = facts.pools.find(isFailing('writeErrors'))
      const cause = pool
        ? `writing to a disk of the pool ${pool.name} failed (${pool.writeErrors} write errors, the pool is ${pool.state})`
        : facts.brokenMounts.length > 0
          ? `writing to the disk below ${listed(facts.brokenMounts)} failed, and the kernel protects what is on it`
          : 'a disk gave an error when it was written to'
      return { cause, remedy: [...SEE_DISK, ...clearPools(facts), RETRY, REPLACED] }
    },
    waysOn: WAYS_WITH_ANSWERS,
    example: {
      signature: nixBuild,
      facts: {
        ...NO_FACTS,
        disks: [present],
        pools: [{ name: 'rpool', state: 'SUSPENDED', readErrors: 0, writeErrors: 14 }],
      },
    },
  },
  {
    code: 'disk-read-error',
    title: 'A disk cannot be read',
    matches: (failure, facts) =>
      (wasAtWork(failure) || failure.problems.length === 0) &&
      (unreadable(facts).length > 0 || facts.pools.some(isFailing('readErrors'))),
    tell: (_, facts) => {
      const disks = unreadable(facts)
      const pool = facts.pools.find(isFailing('readErrors'))
      const cause =
        disks.length > 0
          ? `the disk ${listed(disks)} cannot be read`
          : `reading a disk of the pool ${pool?.name ?? ''} failed ${pool?.readErrors ?? 0} times`
      return { cause, remedy: [...SEE_DISK, ...clearPools(facts), RETRY, REPLACED] }
    },
    waysOn: WAYS_WITH_ANSWERS,
    example: {
      signature: failureOf({ task: 'partition', program: 'disko', action: 'mount', exitCode: 32 }),
      facts: { ...NO_FACTS, disks: [{ ...present, isReadable: false }] },
    },
  },
]
