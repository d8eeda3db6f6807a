import {
  type CatalogueEntry,
  ended,
  failedProgram,
  failureOf,
  isNix,
  listed,
  NO_FACTS,
  POWER_OFF_FIRST,
  RETRY,
  SHELL_FIRST,
  WAYS,
} from '../entry.ts'

const nixBuild = failureOf({ task: 'build', program: 'nix', action: 'build', exitCode: 1 })

/** Memory, clock and kernel: seen before anything is read into an exit code. */
export const machineEntries: readonly CatalogueEntry[] = [
  {
    code: 'out-of-memory',
    title: 'The machine ran out of memory',
    matches: ({ program, timedOut, errno }, { oomKills }) =>
      errno === 'ENOMEM' || (program !== null && !timedOut && oomKills !== null && oomKills > 0),
    tell: ({ program }) => ({
      cause: `the machine ran out of memory${program === null ? '' : ` while ${program} was at work`}`,
      remedy: [
        'end what else runs on it, and remove large files below /tmp and /root: on the medium these are in memory',
        RETRY,
        'if that is not enough: power off, add memory, start the medium again, and choose to continue',
      ],
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
        'power off, and start from the Keystone medium: its kernel has all of them',
        'or, on another system: install the module for the running kernel (uname -r), then retry',
      ],
    }),
    waysOn: POWER_OFF_FIRST,
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
      remedy: ["set it in a shell, in UTC: date --utc --set 'YYYY-MM-DD hh:mm', then hwclock --systohc", RETRY],
    }),
    waysOn: SHELL_FIRST,
    example: { signature: nixBuild, facts: { ...NO_FACTS, clockIsBeforeBuild: true } },
  },
]

/** Of a shell script, for a command that it did not find. Source: POSIX, Shell Command Language, 2.8.2 */
const NOT_FOUND = 127

/** Nobody sends these: the program itself did what the processor does not allow. Source: signal(7) */
const CRASHES: readonly string[] = ['SIGABRT', 'SIGBUS', 'SIGFPE', 'SIGILL', 'SIGSEGV', 'SIGSYS', 'SIGTRAP']

/** What is left when no fact explains a program that did not end by itself. */
export const endingEntries: readonly CatalogueEntry[] = [
  {
    code: 'program-missing',
    title: 'A program is not installed',
    matches: ({ program, exitCode, errno, inner }) =>
      (program !== null && exitCode === null && errno === 'ENOENT') || (inner !== null && exitCode === NOT_FOUND),
    tell: ({ program, inner }) => ({
      cause: `the program ${inner?.program ?? program} is not on this system`,
      remedy: ['power off, and start from the Keystone medium: it has all programs'],
    }),
    waysOn: POWER_OFF_FIRST,
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
      cause: `the program ${program} gave no answer in the time it was given, and was ended`,
      remedy: [
        'a disk or a TPM that hangs does this; the kernel says which: dmesg --level=err',
        RETRY,
        'if it hangs again: power the machine off and on, and start the medium; it offers to continue where it can',
      ],
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
    title: 'A program was ended by a signal',
    matches: ({ program, signal }) => program !== null && signal !== null,
    tell: ({ program, signal }) =>
      CRASHES.includes(signal ?? '')
        ? {
            cause: `the program ${program} crashed (${signal})`,
            remedy: [
              RETRY,
              'if it crashes again, the memory may be broken: test it by Memtest86+ in the boot menu of the medium',
            ],
          }
        : {
            cause: `the program ${program} was ended from outside, by the signal ${signal}`,
            remedy: ['see what ended it: dmesg --level=err', RETRY],
          },
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
      remedy: [
        'if you are not root (id -u does not say 0): leave, and start it again by sudo keystone',
        'else save a support bundle: root should be allowed to',
      ],
    }),
    waysOn: SHELL_FIRST,
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
      cause: `the configuration in /mnt/etc/nixos could not be kept in git${action === null ? '' : ` (git ${action})`}`,
      remedy: [
        'retry: what a run that was cut short left behind is set right first',
        'if it comes back: save a support bundle',
      ],
    }),
    waysOn: WAYS,
    example: {
      signature: failureOf({ task: 'commit-config', program: 'git', action: 'commit', exitCode: 128 }),
      facts: NO_FACTS,
    },
    noFaultBecause: 'cuts in this task are injected, and retry mends them without this message',
  },
]
