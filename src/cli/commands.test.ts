import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { createLiveLog } from '../install/live-log.ts'
import { machineSystem } from '../testing/machine.ts'
import { type Command, readCommandLine } from './arguments.ts'
import { runCommand } from './commands.ts'

const ANSWERS = readFileSync(new URL('../testing/cases/default/answers.yaml', import.meta.url), 'utf8')

/** Runs a command on the recorded machine, with these answers in /answers.yaml. */
async function onMachine(answers: string, ...argv: string[]) {
  const system = machineSystem('two-virtio-uefi-tpm')
  await system.writeFile('/answers.yaml', answers, { mode: 0o600 })
  const out: string[] = []
  const err: string[] = []
  const root = new URL('../..', import.meta.url).pathname
  const ending = await runCommand(
    readCommandLine(argv) as Command,
    {
      environment: { DISK: 'correct horse battery staple' },
      places: { templates: `${root}templates`, phases: `${root}scripts/phases` },
      machineDirectories: [],
      system,
      liveLog: createLiveLog(),
      version: '0.5.0',
    },
    { stdout: (text) => out.push(text), stderr: (text) => err.push(text), isTTY: false },
    new AbortController().signal,
  )
  return { ending, out: out.join(''), err: err.join(''), system }
}

test('shows the plan for the machine it runs on', async () => {
  const { ending, out } = await onMachine(ANSWERS, 'plan', '--answers', '/answers.yaml')
  expect(ending).toBe('done')
  expect(out.split('\n').slice(1, 8)).toEqual([
    'host     primer, user admin, 0 SSH keys',
    'system   en_US.UTF-8, keyboard us, UTC',
    'cluster  home, primer',
    'network  any, DHCP',
    'unlock   TPM, passphrase, recovery key',
    'layout   One disk, ZFS',
    'space    5.8 GiB usable',
  ])
})

test('shows the hardware for a person and as JSON', async () => {
  const { out } = await onMachine('', 'detect')
  expect(out).toContain('disk      /dev/vdb, 8 GiB, virtual, serial keystone-a\n')
  expect(out).toContain('          /dev/disk/by-id/virtio-keystone-a\n          no known data\n')
  const { out: json } = await onMachine('', 'detect', '--json')
  expect(JSON.parse(json).disks).toHaveLength(3)
})

test('installs nothing that nobody confirmed, and says how to confirm', async () => {
  const unconfirmed = ANSWERS.slice(0, ANSWERS.indexOf('confirm:'))
  const { ending, err, system } = await onMachine(unconfirmed, 'install', '--answers', '/answers.yaml')
  expect(ending).toBe('bad-answers')
  expect(err).toContain(
    'answers.yaml:1:1  confirm  nobody has confirmed that the disks may be erased ' +
      '(to erase them, list /dev/disk/by-id/virtio-keystone-a)\n',
  )
  expect(system.runs()).toEqual([])
})

const NEWEST = `version: 2
disk:
  layout: single-zfs
  devices:
    - match: { serial: keystone-a }
  swap: 512MiB
encryption:
  unlock: tpm
  passphraseEnv: DISK
identity:
  hostName: primer
  userName: admin
  passwordPrompt: true
`

test('of a file of version 2 each disk and filter must allow it', async () => {
  const install = (answers: string) => onMachine(answers, 'install', '--answers', '/answers.yaml')
  const { ending, err, system } = await install(NEWEST)
  expect(ending).toBe('bad-answers')
  expect(
    err,
  ).toBe(`answers.yaml:5:7  disk.devices[0]  nobody has confirmed that the disks of this filter may be erased (add wipe: true beside match)
   5 |     - match: { serial: keystone-a }
     |       ^
`)
  expect(system.runs()).toEqual([])
})

test('what is to be asked for cannot be installed where nobody can be asked', async () => {
  const confirmed = NEWEST.replace('keystone-a }', 'keystone-a }\n      wipe: true')
  const { ending, err, system } = await onMachine(confirmed, 'install', '--answers', '/answers.yaml')
  expect(ending).toBe('bad-answers')
  expect(err).toContain('identity.passwordPrompt  there is no terminal here to ask for it on')
  expect(system.runs()).toEqual([])
})

test('nobody is asked for a plan, which holds no secret', async () => {
  const { ending, out } = await onMachine(NEWEST, 'plan', '--answers', '/answers.yaml', '--json')
  expect(ending).toBe('done')
  expect(JSON.parse(out).storage.disks[0].id).toBe('/dev/disk/by-id/virtio-keystone-a')
})

test('check --unattended: only what leaves nothing to ask is enough', async () => {
  const check = (answers: string) => onMachine(answers, 'check', '/answers.yaml', '--unattended')
  expect(await check(ANSWERS)).toMatchObject({ ending: 'done', out: 'answers.yaml: no problems found\n', err: '' })
  const unconfirmed = await check(ANSWERS.slice(0, ANSWERS.indexOf('confirm:')))
  expect(unconfirmed.ending).toBe('bad-answers')
  expect(unconfirmed.err).toContain('confirm  nobody has confirmed that the disks may be erased')
  const { ending, err } = await check(ANSWERS.replace(/^ +passphrase: .*\n/m, ''))
  expect(ending).toBe('bad-answers')
  expect(err).toContain('encryption.passphrase  is needed, but not given')
})

test('check without --unattended takes a file that confirms nothing', async () => {
  const unconfirmed = ANSWERS.slice(0, ANSWERS.indexOf('confirm:'))
  expect(await onMachine(unconfirmed, 'check', '/answers.yaml')).toMatchObject({ ending: 'done', err: '' })
})

test('check --unattended: a secret that is to be asked for needs somebody', async () => {
  const { ending, err } = await onMachine(NEWEST, 'check', '/answers.yaml', '--unattended')
  expect(ending).toBe('bad-answers')
  expect(err).toContain('identity.passwordPrompt  the password of the admin is asked for, so somebody must be there')
  expect(await onMachine(NEWEST, 'check', '/answers.yaml')).toMatchObject({ ending: 'done', err: '' })
})

test('match shows what each entry takes, and why the others are not taken', async () => {
  const text = NEWEST.replace('  swap', '  spares:\n    - match: { transport: virtio }\n      wipe: true\n  swap')
  const { ending, out, err } = await onMachine(text, 'match', '/answers.yaml')
  expect(out).toBe(`disk.devices[0]  serial keystone-a; count 1
  takes    /dev/disk/by-id/virtio-keystone-a  8 GiB (8.6 GB), virtual, virtio
  not      /dev/disk/by-id/virtio-keystone-b: its serial is "keystone-b", not "keystone-a"
  not      /dev/disk/by-id/virtio-keystone-medium: this system was started from vda

disk.spares[0]  transport virtio; count 1, wipe
  takes    /dev/disk/by-id/virtio-keystone-b  8 GiB (8.6 GB), virtual, virtio
  not      /dev/disk/by-id/virtio-keystone-a: disk.devices[0] takes it
  not      /dev/disk/by-id/virtio-keystone-medium: this system was started from vda
`)
  // A spare beside a single disk: check would say so, and so does match, because it is about the disks.
  expect([ending, err.split('  ')[1]]).toEqual(['bad-answers', 'disk.spares'])
})

test('match says so when a filter fits too many disks, and tries what is half written', async () => {
  const half = 'version: 2\ndisk:\n  layout: single-zfs\n  devices: [{ match: { type: virtual } }]\n'
  const { ending, out, err } = await onMachine(half, 'match', '/answers.yaml')
  expect(ending).toBe('bad-answers')
  expect(out).toContain('fits     /dev/disk/by-id/virtio-keystone-a')
  expect(out).toContain('problem  this filter is for 1 disk, but 2 fit: ')
  expect(err.match(/^answers\.yaml:/gm)).toHaveLength(1)
})

test('match does not say that a file which it could not understand names no disks', async () => {
  const broken = 'version: 2\ndisk:\n  layout: single-zfs\n  devices: [{ match: { type: NVMe } }]\n'
  const { ending, out, err } = await onMachine(broken, 'match', '/answers.yaml')
  expect([ending, out]).toEqual(['bad-answers', ''])
  expect(err).toContain('did you mean nvme?')
})

test('match --json says the same for a program', async () => {
  const { out } = await onMachine(NEWEST, 'match', '/answers.yaml', '--json')
  expect(JSON.parse(out)).toMatchObject([
    {
      key: 'disk.devices[0]',
      entry: { match: { serial: 'keystone-a' }, count: 1 },
      wipe: false,
      takes: [{ id: '/dev/disk/by-id/virtio-keystone-a', name: 'vdb' }],
      problem: null,
    },
  ])
})

test('schema prints the JSON Schema', async () => {
  const { ending, out } = await onMachine('', 'schema')
  expect(ending).toBe('done')
  expect(JSON.parse(out).title).toBe('Keystone answer file')
})

test('answers migrate writes the newest version, beside the old one or on standard output', async () => {
  const { ending, out } = await onMachine(ANSWERS, 'answers', 'migrate', '/answers.yaml')
  expect(ending).toBe('done')
  expect(out).toContain('version: 2\n')
  expect(out).toContain('    - id: /dev/disk/by-id/virtio-keystone-a\n      wipe: true\n')
  const { system } = await onMachine(ANSWERS, 'answers', 'migrate', '/answers.yaml', '--out', '/new.yaml')
  expect(system.written().get('/new.yaml')).toEqual({ content: out, mode: 0o600, wasSecret: true })
  expect(system.written().get('/answers.yaml')?.content).toBe(ANSWERS)
  expect(await onMachine(out, 'check', '/answers.yaml')).toMatchObject({ ending: 'done', err: '' })
})

test('answers migrate overwrites nothing, and leaves the newest version alone', async () => {
  await expect(onMachine(ANSWERS, 'answers', 'migrate', '/answers.yaml', '--out', '/answers.yaml')).rejects.toThrow(
    '/answers.yaml is there already, and is left as it is',
  )
  const { ending, err, system } = await onMachine(NEWEST, 'answers', 'migrate', '/answers.yaml', '--out', '/new.yaml')
  expect([ending, err]).toEqual(['done', 'answers.yaml is of version 2 already, and stays as it is.\n'])
  expect(system.written().has('/new.yaml')).toBe(false)
})

test('answers migrate says which folder is missing', async () => {
  await expect(onMachine(ANSWERS, 'answers', 'migrate', '/answers.yaml', '--out', '/none/new.yaml')).rejects.toThrow(
    'there is no folder /none',
  )
})

test('a folder, and a file that is not there, are called that', async () => {
  await expect(onMachine(ANSWERS, 'check', '/')).rejects.toThrow('/ is a folder, not an answer file')
  await expect(onMachine(ANSWERS, 'check', '/none.yaml')).rejects.toThrow('there is no answer file /none.yaml')
})
