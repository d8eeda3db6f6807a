import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { createLiveLog } from '../install/live-log.ts'
import type { InstallEvent } from '../model/event.ts'
import { JOURNAL_FILE, LOG_FILE } from '../model/paths.ts'
import type { JournalRecord } from '../model/saved-install.ts'
import { AT, journalBytes, recordsUntil, savedInstall, VERSION } from '../testing/begun-journal.ts'
import { fakeSystem } from '../testing/fake-system.ts'
import { copyProduct, handsOn } from '../testing/hands.ts'
import { hardware, machineSystem } from '../testing/machine.ts'
import { zfsPlan } from '../testing/task-context.ts'
import { type Command, readCommandLine } from './arguments.ts'
import { bundleOf } from './bundle-command.ts'
import { runCommand } from './commands.ts'

const PLACE = '/root/bundle.tar.gz'
const input = {
  log: ['a line of the log'],
  events: [],
  hardware: hardware('two-virtio-uefi-tpm'),
  plan: zfsPlan,
  files: [],
  failure: null,
  begun: null,
}

/** A machine of which nothing more can be read: a bundle is made all the same. */
const bareSystem = () =>
  fakeSystem({
    commands: {
      'journalctl *': { missing: true },
      'lsblk *': { missing: true },
      'zpool *': { missing: true },
      'zfs *': { missing: true },
      'findmnt *': { missing: true },
      'dmesg *': { missing: true },
      'ip *': { missing: true },
      'cryptsetup *': { missing: true },
    },
    directories: ['/root'],
  })

test('a bundle goes to a file, as a gzip archive', async () => {
  const system = bareSystem()
  const hands = { system, liveLog: createLiveLog() }
  const result = await bundleOf(hands, input, { to: 'file', path: PLACE }, new AbortController().signal)
  expect(result).toEqual({ status: 'saved', path: PLACE })
  expect([...((await system.readBytes(PLACE)) ?? [])].slice(0, 2)).toEqual([0x1f, 0x8b])
})

test('as text it says how to read it', async () => {
  const hands = { system: bareSystem(), liveLog: createLiveLog() }
  const result = await bundleOf(hands, input, { to: 'text' }, new AbortController().signal)
  if (result.status !== 'text') throw new Error(result.status)
  expect(result.lines[0]).toBe('-----BEGIN KEYSTONE BUNDLE-----')
})

const _root = new URL('../..', import.meta.url).pathname
const folder = mkdtempSync(join(tmpdir(), 'keystone-bundle-command-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

type Left = {
  readonly records?: readonly JournalRecord[]
  readonly version?: string
  readonly log?: string
}

/** What `keystone bundle` writes in a process that ran no install. Without records there is no journal. */
async function bundledAfterwards({ records, version = VERSION, log }: Left) {
  const system = machineSystem('two-virtio-uefi-tpm')
  if (records !== undefined) {
    await system.writeBytes(JOURNAL_FILE, journalBytes(await savedInstall(version), records), { mode: 0o600 })
  }
  if (log !== undefined) await system.writeFile(LOG_FILE, log, { mode: 0o600 })
  await copyProduct(system)
  const hands = handsOn(system, { lockFile: join(folder, 'lock') })
  const command = readCommandLine(['bundle', '--to', PLACE]) as Command
  const terminal = { stdout: () => {}, stderr: () => {}, isTTY: false }
  const ending = await runCommand(command, hands, terminal, new AbortController().signal)
  const bytes = (await system.readBytes(PLACE)) ?? new Uint8Array()
  const archive = join(folder, 'bundle.tar.gz')
  writeFileSync(archive, bytes)
  const tar = (...args: string[]) => spawnSync('tar', [...args], { encoding: 'utf8', cwd: folder }).stdout
  const read = (name: string) => tar('-xzOf', archive, `keystone-bundle/${name}`)
  const missing: { name: string; why: string }[] = JSON.parse(read('about.json')).missing
  const whyOf = (name: string) => missing.find((part) => part.name === name)?.why
  return { ending, names: tar('-tzf', archive), read, whyOf }
}

test('afterwards it has the plan of the journal, its files rendered again, its records as events, and the log', async () => {
  const log = 'partition: formatted\npassphrase: hidden-1\n'
  const { ending, names, read, whyOf } = await bundledAfterwards({ records: recordsUntil('build'), log })
  expect(ending).toBe('done')
  for (const name of ['journal.json', 'plan.json', 'answers.yaml', 'rendered/etc/nixos/flake.nix'])
    expect(names).toContain(`keystone-bundle/${name}\n`)
  expect(read('install.log')).toBe('partition: formatted\npassphrase: ***\n')
  const events: InstallEvent[] = JSON.parse(read('events.json'))
  expect(events.at(-1)).toMatchObject({ type: 'task-started', task: 'build', title: 'Build the system' })
  expect(whyOf('rendered/')).toBeUndefined()
  expect(whyOf('install.log')).toBeUndefined()
  expect(whyOf('failure.json')).toBe(
    'only the process that ran the install has it; the end of install.log says the same',
  )
  expect(whyOf('events.json')).toBe('only what the journal keeps: no progress, no notices, no causes')
})

test('an install that only looked at the machine has its plan in the bundle too', async () => {
  const { names, whyOf } = await bundledAfterwards({ records: [{ at: AT, state: 'started', task: 'preflight' }] })
  expect(names).toContain('keystone-bundle/plan.json\n')
  expect(whyOf('journal.json')).toBe('there is no install that could go on')
  expect(whyOf('install.log')).toMatch(/there is no \/var\/log\/keystone-install\.log/)
})

test('the files of another Keystone are not made up', async () => {
  const { names, whyOf } = await bundledAfterwards({ records: recordsUntil('build'), version: '9.9.9' })
  expect(names).not.toContain('rendered/')
  expect(names).toContain('keystone-bundle/plan.json\n')
  expect(whyOf('rendered/')).toMatch(/^Keystone 9\.9\.9 wrote them, and this is /)
})

test('where nothing was ever installed it is of the machine alone', async () => {
  const { ending, names, whyOf } = await bundledAfterwards({})
  expect(ending).toBe('done')
  expect(names).toContain('keystone-bundle/hardware.json\n')
  expect(names).not.toContain('plan.json')
  for (const name of ['plan.json', 'rendered/', 'events.json'])
    expect(whyOf(name)).toBe('no journal of an install was found in memory or on a disk')
})
