import { programs } from '../../system/programs.ts'
import { type CatalogueEntry, failureOf, isNix, NO_FACTS, RETRY, WAYS, WAYS_WITH_ANSWERS } from '../entry.ts'
import { nixEnded } from '../nix-exit-code.ts'

const DERIVATION = '/nix/store/0v2l1f6zk4vgqv1g0dc0r1c7nq5m0k2s-linux-6.12.41.drv'
const nothing = { fetching: [], building: [], corruptedPath: null, untrustedPath: null, position: null }
const nixBuild = failureOf({ task: 'build', program: 'nix', action: 'build', exitCode: 1 })
const TOLD_BY_EXIT_CODE = 'told by the exit code alone, whose bits a unit test reads (failures/nix-exit-code.test.ts)'

/** After the network and the disks are cleared of it: what was to be built. */
export const nixEntries: readonly CatalogueEntry[] = [
  {
    code: 'build-timed-out',
    title: 'A build took too long',
    matches: (failure) => isNix(failure) && nixEnded(failure.exitCode, 'timedOut'),
    tell: ({ nix }) => ({
      cause: `a build took longer than nix allows it${nix?.building.length ? `: ${nix.building.at(-1)}` : ''}`,
      remedy: [
        'retry: what was built is kept; a slow machine may need several tries',
        'if it stops at the same place: save a support bundle',
      ],
    }),
    waysOn: WAYS,
    example: { signature: { ...nixBuild, exitCode: 101 }, facts: NO_FACTS },
    noFaultBecause: TOLD_BY_EXIT_CODE,
  },
  {
    code: 'build-not-reproducible',
    title: 'A build gave two results',
    matches: (failure) => isNix(failure) && nixEnded(failure.exitCode, 'notDeterministic'),
    tell: () => ({
      cause: 'nix built something twice, and the results are not the same',
      remedy: [
        'retry; if it happens again, the memory may be broken: test it by Memtest86+ in the boot menu of the medium',
      ],
    }),
    waysOn: WAYS,
    example: { signature: { ...nixBuild, exitCode: 104 }, facts: NO_FACTS },
    noFaultBecause: TOLD_BY_EXIT_CODE,
  },
  {
    code: 'build-failed',
    title: 'A build failed',
    matches: (failure) =>
      isNix(failure) && ((failure.nix?.building.length ?? 0) > 0 || nixEnded(failure.exitCode, 'buildFailed')),
    tell: ({ nix }) => {
      const drv = nix?.building.at(-1)
      const cause =
        drv === undefined
          ? 'a part of the system could not be built'
          : `this part of the system could not be built: ${drv}`
      return {
        cause,
        remedy: [
          'view the log: the lines before its end are what that build said',
          'retry builds it once more; what was built is kept',
          'save a support bundle: it holds the whole log',
        ],
      }
    },
    waysOn: WAYS,
    example: {
      signature: { ...nixBuild, exitCode: 100, nix: { ...nothing, building: [DERIVATION] } },
      facts: NO_FACTS,
    },
    noFaultBecause: 'the lab builds nothing; a unit test fails a real build (failures/real-programs.test.ts)',
  },
  {
    code: 'nix-error',
    title: 'Nix stopped with an error',
    matches: (failure) => isNix(failure) && failure.exitCode !== null && failure.stage !== 'installing the boot loader',
    tell: ({ program, nix }) => {
      const position = nix?.position ?? null
      const where = position === null ? '' : ` at ${position.file}:${position.line}:${position.column}`
      const cause =
        program === programs.nixosInstall
          ? 'nix stopped with an error while the system was copied to the disk'
          : `nix stopped with an error${where || ' in the configuration of the system'}`
      return {
        cause,
        remedy: [
          'view the log: the last line that begins with "error:" is the reason',
          RETRY,
          'if it stops there again: save a support bundle for those who help',
        ],
      }
    },
    waysOn: WAYS_WITH_ANSWERS,
    example: {
      signature: failureOf({
        task: 'install',
        ...{ program: 'nixos-install', action: '/mnt', exitCode: 1, stage: 'copying the system' },
      }),
      facts: NO_FACTS,
    },
  },
]
