// Stands for `nix build` in the lab: takes what git knows of the flake, evaluates it with the real evaluator, checks options
// and assertions, and leaves what nixos-install needs in the target's store. Nothing is built or fetched.
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { readArguments, UsageError } from './lib/arguments.ts'
import { EvaluationError, evaluate, nixString } from './lib/evaluate.ts'
import { eatMemory, FetchError, fetchFrom, fillStore, replay, systemErrorText } from './lib/faults.ts'
import { copySource, lockInputs, SourceError } from './lib/flake-source.ts'
import { printError, printRecord, tellBuild } from './lib/internal-json.ts'
import { labSettings } from './lib/lab-settings.ts'
import { addPath, wrongPaths } from './lib/lab-store.ts'
import { storePath } from './lib/store-path.ts'
import type { System } from './lib/system.ts'

type BuildRequest = {
  readonly command: 'build'
  readonly store: string
  readonly flake: string
  readonly host: string
  readonly mayLock: boolean
}
type Request = BuildRequest | { readonly command: 'store verify'; readonly store: string }

/** @throws UsageError for anything but the two command lines that the installer uses. */
export function readRequest(argv: readonly string[]): Request {
  const [command, ...rest] = argv
  if (command === 'build') return readBuild(rest)
  if (command === 'store' && rest[0] === 'verify') return readVerify(rest.slice(1))
  throw new UsageError(`'${command ?? ''}' is not a command that the lab knows`)
}

function expect(isRight: boolean, what: string): void {
  if (!isRight) throw new UsageError(what)
}

function storeOf(values: Readonly<Record<string, string>>): string {
  expect(
    values['--extra-experimental-features'] === 'nix-command flakes',
    "experimental Nix feature 'nix-command' is disabled",
  )
  const store = values['--store']
  if (store === undefined || !store.startsWith('/')) throw new UsageError('--store must be a folder')
  return store
}

function readVerify(argv: readonly string[]): Request {
  const { values, flags } = readArguments(argv, {
    values: ['--store', '--extra-experimental-features'],
    flags: ['--all', '--no-trust'],
    positional: 0,
  })
  const store = storeOf(values)
  // Without --all it verifies nothing, without --no-trust nothing but what somebody signed.
  for (const flag of ['--all', '--no-trust']) expect(flags.has(flag), `${flag} is missing`)
  return { command: 'store verify', store }
}

function readBuild(argv: readonly string[]): Request {
  const { values, flags, positional } = readArguments(argv, {
    values: ['--store', '--extra-experimental-features', '--extra-substituters', '--log-format'],
    flags: ['--no-link', '--print-out-paths', '--verbose', '--no-update-lock-file'],
    positional: 1,
    settings: ['fsync-store-paths'],
  })
  const store = storeOf(values)
  expect(values['--extra-substituters'] === 'auto?trusted=1', 'the live system would not be asked for what it has')
  expect(values['--log-format'] === 'internal-json', 'the lab speaks internal-json only')
  expect(values['--option fsync-store-paths'] === 'true', 'paths would be valid before they are on the disk')
  for (const flag of ['--no-link', '--print-out-paths', '--verbose']) expect(flags.has(flag), `${flag} is missing`)
  const installable = positional[0] as string
  const match = /^git\+file:\/\/(\/[^#]+)#nixosConfigurations\."([^"]+)"\.config\.system\.build\.toplevel$/.exec(
    installable,
  )
  if (!match) throw new UsageError(`not an installable that the lab knows: ${installable}`)
  const [, flake = '', host = ''] = match
  return { command: 'build', store, flake, host, mayLock: !flags.has('--no-update-lock-file') }
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

async function build({ store, flake, host, mayLock }: BuildRequest, installable: string): Promise<number> {
  const settings = labSettings()
  const { KEYSTONE_LAB_NIX_REPLAY: replayed, KEYSTONE_LAB_FETCH: server } = settings
  if (replayed !== undefined) return replay(replayed)
  const evaluation = { action: 'start', id: process.pid * 2 ** 32, level: 4, type: 0, parent: 0 }
  printRecord({ ...evaluation, text: `evaluating derivation '${installable}'` })
  const source = copySource(flake, store)
  lockInputs(flake, mayLock)
  const library = fileURLToPath(new URL('lib/system.nix', import.meta.url))
  const system = evaluate(
    `import ${nixString(library)} { flake = ${nixString(join(store, source))}; host = ${nixString(host)}; }`,
  ) as System
  for (const warning of system.warnings) {
    printRecord({ action: 'msg', level: 1, msg: `\u001b[35;1mevaluation warning:\u001b[0m ${warning}` })
  }
  printRecord({ action: 'stop', id: evaluation.id })
  const text = `${JSON.stringify(system, null, 2)}\n`
  const path = storePath(text, `nixos-system-${host}-26.05`)
  const named = (name: string) => storePath(name, name)
  await tellBuild(
    FETCHED.map(named),
    BUILT.map((name) => `${named(name)}.drv`),
    Number(settings.KEYSTONE_LAB_BUILD_PAUSE_MS ?? 60),
    {
      ...(server !== undefined && { fetch: (wanted: string) => fetchFrom(server, wanted) }),
      build: async () => {
        await fillStore(store, Number(settings.KEYSTONE_LAB_BUILD_FILLS_MIB ?? 0))
        await eatMemory(Number(settings.KEYSTONE_LAB_BUILD_EATS_MIB ?? 0))
      },
    },
  )
  addPath(store, path, { 'system.json': text })
  process.stdout.write(`${path}\n`)
  return 0
}

function verify(store: string): number {
  const wrong = wrongPaths(store)
  for (const path of wrong) process.stderr.write(`error: path '${path}' was modified!\n`)
  return wrong.length > 0 ? 1 : 0
}

async function main(argv: readonly string[]): Promise<number> {
  try {
    const request = readRequest(argv)
    return request.command === 'build' ? await build(request, argv.at(-1) ?? '') : verify(request.store)
  } catch (error) {
    const isKnown = [UsageError, EvaluationError, SourceError, FetchError].some((one) => error instanceof one)
    const message = isKnown ? (error as Error).message : systemErrorText(error)
    if (message === null) throw error
    printError(message)
    return 1
  }
}

if (import.meta.main) process.exitCode = await main(process.argv.slice(2))
