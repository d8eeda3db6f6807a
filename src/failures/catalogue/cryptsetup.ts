import { PASSPHRASE_REFUSED } from '../../model/failure.ts'
import { programs } from '../../system/programs.ts'
import { type CatalogueEntry, diskoStep, ended, failureOf, RETRY, SHELL_FIRST, WAYS_WITH_ANSWERS } from '../entry.ts'
import { exitEntry, FORMAT_AGAIN, SEE_KERNEL } from '../exit-entry.ts'

/** Source: cryptsetup(8), RETURN CODES. */
export const cryptsetupEntries: readonly CatalogueEntry[] = [
  {
    ...exitEntry({
      code: PASSPHRASE_REFUSED,
      title: 'The passphrase does not open the disk',
      program: 'cryptsetup',
      exitCodes: [2],
      cause: 'the passphrase does not open the encrypted device',
      remedy: [
        'retry: the wizard asks for the passphrase once more, and so does `keystone resume`',
        'it is the one that the disks were formatted with; check the keyboard layout and Caps Lock',
        'if nobody knows it: change the answers, which starts over with a new one and erases the disks again',
      ],
      example: failureOf({ task: 'enroll-keys', program: 'cryptsetup', action: 'luksAddKey', exitCode: 2 }),
      waysOn: WAYS_WITH_ANSWERS,
    }),
    // Also by whoever tries it first, before a program needs it.
    matches: (failure) => failure.problems.includes(PASSPHRASE_REFUSED) || ended(failure, programs.cryptsetup, [2]),
  },
  exitEntry({
    code: 'too-little-memory-for-key',
    title: 'Too little memory to make the key',
    program: 'cryptsetup',
    exitCodes: [3],
    cause: 'there is too little free memory to derive the key of the encrypted device',
    remedy: ['end what else runs on this machine, or give it more memory', FORMAT_AGAIN],
    example: diskoStep('cryptsetup', 'luksFormat', 3),
  }),
  exitEntry({
    code: 'encrypted-device-missing',
    title: 'The device to encrypt is not there',
    program: 'cryptsetup',
    exitCodes: [4],
    cause: 'the device to be encrypted is not there, or the kernel cannot reach it',
    remedy: [
      'retry: it begins with the disks again',
      'if it comes back: check the cable and the power of the disk',
      SEE_KERNEL,
    ],
    example: diskoStep('cryptsetup', 'luksFormat', 4),
  }),
  exitEntry({
    code: 'encrypted-device-busy',
    title: 'The encrypted device is open already',
    program: 'cryptsetup',
    exitCodes: [5],
    cause: 'a device of the same name is open already, or something else uses the partition',
    remedy: ['see what is open: lsblk', 'close it: cryptsetup close NAME', RETRY],
    waysOn: SHELL_FIRST,
    example: diskoStep('cryptsetup', 'open', 5),
    noFaultBecause: 'preflight refuses it as mapping-in-use, which is injected',
  }),
  exitEntry({
    code: 'encryption-refused',
    title: 'The encryption could not be set up',
    program: 'cryptsetup',
    cause: 'the encrypted device could not be set up or read',
    remedy: [SEE_KERNEL, FORMAT_AGAIN],
    example: diskoStep('cryptsetup', 'luksFormat', 1),
  }),
]
