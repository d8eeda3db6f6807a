import { type CatalogueEntry, diskoStep, ended, failureOf, NO_FACTS, SEE_LOG, WAYS_WITH_ANSWERS } from '../entry.ts'
import { FORMAT_AGAIN, SEE_KERNEL } from '../exit-entry.ts'

export const diskoEntries: readonly CatalogueEntry[] = [
  {
    code: 'layout-not-understood',
    title: 'The layout could not be read',
    matches: (failure) => ended(failure, 'disko') && failure.inner === null,
    tell: () => ({
      cause: 'the program disko could not turn the layout into commands; nothing was written to the disks by it',
      remedy: ['save a support bundle and report it: this is a mistake of Keystone or of disko', SEE_LOG],
    }),
    waysOn: ['bundle', 'answers', 'retry', 'shell', 'power-off'],
    example: {
      signature: failureOf({ task: 'partition', program: 'disko', action: 'destroy,format,mount', exitCode: 1 }),
      facts: NO_FACTS,
    },
    noFaultBecause: 'every layout is evaluated in the tests; seen with a file that is no layout',
  },
  {
    code: 'layout-step-failed',
    title: 'A step of the disk layout failed',
    matches: ({ program, inner, exitCode }) => program === 'disko' && inner !== null && exitCode !== null,
    tell: ({ inner }) => ({
      cause: `the disks could not be prepared: the step ${inner?.program ?? ''} failed`,
      remedy: [SEE_LOG, SEE_KERNEL, FORMAT_AGAIN],
    }),
    waysOn: WAYS_WITH_ANSWERS,
    example: { signature: diskoStep('lsblk', '-J', 1), facts: NO_FACTS },
    noFaultBecause: 'whatever other step; those that are known have entries of their own',
  },
]
