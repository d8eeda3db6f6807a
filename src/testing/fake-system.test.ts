import { expect, test } from 'vitest'
import { Secret } from '../model/secret.ts'
import { Bug, CommandError } from '../system/errors.ts'
import { programs } from '../system/programs.ts'
import { fakeSystem } from './fake-system.ts'

test('refuses a command it was not told about', async () => {
  await expect(fakeSystem().run(programs.zpool, ['destroy', 'rpool'])).rejects.toBeInstanceOf(Bug)
})

test('answers by line, by beginning, in order, and with failures', async () => {
  const system = fakeSystem({
    commands: {
      'zpool list': ['first', 'last'],
      'zfs get *': (call) => `asked for ${call.args[1]}`,
      'nix build': { exitCode: 1, stderr: 'error: no' },
      disko: { missing: true },
    },
  })
  expect((await system.query(programs.zpool, ['list'])).stdout).toBe('first')
  expect((await system.query(programs.zpool, ['list'])).stdout).toBe('last')
  expect((await system.query(programs.zpool, ['list'])).stdout).toBe('last')
  expect((await system.query(programs.zfs, ['get', 'keystatus'])).stdout).toBe('asked for keystatus')
  await expect(system.run(programs.nix, ['build'])).rejects.toMatchObject({ exitCode: 1, lastLines: ['error: no'] })
  await expect(system.run(programs.disko, [])).rejects.toMatchObject({ isMissing: true })
  await expect(system.run(programs.nix, ['build'])).rejects.toBeInstanceOf(CommandError)
  expect(system.runs()).toEqual(['nix build', 'disko', 'nix build'])
})

test('shows how a secret travelled', async () => {
  const system = fakeSystem({ commands: { 'cryptsetup open': '' } })
  await system.run(programs.cryptsetup, ['open'], { stdin: new Secret('horse') })
  await system.writeFile('/run/key', new Secret('horse'), { mode: 0o600 })
  expect(system.calls()[0]?.stdin).toBe('horse')
  expect(system.written().get('/run/key')).toEqual({ content: 'horse', mode: 0o600, wasSecret: true })
})

test('follows links in the middle of a path', async () => {
  const system = fakeSystem({
    files: { '/sys/devices/pci/net/eth0/address': 'aa' },
    links: { '/sys/class/net/eth0': '/sys/devices/pci/net/eth0' },
  })
  expect(await system.listDirectory('/sys/class/net')).toEqual(['eth0'])
  expect(await system.readText('/sys/class/net/eth0/address')).toBe('aa')
  expect(await system.realPath('/sys/class/net/eth0')).toBe('/sys/devices/pci/net/eth0')
  expect(await system.listDirectory('/sys/class/tpm')).toBe(null)
})
