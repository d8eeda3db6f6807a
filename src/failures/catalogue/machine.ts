import { type CatalogueEntry, ended, failedProgram, failureOf, isNix, listed, NO_FACTS, RETRY, WAYS } from '../entry.ts'

const nixBuild = failureOf({ task: 'build', program: 'nix', action: 'build', exitCode: 1 })

/** Memory, clock and kernel: seen before anything is read into an exit code. */
export const machineEntries: readonly CatalogueEntry[] = [
  {
    code: 'out-of-memory',
    title: 'The machine ran out of memory',
    matches: ({ program, timedOut, errno }, { oomKills }) =>
      errno === 'ENOMEM' || (program !== null && !timedOut && oomKills !== null && oomKills > 0),
    tell: ({ program }) => ({
      cause: `the machine ran out of memory, and the kernel ended a process${program === null ? '' : ` of ${program}`}`,
      remedy: ['end what else runs on this machine, or give it more memory', RETRY],
    }),
    waysOn: WAYS,
    example: { signature: { ...nixBuild, exitCode: null, signal: 'SIGKILL' }, facts: { ...NO_FACTS, oomKills: 1 } },
  },
  {
    code: 'module-missing',
    title: 'The kernel cannot load a module',
    matches: (failure, { missingModules }) => {
      const { program } = failedProgram(failure)
      const needed = program === 'cryptsetup' ? 'dm_crypt' : 'zfs'
      const isStorage = program !== null && ['cryptsetup', 'zpool', 'zfs', 'modprobe'].includes(program)
      return isStorage && (missingModules.includes(needed) || program === 'modprobe')
    },
    tell: (_, { missingModules }) => ({
      cause: `the running kernel has no module ${listed(missingModules) || 'that the layout needs'}, and cannot load it`,
      remedy: [
        'start from the Keystone medium, its kernel has all of them',
        'on another system: install the module for the running kernel (uname -r), then retry',
      ],
    }),
    waysOn: WAYS,
    example: {
      signature: failureOf({
        task: 'partition',
        ...{ program: 'disko', action: 'destroy,format,mount', exitCode: 1 },
        inner: { program: 'zpool', action: 'create' },
      }),
      facts: { ...NO_FACTS, missingModules: ['zfs'] },
    },
  },
  {
    code: 'clock-wrong',
    title: 'The clock is wrong',
    matches: (failure, { clockIsBeforeBuild }) => isNix(failure) && clockIsBeforeBuild === true,
    tell: () => ({
      cause: 'the clock of this machine is years behind, so that no certificate of a server is valid yet',
      remedy: ["set it: date --utc --set 'YYYY-MM-DD hh:mm', then hwclock --systohc", RETRY],
    }),
    waysOn: WAYS,
    example: { signature: nixBuild, facts: { ...NO_FACTS, clockIsBeforeBuild: true } },
  },
]

/** Of a shell script, for a command that it did not find. Source: POSIX, Shell Command Language, 2.8.2 */
const NOT_FOUND = 127

/** What is left when no fact explains a program that did not end by itself. */
export const endingEntries: readonly CatalogueEntry[] = [
  {
    code: 'program-missing',
    title: 'A program is not installed',
    matches: ({ program, exitCode, errno, inner }) =>
      (program !== null && exitCode === null && errno === 'ENOENT') || (inner !== null && exitCode === NOT_FOUND),
    tell: ({ program, inner }) => ({
      cause: `the program ${inner?.program ?? program} is not on this system`,
      remedy: ['start from the Keystone medium, it has all programs'],
    }),
    waysOn: WAYS,
    example: {
      signature: failureOf({ task: 'partition', program: 'disko', action: 'mount', errno: 'ENOENT' }),
      facts: NO_FACTS,
    },
    noFaultBecause: 'preflight refuses a machine without the programs; seen when one is removed later',
  },
  {
    code: 'no-answer-in-time',
    title: 'A program gave no answer in time',
    matches: ({ program, timedOut }) => program !== null && timedOut,
    tell: ({ program }) => ({
      cause: `${program} gave no answer in the time it was given, and was ended`,
      remedy: ['a disk or a TPM that hangs does this: see dmesg --level=err', RETRY],
    }),
    waysOn: WAYS,
    example: {
      signature: failureOf({ task: 'partition', program: 'lsblk', signal: 'SIGTERM', timedOut: true }),
      facts: NO_FACTS,
    },
    noFaultBecause: 'a unit test ends a real program that hangs (system/local-system.test.ts)',
  },
  {
    code: 'ended-by-signal',
    title: 'A program was ended from outside',
    matches: ({ program, signal }) => program !== null && signal !== null,
    tell: ({ program, signal }) => ({
      cause: `${program} was ended from outside, by the signal ${signal}`,
      remedy: ['see what ended it: dmesg --level=err', RETRY],
    }),
    waysOn: WAYS,
    example: { signature: { ...nixBuild, exitCode: null, signal: 'SIGSEGV' }, facts: NO_FACTS },
    noFaultBecause: 'a unit test ends a real program by a signal (system/local-system.test.ts)',
  },
]

/** A system call of ours that failed. */
export const refusalEntries: readonly CatalogueEntry[] = [
  {
    code: 'not-allowed',
    title: 'The system does not allow it',
    matches: ({ program, errno }) => program === null && (errno === 'EACCES' || errno === 'EPERM'),
    tell: () => ({
      cause: 'the system does not allow what the installation has to do',
      remedy: ['leave, and start it again as root: sudo keystone'],
    }),
    waysOn: WAYS,
    example: { signature: failureOf({ task: 'write-config', errno: 'EACCES' }), facts: NO_FACTS },
    noFaultBecause: 'preflight refuses everybody but root',
  },
]

/** Git keeps the configuration; both of its tasks end with the same few causes. */
export const gitEntries: readonly CatalogueEntry[] = [
  {
    code: 'git-refused',
    title: 'Git could not keep the configuration',
    matches: (failure) => ended(failure, 'git'),
    tell: ({ action }) => ({
      cause: `git${action === null ? '' : ` ${action}`} failed in the configuration below /mnt/etc/nixos`,
      remedy: ['retry: what a run that was cut short left behind is set right first'],
    }),
    waysOn: WAYS,
    example: {
      signature: failureOf({ task: 'commit-config', program: 'git', action: 'commit', exitCode: 128 }),
      facts: NO_FACTS,
    },
    noFaultBecause: 'cuts in this task are injected, and retry mends them without this message',
  },
]
