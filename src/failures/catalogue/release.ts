import type { FailureSignature, MachineFacts } from '../../model/failure.ts'
import { CREDSTORE_DIRECTORY, TARGET_ROOT } from '../../model/paths.ts'
import { type CatalogueEntry, ended, failureOf, NO_FACTS, SHELL_FIRST } from '../entry.ts'

const MAPPING = '/dev/mapper/'
const NEVER_BY_FORCE = 'the pool is not exported by force: with a device on it open that blocks the machine for good'

const ofMapping = ({ users }: MachineFacts) => users.filter(({ path }) => path.startsWith(MAPPING))
const ofMounts = ({ users }: MachineFacts) => users.filter(({ path }) => !path.startsWith(MAPPING))
/** Only where something was to be let go: to have a file open is no fault elsewhere. */
const wasReleasing = (failure: FailureSignature) =>
  failure.task === 'unmount' ||
  ended(failure, 'umount') ||
  ended(failure, 'cryptsetup', null, ['close']) ||
  ended(failure, 'zpool', null, ['export'])

const named = (users: MachineFacts['users']) =>
  users.map(({ name, pid, path }) => `${name} (process ${pid}) in ${path}`).join(', ')
const ends = (users: MachineFacts['users']) => {
  if (users.length === 0) return []
  const pids = [...new Set(users.map(({ pid }) => pid))].join(' ')
  return [`end it: kill ${pids}; where it stays: kill -9 ${pids}`]
}

const unmount = failureOf({ task: 'unmount', program: 'umount', action: '/mnt', exitCode: 32 })
const sleeper = { pid: 1234, name: 'sleep' }

/** Letting go of the disks. Who holds them is found in /proc. */
export const releaseEntries: readonly CatalogueEntry[] = [
  {
    code: 'mapping-busy',
    title: 'The encrypted device is still in use',
    matches: (failure, facts) =>
      failure.problems.includes('mapping-busy') ||
      ended(failure, 'cryptsetup', [5], ['close']) ||
      (wasReleasing(failure) && ofMapping(facts).length > 0 && ofMounts(facts).length === 0),
    tell: (_, facts) => {
      const users = ofMapping(facts)
      const cause =
        users.length === 0
          ? 'the encrypted device cannot be closed: something still uses it'
          : `the encrypted device cannot be closed: it is used by ${named(users)}`
      const look = users.length === 0 ? ['see what lies on it: lsblk; it may be a mount or swap'] : ends(users)
      return { cause, remedy: [...look, 'then retry: the rest of the installation is done', NEVER_BY_FORCE] }
    },
    waysOn: SHELL_FIRST,
    example: {
      signature: failureOf({ task: 'unmount', problems: ['mapping-busy'] }),
      facts: { ...NO_FACTS, users: [{ ...sleeper, path: '/dev/mapper/credstore' }] },
    },
  },
  {
    code: 'target-busy',
    title: 'A mount of the target is still in use',
    matches: (failure, facts) =>
      wasReleasing(failure) && (ofMounts(facts).length > 0 || ended(failure, 'umount', [32])),
    tell: (_, facts) => {
      const users = ofMounts(facts)
      const cause =
        users.length === 0
          ? `the file systems below ${TARGET_ROOT} cannot be unmounted: something still uses them`
          : `the file systems of the target cannot be unmounted: they are used by ${named(users)}`
      const places = `${TARGET_ROOT} or ${CREDSTORE_DIRECTORY}`
      const look = users.length === 0 ? [`see what is mounted there: findmnt -R ${TARGET_ROOT}`] : ends(users)
      return {
        cause,
        remedy: [
          ...look,
          `leave every shell and program that is in ${places}`,
          'then retry: the rest of the installation is done',
        ],
      }
    },
    waysOn: SHELL_FIRST,
    example: { signature: unmount, facts: { ...NO_FACTS, users: [{ ...sleeper, path: '/mnt/nix' }] } },
  },
  {
    code: 'pool-busy',
    title: 'A ZFS pool cannot be exported',
    matches: (failure) => ended(failure, 'zpool', null, ['export']),
    tell: () => ({
      cause: 'the ZFS pool cannot be exported: something still uses it',
      remedy: [
        'see what is mounted from it: zfs mount; and what lies on its volumes: lsblk',
        'end what uses it, then retry: the rest of the installation is done',
        NEVER_BY_FORCE,
      ],
    }),
    waysOn: SHELL_FIRST,
    example: {
      signature: failureOf({ task: 'unmount', program: 'zpool', action: 'export', exitCode: 1 }),
      facts: NO_FACTS,
    },
    noFaultBecause: 'who holds a pool holds a mount or the mapping, and both are injected',
  },
]
