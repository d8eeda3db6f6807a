import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { CommandError } from '../system/errors.ts'
import { createLocalSystem } from '../system/local-system.ts'
import { createLog } from '../system/log.ts'
import type { Program } from '../system/programs.ts'
import { diagnose } from './diagnose.ts'
import { NO_FACTS } from './entry.ts'
import { signatureOf } from './signature.ts'

/** Programs of the installer on files of this machine: what they really end with. */
const folder = mkdtempSync(join(tmpdir(), 'keystone-failures-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))
const PATH = '/usr/sbin:/sbin:/usr/bin:/bin'
const system = createLocalSystem({ log: createLog({ append: () => {} }), environment: { PATH } })
const isHere = (program: string) => spawnSync(program, ['--version'], { env: { PATH } }).error === undefined

function file(name: string, mebibytes: number): string {
  const path = join(folder, name)
  writeFileSync(path, '')
  truncateSync(path, mebibytes * 2 ** 20)
  return path
}

async function codeOf(program: string, args: readonly string[], stdin?: string): Promise<unknown> {
  try {
    await system.run(program as Program, args, { ...(stdin !== undefined && { stdin }) })
  } catch (error) {
    if (!(error instanceof CommandError)) throw error
    return [error.exitCode, diagnose(signatureOf('partition', error), NO_FACTS)?.code]
  }
  return 'it went well'
}

const QUICK = ['-q', 'luksFormat', '--type', 'luks2', '--pbkdf', 'pbkdf2', '--pbkdf-force-iterations', '1000']

test.skipIf(!isHere('cryptsetup'))('cryptsetup: a wrong passphrase, no such device, no LUKS', async () => {
  const disk = file('luks', 32)
  expect(await codeOf('cryptsetup', [...QUICK, disk, '-'], 'right')).toBe('it went well')
  const open = ['open', '--test-passphrase', '--key-file', '-']
  expect(await codeOf('cryptsetup', [...open, disk], 'wrong')).toEqual([2, 'passphrase-refused'])
  expect(await codeOf('cryptsetup', ['luksDump', join(folder, 'none')])).toEqual([4, 'encrypted-device-missing'])
  expect(await codeOf('cryptsetup', ['luksDump', file('blank', 1)])).toEqual([1, 'encryption-refused'])
})

test.skipIf(!isHere('cryptsetup') || !isHere('prlimit'))('cryptsetup: too little memory for the key', async () => {
  const greedy = ['--pbkdf', 'argon2id', '--pbkdf-memory', '4000000', '--pbkdf-force-iterations', '4']
  const args = ['-q', 'luksFormat', ...greedy, file('memory', 32), '-']
  // Under a limit it is another program's exit code, so it is asked by hand.
  const limited = spawnSync('prlimit', ['--as=600000000', 'cryptsetup', ...args], { input: 'x', env: { PATH } })
  expect(limited.status).toBe(3)
})

test.skipIf(!isHere('sgdisk'))('sgdisk: a disk that is not there, one that is too small', async () => {
  expect(await codeOf('sgdisk', ['--print', join(folder, 'none')])).toEqual([2, 'partition-table-unreadable'])
  const tooLarge = ['--new=1:0:+100G', file('small', 16)]
  expect(await codeOf('sgdisk', tooLarge)).toEqual([4, 'partition-table-not-written'])
})

test.skipIf(!isHere('umount'))('mount and umount: nothing there', async () => {
  expect(await codeOf('umount', [join(folder, 'none')])).toEqual([32, 'target-busy'])
  const missing = [join(folder, 'none'), folder]
  expect(await codeOf('mount', missing)).toEqual([process.getuid?.() === 0 ? 32 : 1, 'mount-failed'])
})

test.skipIf(!isHere('nix-build'))(
  'nix: an expression that is wrong, a build that fails',
  async () => {
    const store = [
      '--store',
      join(folder, 'store'),
      '--option',
      'sandbox',
      'false',
      '--option',
      'build-users-group',
      '',
    ]
    const nix = (expression: string) =>
      spawnSync('nix-build', [...store, '--no-out-link', '-E', expression], { env: { PATH, HOME: folder } }).status
    expect(nix('throw "no"')).toBe(1)
    const builder = 'name = "x"; system = builtins.currentSystem; builder = "/bin/sh";'
    expect(nix(`derivation { ${builder} args = [ "-c" "exit 3" ]; }`)).toBe(100)
  },
  30_000,
)
