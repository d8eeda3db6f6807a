import { expect, test } from 'vitest'
import { Secret } from '../model/secret.ts'
import { fakeSystem } from '../testing/fake-system.ts'
import { createDryRunSystem } from './dry-run-system.ts'
import { programs } from './programs.ts'

function dryRun() {
  const real = fakeSystem({
    commands: { 'lsblk -J': '{"blockdevices":[]}' },
    files: { '/etc/hostname': 'old\n', '/etc/hosts': '' },
  })
  return { real, dry: createDryRunSystem(real) }
}

test('asks the real machine and changes nothing on it', async () => {
  const { real, dry } = dryRun()
  expect(await dry.query(programs.lsblk, ['-J'])).toMatchObject({ stdout: '{"blockdevices":[]}' })
  const result = await dry.run(programs.nix, ['build'], { preview: '/nix/store/x-system' })
  expect(result).toEqual({ exitCode: 0, stdout: '/nix/store/x-system', stderr: '' })
  await dry.writeFile('/etc/hostname', 'new\n', { mode: 0o644 })
  await dry.removeFile('/etc/hosts')
  expect(real.runs()).toEqual([])
  expect(await real.readText('/etc/hostname')).toBe('old\n')
  expect(await real.exists('/etc/hosts')).toBe(true)
})

test('records every change in order, secrets as ***', async () => {
  const { dry } = dryRun()
  await dry.makeDirectory('/run/keystone', { mode: 0o700 })
  await dry.writeFile('/run/keystone/passphrase', new Secret('correct horse'), { mode: 0o600 })
  await dry.run(programs.cryptsetup, ['open', '/dev/zvol/rpool/credstore', 'credstore'], { stdin: new Secret('x') })
  await dry.removeFile('/run/keystone/passphrase')
  await dry.run(programs.sync, [])
  expect(dry.changes()).toEqual([
    { kind: 'directory', path: '/run/keystone', mode: 0o700 },
    { kind: 'write', path: '/run/keystone/passphrase', content: '***', mode: 0o600 },
    {
      kind: 'command',
      program: 'cryptsetup',
      args: ['open', '/dev/zvol/rpool/credstore', 'credstore'],
      line: 'cryptsetup open /dev/zvol/rpool/credstore credstore',
      stdin: '***',
    },
    { kind: 'remove', path: '/run/keystone/passphrase' },
    { kind: 'command', program: 'sync', args: [], line: 'sync', stdin: null },
  ])
  expect(dry.commands().map((command) => command.line)).toEqual([
    'cryptsetup open /dev/zvol/rpool/credstore credstore',
    'sync',
  ])
  expect(JSON.stringify([dry.changes(), dry.files()])).not.toContain('horse')
})

test('what was written is seen by later reads of the same path', async () => {
  const { dry } = dryRun()
  await dry.writeFile('/mnt/etc/nixos/flake.nix', '{ }', { mode: 0o644 })
  await dry.appendFile('/etc/hostname', 'more\n', { mode: 0o644 })
  await dry.makeDirectory('/mnt/etc/empty', { mode: 0o755 })
  await dry.removeFile('/etc/hosts')
  expect(await dry.readText('/mnt/etc/nixos/flake.nix')).toBe('{ }')
  expect(await dry.readBytes('/mnt/etc/nixos/flake.nix')).toEqual(new TextEncoder().encode('{ }'))
  expect(await dry.readText('/etc/hostname')).toBe('old\nmore\n')
  expect(await dry.readText('/etc/hosts')).toBe(null)
  expect(await dry.exists('/etc/hosts')).toBe(false)
  expect(await dry.exists('/mnt/etc/empty')).toBe(true)
  expect(await dry.listDirectory('/mnt/etc')).toEqual(['empty', 'nixos'])
  expect(await dry.listDirectory('/mnt/etc/empty')).toEqual([])
  expect(await dry.listDirectory('/etc')).toEqual(['hostname'])
  expect(await dry.listDirectory('/nowhere')).toBe(null)
  expect(dry.files()).toEqual([
    { path: '/mnt/etc/nixos/flake.nix', content: '{ }', mode: 0o644 },
    { path: '/etc/hostname', content: 'old\nmore\n', mode: 0o644 },
  ])
})
