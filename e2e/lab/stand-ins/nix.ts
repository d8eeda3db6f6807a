// Stands for `nix build` in the lab: takes what git knows of the flake, evaluates it with the real evaluator, checks options
// and assertions, and leaves what nixos-install needs in the target's store. Nothing is built or fetched.
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { readArguments, UsageError } from './lib/arguments.ts'
import { EvaluationError, evaluate, nixString } from './lib/evaluate.ts'
import { copySource, lockInputs, SourceError } from './lib/flake-source.ts'
import { printError, printRecord, tellBuild } from './lib/internal-json.ts'
import { labSettings } from './lib/lab-settings.ts'
import { storePath } from './lib/store-path.ts'
import type { System } from './lib/system.ts'

type Request = { readonly store: string; readonly flake: string; readonly host: string; readonly mayLock: boolean }

/** @throws UsageError for anything but the one command line that the installer uses. */
export function readRequest(argv: readonly string[]): Request {
  const [command, ...rest] = argv
  if (command !== 'build') throw new UsageError(`'${command ?? ''}' is not a command that the lab knows`)
  const { values, flags, positional } = readArguments(rest, {
    values: ['--store', '--extra-experimental-features', '--extra-substituters', '--log-format'],
    flags: ['--no-link', '--print-out-paths', '--verbose', '--no-update-lock-file'],
    positional: 1,
  })
  const expect = (isRight: boolean, what: string) => {
    if (!isRight) throw new UsageError(what)
  }
  expect(
    values['--extra-experimental-features'] === 'nix-command flakes',
    "experimental Nix feature 'nix-command' is disabled",
  )
  expect(values['--extra-substituters'] === 'auto?trusted=1', 'the live system would not be asked for what it has')
  expect(values['--log-format'] === 'internal-json', 'the lab speaks internal-json only')
  for (const flag of ['--no-link', '--print-out-paths', '--verbose']) expect(flags.has(flag), `${flag} is missing`)
  const store = values['--store']
  if (store === undefined || !store.startsWith('/')) throw new UsageError('--store must be a folder')
  const installable = positional[0] as string
  const match = /^git\+file:\/\/(\/[^#]+)#nixosConfigurations\."([^"]+)"\.config\.system\.build\.toplevel$/.exec(
    installable,
  )
  if (!match) throw new UsageError(`not an installable that the lab knows: ${installable}`)
  return { store, flake: match[1] as string, host: match[2] as string, mayLock: !flags.has('--no-update-lock-file') }
}

// Names that a reader of the log knows; the sizes are made up.
const FETCHED = [
  'linux-6.12.107',
  'zfs-kernel-2.3.9',
  'systemd-257.13',
  'glibc-2.40',
  'bash-5.2',
  'coreutils-9.5',
  'openssh-9.9',
  'jq-1.7',
]
const BUILT = ['etc', 'initrd', 'units', 'system-path', 'users-groups.json', 'nixos-system']

async function main(argv: readonly string[]): Promise<number> {
  const pauseMs = Number(labSettings().KEYSTONE_LAB_BUILD_PAUSE_MS ?? 60)
  try {
    const { store, flake, host, mayLock } = readRequest(argv)
    printRecord({
      action: 'start',
      id: process.pid * 2 ** 32,
      level: 4,
      type: 0,
      text: `evaluating derivation '${argv.at(-1)}'`,
      parent: 0,
    })
    const source = copySource(flake, store)
    lockInputs(flake, mayLock)
    const library = fileURLToPath(new URL('lib/system.nix', import.meta.url))
    const system = evaluate(
      `import ${nixString(library)} { flake = ${nixString(join(store, source))}; host = ${nixString(host)}; }`,
    ) as System
    for (const warning of system.warnings) {
      printRecord({ action: 'msg', level: 1, msg: `\u001b[35;1mevaluation warning:\u001b[0m ${warning}` })
    }
    printRecord({ action: 'stop', id: process.pid * 2 ** 32 })
    const text = `${JSON.stringify(system, null, 2)}\n`
    const path = storePath(text, `nixos-system-${host}-26.05`)
    const named = (name: string) => storePath(name, name)
    await tellBuild(
      FETCHED.map(named),
      BUILT.map((name) => `${named(name)}.drv`),
      pauseMs,
    )
    mkdirSync(join(store, path), { recursive: true })
    writeFileSync(join(store, path, 'system.json'), text)
    process.stdout.write(`${path}\n`)
    return 0
  } catch (error) {
    if (error instanceof UsageError || error instanceof EvaluationError || error instanceof SourceError) {
      printError(error.message)
      return 1
    }
    throw error
  }
}

if (import.meta.main) process.exitCode = await main(process.argv.slice(2))
