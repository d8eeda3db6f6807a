// Stands for nixos-enter in the lab: a chroot with the kernel's file systems bound in, gone when the command is.
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { readArguments, UsageError } from './lib/arguments.ts'
import { bash, quote } from './lib/shell.ts'

/** @throws UsageError for anything but `--root DIR -c COMMAND`. */
export function readRequest(argv: readonly string[]): { readonly root: string; readonly command: string } {
  const { values } = readArguments(argv, { values: ['--root', '-c'], flags: [], positional: 0 })
  const root = values['--root']
  const command = values['-c']
  if (root === undefined || command === undefined) throw new UsageError('--root and -c are needed')
  return { root, command }
}

/** Runs a command in the installed system; the mounts live in a mount namespace that ends with it. */
export function enter(root: string, command: string): number {
  const at = quote(root)
  const script = `set -eu
for folder in dev sys proc; do mkdir -p ${at}/$folder; done
mount --rbind /dev ${at}/dev
mount --rbind /sys ${at}/sys
mount -t proc proc ${at}/proc
mount -t tmpfs tmpfs ${at}/run
exec chroot ${at} /usr/bin/env -i PATH=/usr/bin HOME=/root TERM=dumb /bin/bash -c ${quote(command)}`
  return bash(['-c', `exec unshare --mount --propagation private -- bash -c ${quote(script)}`])
}

function main(argv: readonly string[]): number {
  try {
    const { root, command } = readRequest(argv)
    if (!existsSync(join(root, 'etc/NIXOS'))) {
      process.stderr.write(`error: ${root} is not a NixOS installation\n`)
      return 126
    }
    return enter(root, command)
  } catch (error) {
    if (!(error instanceof UsageError)) throw error
    process.stderr.write(`error: ${error.message}\n`)
    return 1
  }
}

if (import.meta.main) process.exitCode = main(process.argv.slice(2))
