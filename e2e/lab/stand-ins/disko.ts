// Stands for disko in the lab: takes its command line, reads the same file with the real evaluator, and does what its
// script does with the real tools. With KEYSTONE_DISKO and KEYSTONE_NIXPKGS_LIB it runs disko's own script instead.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { readArguments, UsageError } from './lib/arguments.ts'
import { EvaluationError, evaluate, nixString } from './lib/evaluate.ts'
import { labSettings } from './lib/lab-settings.ts'
import { readLayout } from './lib/layout.ts'
import { LayoutError } from './lib/layout-fields.ts'
import { destroyScript, formatScript, mountScript, unmountScript } from './lib/layout-scripts.ts'
import { realScript } from './lib/real-disko.ts'
import { bash } from './lib/shell.ts'

const MODES = ['destroy,format,mount', 'mount', 'unmount'] as const
type Mode = (typeof MODES)[number]

type Request = { readonly mode: Mode; readonly root: string; readonly file: string }

/** @throws UsageError for anything but the three command lines that the installer uses. */
export function readRequest(argv: readonly string[]): Request {
  const { values, flags, positional } = readArguments(argv, {
    values: ['--mode', '--root-mountpoint'],
    flags: ['--yes-wipe-all-disks'],
    positional: 1,
  })
  const mode = MODES.find((known) => known === values['--mode'])
  if (mode === undefined) throw new UsageError(`unknown mode: ${values['--mode'] ?? 'none given'}`)
  const root = values['--root-mountpoint']
  if (root === undefined) throw new UsageError('--root-mountpoint is missing')
  if (!/^\/[\w/.-]+$/.test(root)) throw new UsageError(`not a mount point: ${root}`)
  // disko asks then, and the installer never answers.
  if (mode === 'destroy,format,mount' && !flags.has('--yes-wipe-all-disks')) throw new UsageError('Aborted.')
  if (mode !== 'destroy,format,mount' && flags.has('--yes-wipe-all-disks')) {
    throw new UsageError(`--yes-wipe-all-disks does nothing in mode ${mode}`)
  }
  return { mode, root, file: resolve(positional[0] as string) }
}

function ownScript({ mode, root, file }: Request): string {
  const devices = evaluate(`
    let
      value = import ${nixString(file)};
      config = if builtins.isFunction value then value { lib = throw "the lab has no lib here"; } else value;
      extra = removeAttrs config [ "disko" ] // removeAttrs config.disko [ "devices" ];
    in
    if extra == { } then config.disko.devices else throw "only disko.devices belongs here"`)
  const layout = readLayout(devices)
  const head = `set -efux\nroot_mountpoint=${root}\n`
  if (mode === 'mount') return head + mountScript(layout)
  if (mode === 'unmount') return head + unmountScript(layout)
  return head + destroyScript(layout) + formatScript(layout) + mountScript(layout)
}

function main(argv: readonly string[]): number {
  let settings: ReturnType<typeof labSettings>
  let script: string
  try {
    settings = labSettings()
    const request = readRequest(argv)
    process.stdout.write('disko version 1.13.0 (lab)\n')
    const { KEYSTONE_DISKO: disko, KEYSTONE_NIXPKGS_LIB: lib } = settings
    script = disko && lib ? realScript(request, { disko, lib }) : ownScript(request)
  } catch (error) {
    if (error instanceof UsageError || error instanceof LayoutError || error instanceof EvaluationError) {
      process.stderr.write(`error: ${error.message}\n`)
      return 1
    }
    throw error
  }
  const folder = mkdtempSync(join(tmpdir(), 'disko-'))
  try {
    const path = join(folder, 'script')
    writeFileSync(path, script)
    return bash([path], { KEYSTONE_LAB_CHEAP_PBKDF: settings.KEYSTONE_LAB_CHEAP_PBKDF ?? '' })
  } finally {
    rmSync(folder, { recursive: true })
  }
}

if (import.meta.main) process.exitCode = main(process.argv.slice(2))
