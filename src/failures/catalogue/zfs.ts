import { type CatalogueEntry, diskoStep, failureOf, RETRY, SEE_LOG, WAYS_WITH_ANSWERS } from '../entry.ts'
import { exitEntry, FORMAT_AGAIN } from '../exit-entry.ts'

/** zpool and zfs know 0, 1 and 2 only: what they were to do says most. */
export const zfsEntries: readonly CatalogueEntry[] = [
  exitEntry({
    code: 'pool-not-made',
    title: 'The ZFS pool could not be made',
    program: 'zpool',
    actions: ['create', 'add', 'attach', 'labelclear'],
    cause: 'the ZFS pool could not be made on the disks',
    remedy: [
      'see whether a pool of this name is there already: zpool import',
      'the last lines of the log say which disk it is about',
      FORMAT_AGAIN,
    ],
    example: diskoStep('zpool', 'create', 1),
    waysOn: WAYS_WITH_ANSWERS,
    noFaultBecause: 'a pool of the same name is refused by preflight, which is injected',
  }),
  exitEntry({
    code: 'pool-not-imported',
    title: 'The ZFS pool could not be imported',
    program: 'zpool',
    actions: ['import'],
    cause: 'the ZFS pool of the target could not be imported',
    remedy: ['check that all its disks are connected', 'see what is missing: zpool import', RETRY],
    example: diskoStep('zpool', 'import', 1),
    noFaultBecause: 'disks that are gone are injected (disk-gone)',
  }),
  exitEntry({
    code: 'zfs-key-not-loaded',
    title: 'The key of the ZFS pool could not be loaded',
    program: 'zfs',
    actions: ['load-key'],
    cause: 'the key of the encrypted ZFS file systems could not be loaded',
    remedy: [
      'retry: the encrypted device with the key is opened again first',
      'if it comes back: change the answers, which formats the disks again',
    ],
    waysOn: WAYS_WITH_ANSWERS,
    example: failureOf({ task: 'partition', program: 'zfs', action: 'load-key', exitCode: 255 }),
    noFaultBecause: 'the key is on the target itself; cuts that come before it is written are injected',
  }),
  ...['zpool', 'zfs'].map((program) =>
    exitEntry({
      code: `${program}-refused`,
      title: program === 'zpool' ? 'ZFS refused a change of the pool' : 'ZFS refused a change of its file systems',
      program,
      cause: program === 'zpool' ? 'ZFS refused to change the pool' : 'ZFS refused to change its file systems',
      remedy: [SEE_LOG, RETRY],
      example: diskoStep(program, program === 'zpool' ? 'set' : 'create', 1),
      noFaultBecause: 'whatever else ZFS can have; it says no more than 1',
    }),
  ),
]
