import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { CommandError } from '../system/errors.ts'
import { fakeSystem } from '../testing/fake-system.ts'
import { BUNDLE_PORT, bundleAsText, handOver } from './hand-over.ts'

const bundle = new Uint8Array(1000).map((_, at) => (at * 7) % 256)
const { signal } = new AbortController()
const MOUNT = 'mount -o nosuid,nodev,noexec /dev/sdb1 /run/keystone/stick'
const UMOUNT = 'umount /run/keystone/stick'
const FILE = '/run/keystone/stick/keystone-bundle-20260530-1000.tar.gz'

test('a stick is mounted, written to, and unmounted', async () => {
  const system = fakeSystem({ commands: { [MOUNT]: '', [UMOUNT]: '' } })
  expect(await handOver(system, bundle, { to: 'usb', partition: '/dev/sdb1' }, signal)).toEqual({
    status: 'saved',
    path: 'keystone-bundle-20260530-1000.tar.gz on /dev/sdb1',
  })
  expect(system.runs()).toEqual([MOUNT, UMOUNT])
  expect(await system.readBytes(FILE)).toEqual(bundle)
})

test('a stick that is full is unmounted all the same, and one that cannot be mounted is not written to', async () => {
  const commands = { [MOUNT]: '', [UMOUNT]: '' }
  const system = fakeSystem({ commands })
  const full = {
    ...system,
    writeBytes: () => Promise.reject(Object.assign(new Error('ENOSPC'), { code: 'ENOSPC', syscall: 'write' })),
  }
  await expect(handOver(full, bundle, { to: 'usb', partition: '/dev/sdb1' }, signal)).rejects.toThrow('ENOSPC')
  expect(system.runs()).toEqual([MOUNT, UMOUNT])
  const refused = fakeSystem({ commands: { [MOUNT]: { exitCode: 32 } } })
  await expect(handOver(refused, bundle, { to: 'usb', partition: '/dev/sdb1' }, signal)).rejects.toThrow(CommandError)
  expect(refused.runs()).toEqual([MOUNT])
})

test('as text it can be made a file again by the commands that it names, from a capture with carriage returns', () => {
  const capture = ['login: noise', ...bundleAsText(bundle)].join('\r\n')
  const how = /^Read with: (.*) > keystone-bundle\.tar\.gz$/m.exec(capture.replaceAll('\r', ''))?.[1] ?? ''
  const { stdout } = spawnSync('bash', ['-c', how.replace('< CAPTURE', '')], { input: capture })
  expect(new Uint8Array(stdout)).toEqual(bundle)
  for (const line of bundleAsText(bundle)) expect(line.length).toBeLessThanOrEqual(100)
})

const address = (local: string, prefixlen: number) => ({ local, prefixlen })
const addresses = (...info: object[]) => JSON.stringify([{ ifname: 'enp0s2', addr_info: info }])
const lan = (answer: string) =>
  fakeSystem({
    commands: { 'ip -j addr': answer },
    files: { '/sys/class/net/enp0s2/device/vendor': '', '/sys/class/net/enp0s2/address': '52:54:00:00:00:01' },
  })

test('on the LAN it is at the address of the machine', async () => {
  const answer = addresses(address('169.254.7.7', 16), address('fe80::1', 64), address('127.0.0.1', 8))
  const result = await handOver(lan(answer), bundle, { to: 'lan' }, signal)
  if (result.status !== 'serving') throw new Error('not served')
  expect(result.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\//)
  expect(new Uint8Array(await (await fetch(result.url)).arrayBuffer())).toEqual(bundle)
  expect(await result.taken).toBe(true)
})

test("the live image's firewall lets it through", () => {
  const image = readFileSync(new URL('../../iso/tools.nix', import.meta.url), 'utf8')
  expect(image).toContain(`networking.firewall.allowedTCPPorts = [ ${BUNDLE_PORT} ];`)
})

test('without an address it says what else there is', async () => {
  const answer = addresses(address('169.254.7.7', 16), address('fe80::1', 64))
  await expect(handOver(lan(answer), bundle, { to: 'lan' }, signal)).rejects.toMatchObject({
    name: 'UserError',
    nextSteps: ['save it to a USB stick, or show it as text on the serial line'],
  })
})

test('a file is only for its owner', async () => {
  const system = fakeSystem()
  const target = { to: 'file', path: '/root/b.tar.gz' } as const
  expect(await handOver(system, bundle, target, signal)).toEqual({ status: 'saved', path: '/root/b.tar.gz' })
  expect(system.written().get('/root/b.tar.gz')?.mode).toBe(0o600)
})
