import { expect, test } from 'vitest'
import { DURATIONS } from '../install/durations-table.ts'
import type { InstallEvent } from '../model/event.ts'
import { measurementsOf } from './measured.ts'
import { eventsOf, recorded } from './recorded-installs.ts'

const of = { run: 'zfs-2', layout: 'single-zfs', unlock: 'tpm' } as const

test('an install measures itself', () => {
  expect(measurementsOf(eventsOf('zfs-2', DURATIONS), of)).toEqual(recorded.filter(({ run }) => run === 'zfs-2'))
})

test('bytes are those that were told last; what was done before and what did not end well does not count', () => {
  const at = '2026-11-23T10:00:00.000Z'
  const bytes = (done: number) => ({ done, total: null, perSecond: null })
  const events: InstallEvent[] = [
    { type: 'task-finished', at, task: 'preflight', outcome: 'already-done', durationMs: 1 },
    { type: 'task-progress', at, task: 'partition', fraction: 0, bytes: bytes(1) },
    { type: 'task-progress', at, task: 'partition', fraction: 0, bytes: bytes(9) },
    { type: 'task-progress', at, task: 'partition', fraction: 1 },
    { type: 'task-finished', at, task: 'partition', outcome: 'done', durationMs: 7 },
  ]
  expect(measurementsOf(events, of)).toEqual([])
  expect(measurementsOf([...events, { type: 'install-finished', at, durationMs: 8 }], of)).toEqual([
    { ...of, task: 'partition', durationMs: 7, bytes: 9 },
  ])
})
