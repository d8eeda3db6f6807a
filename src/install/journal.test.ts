import { expect, test } from 'vitest'
import { UserError } from '../system/errors.ts'
import { fakeSystem } from '../testing/fake-system.ts'
import { openJournal, readJournal } from './journal.ts'

const FILE = '/var/lib/keystone-installer/journal.jsonl'
const HEADER = '{"keystoneJournal":1,"planHash":"abc","at":"2026-05-30T10:00:00.000Z"}\n'
const open = (system: ReturnType<typeof fakeSystem>, resume: boolean, planHash = 'abc') =>
  openJournal(system, { file: FILE, planHash, resume })

test('writes a header and one line for each record', async () => {
  const system = fakeSystem()
  const journal = await open(system, false)
  await journal.record({ state: 'started', task: 'build' })
  await journal.record({ state: 'finished', task: 'build', outputs: { systemPath: '/nix/store/x' } })
  expect(system.written().get(FILE)).toEqual({
    mode: 0o600,
    wasSecret: false,
    content:
      HEADER +
      '{"at":"2026-05-30T10:00:00.000Z","state":"started","task":"build"}\n' +
      '{"at":"2026-05-30T10:00:00.000Z","state":"finished","task":"build","outputs":{"systemPath":"/nix/store/x"}}\n',
  })
})

test('a resumed run knows what was finished, with its outputs', async () => {
  const records =
    '{"state":"started","task":"partition"}\n{"state":"finished","task":"partition","outputs":{}}\n' +
    '{"state":"started","task":"build"}\n{"state":"finished","task":"build","outputs":{"systemPath":"/nix/store/x"}}\n' +
    '{"state":"started","task":"install"}\n{"state":"failed","task":"install"}\n{"state":"undone","task":"partition"}\n'
  const { before } = await open(fakeSystem({ files: { [FILE]: HEADER + records } }), true)
  expect([...before.finished]).toEqual([
    ['partition', {}],
    ['build', { systemPath: '/nix/store/x' }],
  ])
  expect(before.isInstalled).toBe(false)
})

test('a crash in the middle of partition leaves it to do, even after an earlier success', () => {
  const records = '{"state":"finished","task":"partition","outputs":{}}\n{"state":"started","task":"partition"}\n'
  expect(readJournal(HEADER + records)?.finished.has('partition')).toBe(false)
})

test('a torn last line is one that did not happen, and the next record stands on a line of its own', async () => {
  const torn = `${HEADER}{"state":"started","task":"partition"}\n{"state":"finished","ta`
  const system = fakeSystem({ files: { [FILE]: torn } })
  const journal = await open(system, true)
  expect([...journal.before.finished]).toEqual([])
  await journal.record({ state: 'finished', task: 'partition', outputs: {} })
  expect([...(readJournal(system.written().get(FILE)?.content ?? '')?.finished.keys() ?? [])]).toEqual(['partition'])
})

test('refuses to go on with the journal of another plan', async () => {
  const system = fakeSystem({ files: { [FILE]: HEADER } })
  await expect(open(system, true, 'other')).rejects.toBeInstanceOf(UserError)
  expect(system.written().size).toBe(0)
})

test('a run that is not resumed begins anew, whatever is there', async () => {
  const system = fakeSystem({ files: { [FILE]: `${HEADER}{"state":"finished","task":"build","outputs":{}}\n` } })
  const { before } = await open(system, false, 'other')
  expect([...before.finished]).toEqual([])
  expect(system.written().get(FILE)?.content).toBe(
    '{"keystoneJournal":1,"planHash":"other","at":"2026-05-30T10:00:00.000Z"}\n',
  )
})
