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
      environment: {},
      places: { templates: `${root}templates`, phases: `${root}scripts/phases` },
      machineDirectories: [],
      system,
      liveLog: createLiveLog(),
    },
    { stdout: (text) => out.push(text), stderr: (text) => err.push(text), isTTY: false },
    new AbortController().signal,
  )
  return { ending, out: out.join(''), err: err.join(''), system }
}

test('shows the plan for the machine it runs on', async () => {
  const { ending, out } = await onMachine(ANSWERS, 'plan', '--answers', '/answers.yaml')
  expect(ending).toBe('done')
  expect(out.split('\n').slice(1, 10)).toEqual([
    'host     primer, user admin, 0 SSH keys',
    'cluster  home, primer',
    'network  any, DHCP',
    'unlock   TPM, passphrase, recovery key',
    'erase    /dev/disk/by-id/virtio-keystone-a, 8 GiB',
    '         esp        1 GiB  boot files, /boot',
    '         swap     512 MiB  swap, a new random key at each boot',
    '         zfs      6.5 GiB  pool rpool',
    'pool     rpool, 6.4 GiB usable',
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
  expect(err).toBe(
    'answers.yaml  confirm  nobody has confirmed that the disks may be erased ' +
      '(to erase them, list /dev/disk/by-id/virtio-keystone-a)\n',
  )
  expect(system.runs()).toEqual([])
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
