import type { FailureSignature } from '../../model/failure.ts'
import { type CatalogueEntry, failureOf, NO_FACTS, SEE_LOG, SHELL_FIRST, WAYS } from '../entry.ts'

const EFIVARS = '/sys/firmware/efi/efivars'
const install = failureOf({ task: 'install', program: 'nixos-install', action: '/mnt', exitCode: 1 })
const bootLoader: FailureSignature = { ...install, stage: 'installing the boot loader' }

/** nixos-install tells its stages; bootctl runs in the last but one of them. */
const wasAtBootLoader = ({ program, stage, exitCode }: FailureSignature) =>
  program === 'bootctl' || (program === 'nixos-install' && stage === 'installing the boot loader' && exitCode !== 0)

export const bootEntries: readonly CatalogueEntry[] = [
  {
    code: 'efi-variables-read-only',
    title: "The firmware's variables are read-only",
    matches: (failure, { efiVariables }) => wasAtBootLoader(failure) && efiVariables === 'read-only',
    tell: () => ({
      cause: 'the boot loader cannot be entered in the firmware: its variables are mounted read-only',
      remedy: [`make them writable: mount -o remount,rw ${EFIVARS}`, 'then retry: only the boot loader is left to do'],
    }),
    waysOn: SHELL_FIRST,
    example: { signature: bootLoader, facts: { ...NO_FACTS, efiVariables: 'read-only' } },
  },
  {
    code: 'efi-variables-full',
    title: "The firmware's memory is full",
    matches: (failure, { efiVariables }) => wasAtBootLoader(failure) && efiVariables === 'full',
    tell: () => ({
      cause: "the boot loader cannot be entered in the firmware: the memory for the firmware's variables is full",
      remedy: [
        `remove records of old crashes: rm ${EFIVARS}/dump-*`,
        'or remove boot entries that nobody needs: efibootmgr, then efibootmgr -B -b NUMBER',
        'then retry: only the boot loader is left to do',
        'some firmware makes room only after a restart: then start the medium again, and choose to continue',
      ],
    }),
    waysOn: SHELL_FIRST,
    example: { signature: bootLoader, facts: { ...NO_FACTS, efiVariables: 'full' } },
  },
  {
    code: 'efi-variables-missing',
    title: "The firmware's variables cannot be reached",
    matches: (failure, { efiVariables }) => wasAtBootLoader(failure) && efiVariables === 'missing',
    tell: () => ({
      cause: 'the boot loader cannot be entered in the firmware: its variables cannot be reached',
      remedy: [
        `mount them: mount -t efivarfs efivarfs ${EFIVARS}`,
        'then retry: only the boot loader is left to do',
        'if mounting fails: start the medium again by UEFI, not in BIOS mode, and choose to continue',
      ],
    }),
    waysOn: SHELL_FIRST,
    example: { signature: bootLoader, facts: { ...NO_FACTS, efiVariables: 'missing' } },
    noFaultBecause: 'the same fact as read-only, which is injected; preflight refuses a machine in BIOS mode',
  },
  {
    code: 'boot-loader-failed',
    title: 'The boot loader could not be installed',
    matches: wasAtBootLoader,
    tell: () => ({
      cause: 'the boot loader could not be installed on the EFI system partition',
      remedy: [
        SEE_LOG,
        'retry: the system itself is on the disk, only the boot loader is left to do',
        'if there was no space: change the answers, with a larger EFI system partition; that starts over',
      ],
    }),
    waysOn: WAYS,
    example: { signature: bootLoader, facts: { ...NO_FACTS, efiVariables: 'writable' } },
  },
]
