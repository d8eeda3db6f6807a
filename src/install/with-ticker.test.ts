import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { InstallEvent } from '../model/event.ts'
import { fakeSystem } from '../testing/fake-system.ts'
import { zfsPlan } from '../testing/task-context.ts'
import { withTicker } from './with-ticker.ts'

beforeEach(() => void vi.useFakeTimers({ now: Date.parse('2026-11-22T10:00:00.000Z') }))
afterEach(() => void vi.useRealTimers())

const started: InstallEvent = {
  type: 'task-started',
  at: '2026-11-22T10:00:00.000Z',
  task: 'install',
  title: 'Install the system',
}

test('a program that hangs is told all the same, and the clock ends with the work', async () => {
  const events: InstallEvent[] = []
  const system = fakeSystem({ now: () => new Date() })
  const result = await withTicker(
    { system, plan: zfsPlan, onEvent: (event) => events.push(event) },
    async (onEvent) => {
      onEvent(started)
      await vi.advanceTimersByTimeAsync(20_000)
      return 'result'
    },
  )
  expect(result).toBe('result')
  expect(events.map(({ type, at }) => `${at.slice(17, 19)} ${type}`)).toEqual([
    '00 task-started',
    '04 task-progress',
    '08 task-progress',
    '12 task-progress',
    '16 task-progress',
    '20 task-progress',
  ])
  expect(vi.getTimerCount()).toBe(0)
})

test('a clock that breaks says so once and does not end the work', async () => {
  const events: InstallEvent[] = []
  const system = {
    ...fakeSystem({ now: () => new Date() }),
    realPath: async () => {
      throw new Error('no such disk')
    },
  }
  await withTicker({ system, plan: zfsPlan, onEvent: (event) => events.push(event) }, () =>
    vi.advanceTimersByTimeAsync(20_000),
  )
  expect(events).toMatchObject([{ type: 'notice', code: 'no-progress' }])
})

test('what the work throws is thrown', async () => {
  const request = { system: fakeSystem(), plan: zfsPlan, onEvent: () => {} }
  await expect(withTicker(request, () => Promise.reject(new Error('mine')))).rejects.toThrow('mine')
  expect(vi.getTimerCount()).toBe(0)
})
