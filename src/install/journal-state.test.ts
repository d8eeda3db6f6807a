import { expect, test } from 'vitest'
import type { JournalRecord } from '../model/saved-install.ts'
import { CHANGES_NOTHING, LEAVES_LATER, recordsOf, standsOf } from './journal-state.ts'
import { installSequence } from './sequences.ts'

const at = '2026-05-30T10:00:00.000Z'
const stands = (records: readonly JournalRecord[]) =>
  Object.fromEntries(standsOf(records).tasks.flatMap(({ id, stand }) => (stand === 'not begun' ? [] : [[id, stand]])))

test('the last word on each task counts, and an undo takes nothing back', () => {
  const records: readonly JournalRecord[] = [
    { at, state: 'started', task: 'partition' },
    { at, state: 'finished', task: 'partition', outputs: { poolGuid: '42' } },
    { at, state: 'started', task: 'build' },
    { at, state: 'failed', task: 'build' },
    { at, state: 'undone', task: 'partition' },
    { at, state: 'cancelled' },
    { at, state: 'started', task: 'install' },
  ]
  expect(stands(records)).toEqual({ partition: 'finished', build: 'failed', install: 'begun' })
  expect(standsOf(records)).toMatchObject({ outputs: { partition: { poolGuid: '42' } }, isInstalled: false })
})

test('a crash in the middle of partition leaves it to do, even after an earlier success', () => {
  expect(
    standsOf([
      { at, state: 'finished', task: 'partition', outputs: { poolGuid: '42' } },
      { at, state: 'started', task: 'partition' },
    ]),
  ).toMatchObject({ outputs: {} })
})

test('what was finished has not failed when it was only looked at again', () => {
  const finished = { at, state: 'finished', task: 'partition', outputs: { rpool: '42' } } as const
  expect(standsOf([finished, { at, state: 'failed', task: 'partition' }])).toMatchObject({
    outputs: { partition: { rpool: '42' } },
  })
})

test('told by the fewest records it is the same', () => {
  const records: readonly JournalRecord[] = [
    { at, state: 'finished', task: 'partition', outputs: { poolGuid: '42' } },
    { at, state: 'started', task: 'build' },
    { at, state: 'failed', task: 'build' },
    { at, state: 'started', task: 'install' },
    { at, state: 'installed' },
  ]
  const few = recordsOf(standsOf(records), at)
  expect(few).toHaveLength(4)
  expect(standsOf(few)).toEqual(standsOf(records))
})

test('a task that runs again takes what was built on it with it, except by those that change nothing', () => {
  const done = (task: 'partition' | 'build' | 'install') => ({ at, state: 'finished', task, outputs: {} }) as const
  const all = [done('partition'), done('build'), done('install')]
  expect(stands([...all, { at, state: 'started', task: 'preflight' }])).toMatchObject({ install: 'finished' })
  expect(stands([...all, { at, state: 'started', task: 'build' }])).toEqual({ partition: 'finished', build: 'begun' })
  expect(stands([...all, { at, state: 'started', task: 'partition' }, done('partition')])).toEqual({
    partition: 'finished',
  })
})

test('those that change nothing are the same ones as in the sequence', () => {
  const marked = installSequence.filter(({ changesNothing }) => changesNothing === true).map(({ id }) => id)
  expect(marked).toEqual([...CHANGES_NOTHING])
  const leaving = installSequence.filter(({ leavesLater }) => leavesLater === true).map(({ id }) => id)
  expect(leaving).toEqual([...LEAVES_LATER])
})
