import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { afterAll, expect, test } from 'vitest'
import type { InstallEvent } from '../model/event.ts'
import { Secret } from '../model/secret.ts'
import { createLog } from '../system/log.ts'
import { type FakeAnswer, fakeSystem } from '../testing/fake-system.ts'
import { zfsPlan } from '../testing/task-context.ts'
import { collectParts } from './collect.ts'
import { hidePrivate } from './hide-private.ts'
import { makeBundle } from './make-bundle.ts'
import { tar } from './tar.ts'

const folder = mkdtempSync(join(tmpdir(), 'keystone-bundle-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))
const AT = new Date('2026-05-30T10:00:00Z')
const textOf = (bundle: Uint8Array) => gunzipSync(bundle).toString('utf8')
const open = (bundle: Uint8Array, ...args: string[]) => {
  const file = join(folder, 'bundle.tar.gz')
  writeFileSync(file, bundle)
  return spawnSync('tar', [...args, '-f', file, '-C', folder], { encoding: 'utf8' })
}

test('a real tar reads it: names, times, content of any length, long paths', () => {
  const long = `rendered/etc/nixos/${'a'.repeat(60)}/${'b'.repeat(60)}.nix`
  const parts = [
    { kind: 'text', name: 'empty.txt', text: '' },
    { kind: 'text', name: 'block.txt', text: 'x'.repeat(512) },
    { kind: 'text', name: long, text: 'grüße\n' },
    { kind: 'json', name: 'plan.json', value: { a: [1, 'b'] } },
  ] as const
  const { stdout, stderr, status } = open(
    makeBundle(parts, (text) => text, AT),
    '-tvz',
    '--utc',
    '--full-time',
  )
  expect({ stderr, status }).toEqual({ stderr: '', status: 0 })
  expect(stdout).toContain('-rw-r--r-- root/root         0 2026-05-30 10:00:00 keystone-bundle/empty.txt')
  expect(stdout.split('\n').filter(Boolean)).toHaveLength(5)
  expect(
    open(
      makeBundle(parts, (text) => text, AT),
      '-xz',
    ).status,
  ).toBe(0)
  expect(readFileSync(join(folder, 'keystone-bundle', long), 'utf8')).toBe('grüße\n')
  expect(JSON.parse(readFileSync(join(folder, 'keystone-bundle/plan.json'), 'utf8'))).toEqual({ a: [1, 'b'] })
  expect(() => tar([{ name: 'a'.repeat(300), content: new Uint8Array() }], AT)).toThrow('too long')
})

/** One in every place that a secret could get to. */
const CANARY = 'canary-Oxcart-71"\\ö'
const log = createLog({ append: () => {} })
log.hide(new Secret(CANARY))
const at = '2026-05-30T10:00:00Z'
const failure = {
  task: 'build',
  message: `failed with ${CANARY}`,
  nextSteps: [CANARY],
  command: { line: `nix ${CANARY}`, exitCode: 1, lastLines: [CANARY, JSON.stringify(CANARY)] },
  problems: [{ code: 'x', path: [CANARY], message: CANARY, hint: CANARY }],
  diagnosis: { code: 'nix-error', cause: CANARY, remedy: [CANARY], waysOn: ['retry'] },
} as const
const events: InstallEvent[] = [
  { type: 'task-failed', at, failure },
  { type: 'notice', at, code: 'disk-slow', message: CANARY },
  { type: 'log', at, task: null, line: CANARY },
]
const begun = {
  saved: {
    format: 1,
    installerVersion: '1',
    startedAt: at,
    planHash: 'f00d',
    plan: zfsPlan,
    answers: `encryption:\n  passphrase: ${CANARY}\n`,
    confirmation: { disks: [] },
  },
  tasks: [],
  outputs: { build: { systemPath: CANARY } },
  isInstalled: false,
  place: 'memory',
  problems: [],
} as const

test('no secret of any input is in its bytes', async () => {
  const everywhere = () => CANARY
  const system = fakeSystem({
    commands: {
      'journalctl *': everywhere,
      'lsblk *': everywhere,
      'zpool *': everywhere,
      'findmnt *': everywhere,
      'ip addr': everywhere,
      'ip route': everywhere,
    },
    files: { '/proc/cmdline': CANARY, '/proc/swaps': CANARY, '/etc/resolv.conf': CANARY },
  })
  const parts = await collectParts({
    ...{ system, events, failure, begun },
    log: [`a ${CANARY}`],
    hardware: { cpu: { model: CANARY } } as never,
    plan: { ...zfsPlan, userName: CANARY },
    files: [{ path: '/etc/nixos/flake.nix', content: `# ${CANARY}`, mode: 0o644 }],
  })
  const inputs = JSON.stringify(parts).split('canary').length
  expect(inputs).toBeGreaterThan(25)
  const text = textOf(makeBundle(parts, log.mask, AT))
  expect(text).not.toContain('canary')
  expect(text).not.toContain('Oxcart')
  // What is not secret is there.
  for (const word of ['"failed with ***"', '"code": "disk-slow"', 'rendered/etc/nixos/flake.nix', '"hash": "f00d"']) {
    expect(text).toContain(word)
  }
})

test('without knowing the values: by type, by the name of the field, and by what a secret looks like', () => {
  const secrets = {
    Secret: new Secret('hidden-1'),
    bytes: new TextEncoder().encode('hidden-2'),
    passphrase: 'hidden-3',
    nested: [{ PIN: 'hidden-4', recoveryKey: 'hidden-5', token: ['hidden-6'] }],
    wifiPassphrase: 'hidden-7',
    hash: '$y$j9T$F5Jx5fExrKuPp53xLKQ..1$X3DX6M94c7o.9agCG9G317fhZg9SqC.5i5rd.RhAtQ7',
  }
  const text = [
    'passphrase: hidden-8',
    '  - "password": "hidden-\\"9"',
    'psk_wifi=hidden-10',
    'http://admin:hidden-11@proxy.example:3128/',
    'cbdefghi-jklnrtuv-cbdefghi-jklnrtuv-cbdefghi-jklnrtuv-cbdefghi-jklnrtuv',
    'abcdef.0123456789abcdef',
    '-----BEGIN OPENSSH PRIVATE KEY-----\nhidden12\n-----END OPENSSH PRIVATE KEY-----',
    'passwordHash: $6$rounds=5000$saltsalt$hiddenhash',
  ].join('\n')
  const parts = [
    { kind: 'json', name: 'a.json', value: secrets },
    { kind: 'text', name: 'b.txt', text },
  ] as const
  const bundle = textOf(makeBundle(parts, (line) => line, AT))
  for (const needle of ['hidden', 'F5Jx5', 'saltsalt', 'cbdefghi-', '0123456789abcdef'])
    expect(bundle).not.toContain(needle)
  expect(bundle).toContain('http://***@proxy.example:3128/')
})

test('leaves alone what only looks a little like one', () => {
  const text = [
    'unlock: passphrase',
    'passphraseFile: passphrase.txt',
    '  recoveryKey: true',
    '/nix/store/10lhz3a1z0zzk7nfr4dbwzyxfr1fmbz0-linux-6.12.41',
    'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ0 admin@home',
    'cache.nixos.org-1:6NCHdD59X431o0gWypbMrAURkbJ16ZPMQFGspcDShjY=',
    'https://cache.nixos.org/nar/1w1fff338fvdw53sqgamddn1b2xgds473pv6y13gizdbqjv4i5p3.nar.xz',
    'the passphrase: it was typed on the page',
  ].join('\n')
  const part = { kind: 'text', name: 'a.txt', text } as const
  expect(textOf(makeBundle([part], (line) => line, AT))).toContain(text)
})

test('a machine that answers nothing gives a bundle all the same, which says so', async () => {
  const none = { events: [], failure: null, begun: null, log: [], hardware: null, plan: null, files: [] }
  const parts = await collectParts({ system: fakeSystem(), ...none })
  expect(parts.map(({ name }) => name)).toEqual(['about.json', 'install.log', 'events.json'])
  const why = 'the machine did not give it within 10 s, or has no such program or file'
  const missing = ['kernel.txt', 'cmdline.txt'].map((name) => ({ name: `machine/${name}`, why }))
  expect(parts[0]).toMatchObject({ value: { missing: expect.arrayContaining(missing) } })
})

test('without a journal of the system the kernel itself is asked for its messages', async () => {
  const none = { events: [], failure: null, begun: null, log: [], hardware: null, plan: null, files: [] }
  const said = '[   12.345678] nvme0n1: I/O error\n'
  const kernelOf = async (journalctl: FakeAnswer) => {
    const system = fakeSystem({ commands: { 'journalctl *': journalctl, dmesg: said } })
    const parts = await collectParts({ system, ...none })
    return parts.filter(({ name }) => name === 'machine/kernel.txt')
  }
  const part = { kind: 'text', name: 'machine/kernel.txt', text: said }
  expect(await kernelOf({ missing: true })).toEqual([part])
  expect(await kernelOf({ exitCode: 1 })).toEqual([part])
  expect(await kernelOf('')).toEqual([part])
  expect(await kernelOf('[1.0] from the journal\n')).toEqual([{ ...part, text: '[1.0] from the journal\n' }])
})

test('--private takes out what tells this machine from others, the same always by the same word', () => {
  const hide = hidePrivate(null, { ...zfsPlan, hostName: 'primer', userName: 'alice', sshKeys: ['ssh-ed25519 AAAA'] })
  expect(hide('primer: alice has virtio-keystone-a with keystone-a, primer, ssh-ed25519 AAAA')).toBe(
    '(host 1): (user 1) has (disk 1) with (serial 1), (host 1), (ssh key 1)',
  )
})
