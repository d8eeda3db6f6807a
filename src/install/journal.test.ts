import { expect, test } from 'vitest'
import type { Begun, SavedInstall } from '../model/saved-install.ts'
import { type FakeSystem, fakeSystem } from '../testing/fake-system.ts'
import { confirmation, zfsPlan } from '../testing/task-context.ts'
import { type Journal, openJournal, recordQuietly } from './journal.ts'
import { decodeJournal } from './journal-file.ts'
import { begunFrom } from './journal-state.ts'

const FILE = '/var/lib/keystone-installer/journal'
const TARGET = '/mnt/boot/keystone/journal'
const saved: SavedInstall = {
  format: 1,
  installerVersion: '1.2.3',
  startedAt: '2026-05-30T10:00:00.000Z',
  planHash: 'f00d',
  plan: zfsPlan,
  answers: '',
  confirmation,
}

async function open(system: FakeSystem, begun: Begun | null = null): Promise<Journal> {
  const journal = await openJournal(system, { file: FILE, saved, begun })
  if (journal === null) throw new Error('there is no journal')
  return journal
}

/** What a restarted installer would read there: `started partition`. */
async function read(system: FakeSystem, file = FILE): Promise<readonly string[] | undefined> {
  const found = decodeJournal((await system.readBytes(file)) ?? new Uint8Array())
  return found?.records.map((record) => ('task' in record ? `${record.state} ${record.task}` : record.state))
}

test('holds the install and each record, in a folder and a file that only root can read', async () => {
  const system = fakeSystem()
  const journal = await open(system)
  expect(await read(system)).toEqual([])
  await journal.record({ state: 'started', task: 'build' })
  await journal.record({ state: 'finished', task: 'build', outputs: { systemPath: '/nix/store/x' } })
  expect(await read(system)).toEqual(['started build', 'finished build'])
  const found = decodeJournal((await system.readBytes(FILE)) ?? new Uint8Array())
  expect(found?.saved).toEqual(saved)
  expect(found?.records[1]).toEqual({
    at: '2026-05-30T10:00:00.000Z',
    state: 'finished',
    task: 'build',
    outputs: { systemPath: '/nix/store/x' },
  })
  expect(system.written().get(FILE)?.mode).toBe(0o600)
  expect(system.madeDirectories().get('/var/lib/keystone-installer')).toBe(0o700)
})

test('on the target it is whole at once, and grows in both places', async () => {
  const system = fakeSystem()
  const journal = await open(system)
  await journal.record({ state: 'started', task: 'partition' })
  await journal.keepIn(TARGET)
  await journal.keepIn(TARGET)
  await journal.record({ state: 'finished', task: 'partition', outputs: {} })
  expect(await read(system, TARGET)).toEqual(['started partition', 'finished partition'])
  expect(await system.readBytes(TARGET)).toEqual(await system.readBytes(FILE))
  journal.leave(TARGET)
  await journal.record({ state: 'undone', task: 'partition' })
  expect(await read(system, TARGET)).toEqual(['started partition', 'finished partition'])
  expect(await read(system)).toEqual(['started partition', 'finished partition', 'undone partition'])
})

test('after a power cut it goes on in the file that is on the target, without a new one', async () => {
  const first = fakeSystem()
  const before = await open(first)
  await before.record({ state: 'finished', task: 'partition', outputs: { poolGuid: '42' } })
  await before.record({ state: 'started', task: 'build' })
  const bytes = (await first.readBytes(FILE)) ?? new Uint8Array()
  const old = decodeJournal(bytes)
  if (old === null) throw new Error('no journal')

  const system = fakeSystem({ files: { [TARGET]: bytes } })
  const wholeFiles: string[] = []
  const watched: FakeSystem = {
    ...system,
    async writeBytes(path, content, options) {
      wholeFiles.push(path)
      await system.writeBytes(path, content, options)
    },
  }
  const journal = await open(watched, begunFrom(saved, old.records, 'target'))
  expect(await read(system)).toEqual(['finished partition', 'started build'])
  await journal.record({ state: 'started', task: 'preflight' })
  await journal.keepIn(TARGET)
  await journal.record({ state: 'started', task: 'build' })
  expect(await read(system, TARGET)).toEqual([
    'finished partition',
    'started build',
    'started preflight',
    'started build',
  ])
  expect(wholeFiles).toEqual([FILE])
})

test('what another install left on the target is replaced', async () => {
  const other = fakeSystem()
  await openJournal(other, { file: FILE, saved: { ...saved, startedAt: '2026-01-01T00:00:00.000Z' }, begun: null })
  const system = fakeSystem({ files: { [TARGET]: (await other.readBytes(FILE)) ?? '' } })
  const journal = await open(system)
  await journal.record({ state: 'started', task: 'build' })
  await journal.keepIn(TARGET)
  expect(await read(system, TARGET)).toEqual(['started build'])
})

test('a place that cannot be written is given up, and that is said; the others are served', async () => {
  const system = fakeSystem()
  const logged: string[] = []
  const journal = await openJournal(system, { file: FILE, saved, begun: null, log: (line) => logged.push(line) })
  if (journal === null) throw new Error('there is no journal')
  await journal.keepIn(TARGET)
  await system.removeFile(FILE)
  await expect(journal.record({ state: 'started', task: 'build' })).rejects.toMatchObject({ code: 'ENOENT' })
  await journal.record({ state: 'failed', task: 'build' })
  expect(await read(system, TARGET)).toEqual(['started build', 'failed build'])
  expect(logged).toEqual([`the journal in ${FILE} ends here: ENOENT: no such file or directory, open '${FILE}'`])
  await system.removeFile(TARGET)
  await recordQuietly(journal, { state: 'cancelled' })
})

test('after 384 records it keeps what counts, and goes on', async () => {
  const system = fakeSystem()
  const journal = await open(system)
  await journal.record({ state: 'finished', task: 'partition', outputs: { poolGuid: '42' } })
  for (let count = 1; count < 384; count++) await journal.record({ state: 'started', task: 'build' })
  expect(await read(system)).toHaveLength(384)
  await journal.record({ state: 'failed', task: 'build' })
  expect(await read(system)).toEqual(['finished partition', 'failed build'])
  await journal.record({ state: 'started', task: 'build' })
  expect(await read(system)).toEqual(['finished partition', 'failed build', 'started build'])
})

test('a plan that is too large to be saved gives none', async () => {
  const answers = Array.from({ length: 9000 }, (_, index) => Math.sin(index)).join('')
  expect(await openJournal(fakeSystem(), { file: FILE, saved: { ...saved, answers }, begun: null })).toBeNull()
})
