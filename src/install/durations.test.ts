import { expect, test } from 'vitest'
import { TASK_IDS } from '../model/event.ts'
import { ext4Plan, zfsPlan } from '../testing/task-context.ts'
import { expectedBytes, expectedMs, tableOf } from './durations.ts'

const table = tableOf([
  { layout: 'single-ext4', unlock: 'tpm', task: 'partition', durationMs: 20_000, bytes: 100 },
  { layout: 'single-ext4', unlock: 'tpm', task: 'partition', durationMs: 90_000, bytes: 300 },
  { layout: 'single-ext4', unlock: 'tpm', task: 'partition', durationMs: 22_000 },
  { layout: 'mirror-zfs', unlock: 'none', task: 'partition', durationMs: 60_000 },
  { layout: 'single-zfs', unlock: 'tpm', task: 'partition', durationMs: 80_000 },
])
const plan = (layout: typeof zfsPlan.storage.layout, unlock: typeof zfsPlan.unlock) => ({
  storage: { ...zfsPlan.storage, layout },
  unlock,
})

test('a row is the median of its measurements: one slow run does not count', () => {
  expect(table).toEqual([
    { layout: 'single-ext4', unlock: 'tpm', task: 'partition', durationMs: 22_000, bytes: 200 },
    { layout: 'mirror-zfs', unlock: 'none', task: 'partition', durationMs: 60_000, bytes: null },
    { layout: 'single-zfs', unlock: 'tpm', task: 'partition', durationMs: 80_000, bytes: null },
  ])
})

test('the nearest measured run counts: this layout, then one like it, then any', () => {
  expect(expectedMs('partition', plan('single-ext4', 'tpm'), table)).toBe(22_000)
  expect(expectedMs('partition', plan('single-ext4', 'passphrase'), table)).toBe(22_000)
  expect(expectedMs('partition', plan('single-xfs', 'none'), table)).toBe(22_000)
  expect(expectedMs('partition', plan('raidz1-zfs', 'tpm'), table)).toBe(80_000)
  expect(expectedMs('partition', plan('raidz1-zfs', 'none'), table)).toBe(60_000)
  expect(expectedMs('partition', plan('raidz1-zfs', 'passphrase'), table)).toBe(70_000)
  expect(expectedMs('finish', plan('raidz1-zfs', 'tpm'), table)).toBe(1000)
})

test('bytes are known for the very layout only', () => {
  expect(expectedBytes('partition', plan('single-ext4', 'tpm'), table)).toBe(200)
  expect(expectedBytes('partition', plan('single-ext4', 'none'), table)).toBeNull()
})

test('the measured table has an expectation for every task of every plan', () => {
  for (const task of TASK_IDS) {
    expect(expectedMs(task, zfsPlan)).toBeGreaterThan(0)
    expect(expectedMs(task, ext4Plan)).toBeGreaterThan(0)
  }
  expect(expectedMs('partition', zfsPlan)).toBeGreaterThan(expectedMs('partition', ext4Plan))
})
