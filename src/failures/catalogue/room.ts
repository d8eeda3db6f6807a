import type { MachineFacts } from '../../model/failure.ts'
import { formatSize } from '../../model/size.ts'
import { ANSWERS_FIRST, type CatalogueEntry, failureOf, NO_FACTS, RETRY, SHELL_FIRST, wasAtWork } from '../entry.ts'

const MIB = 2 ** 20
/** A system needs gigabytes, and nix removes what it could not finish: the little that is free then was not enough. */
const TARGET_FULL_BYTES = 256 * MIB
const TEMPORARY_FULL_BYTES = 4 * MIB
const RUNTIME_FULL_BYTES = MIB

const freeBytes: MachineFacts['freeBytes'] = { temporary: 500 * MIB, target: 3000 * MIB, runtime: 500 * MIB }
const nixBuild = failureOf({ task: 'build', program: 'nix', action: 'build', exitCode: 1 })
const isBelow = (bytes: number | null, limit: number) => bytes !== null && bytes < limit

/** Room, measured: the program that failed says only that it could not write. */
export const roomEntries: readonly CatalogueEntry[] = [
  {
    code: 'target-full',
    title: 'The target has no room left',
    matches: (failure, { freeBytes: { target, temporary, runtime } }) => {
      if (!wasAtWork(failure)) return false
      if (isBelow(target, TARGET_FULL_BYTES)) return true
      const isElsewhere = isBelow(temporary, TEMPORARY_FULL_BYTES) || isBelow(runtime, RUNTIME_FULL_BYTES)
      return failure.errno === 'ENOSPC' && target !== null && !isElsewhere
    },
    tell: (_, { freeBytes: { target } }) => ({
      cause: `there is no room left on the disk that is being installed on (${formatSize(target ?? 0)} free)`,
      remedy: ['change the answers: less swap, a smaller EFI system partition, or a larger disk; that starts over'],
    }),
    waysOn: ANSWERS_FIRST,
    example: {
      signature: nixBuild,
      facts: { ...NO_FACTS, freeBytes: { ...freeBytes, target: 4096 } },
    },
  },
  {
    code: 'tmp-full',
    title: '/tmp is full',
    matches: (failure, { freeBytes: { temporary } }) => wasAtWork(failure) && isBelow(temporary, TEMPORARY_FULL_BYTES),
    tell: (_, { freeBytes: { temporary } }) => ({
      cause: `there is no room left in /tmp of the live system (${formatSize(temporary ?? 0)} free)`,
      remedy: [
        'see what fills it: du -ax /tmp | sort -n | tail',
        'remove what is not needed',
        'or, where the medium keeps it in memory, let it take more: mount -o remount,size=2G $(findmnt -no TARGET -T /tmp)',
        RETRY,
      ],
    }),
    waysOn: SHELL_FIRST,
    example: { signature: nixBuild, facts: { ...NO_FACTS, freeBytes: { ...freeBytes, temporary: 0 } } },
  },
  {
    code: 'runtime-full',
    title: '/run is full',
    matches: (failure, { freeBytes: { runtime } }) => wasAtWork(failure) && isBelow(runtime, RUNTIME_FULL_BYTES),
    tell: () => ({
      cause: 'there is no room left in /run, the memory that secrets pass through',
      remedy: [
        'see what fills it: du -ax /run | sort -n | tail',
        'make it larger: mount -o remount,size=512M /run',
        RETRY,
      ],
    }),
    waysOn: SHELL_FIRST,
    example: {
      signature: failureOf({ task: 'enroll-keys', errno: 'ENOSPC' }),
      facts: { ...NO_FACTS, freeBytes: { ...freeBytes, runtime: 0 } },
    },
    noFaultBecause: 'only root fills /run; told by the same fact as /tmp, which is injected',
  },
]
