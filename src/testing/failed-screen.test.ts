import { expect, test, vi } from 'vitest'
import { failedScreen } from './failed-screen.ts'
import { buildFailure } from './screen-services.ts'

vi.setConfig({ testTimeout: 60_000 })

test('the failure page of a failure that a run without a screen had', async () => {
  const cause = 'the disk /dev/disk/by-id/virtio-keystone-a is not there any more'
  const remedy = ['plug the disk in again', 'then retry']
  const diagnosis = { code: 'disk-gone', cause, remedy, waysOn: ['retry', 'shell'] } as const
  const failure = { ...buildFailure, message: cause, nextSteps: remedy, diagnosis }
  const text = await failedScreen({ type: 'task-failed', at: '2026-11-23T10:00:00.000Z', failure })
  expect(text.replace(/\s+/g, ' ')).toMatch(/virtio-keystone-a is not there any more/)
  for (const way of ['Try again', 'Change the answers', 'Open a shell', 'Save a support bundle', 'Power off'])
    expect(text).toContain(way)
})
