import { afterEach, expect, test, vi } from 'vitest'
import { openPage } from '../testing/open-page.ts'
import type { Screen } from '../testing/screen.ts'
import { eventsOfAll, type ScreenServices } from '../testing/screen-services.ts'

vi.setConfig({ testTimeout: 60_000 })

let screen: Screen
let services: ScreenServices

afterEach(async () => {
  services.end({ status: 'cancelled' })
  await screen.close()
})

const AT = '2026-05-30T10:00:00.000Z'

test('what should be read but stops nothing stands above the log, and on the last page', async () => {
  const opened = await openPage('install')
  screen = opened.screen
  services = opened.services
  const request = await services.started(0)
  request.onEvent({ type: 'notice', at: AT, code: 'pool-degraded', message: 'the pool rpool has lost a disk' })
  await screen.waitForText('! The pool rpool has lost a disk.')
  for (const event of eventsOfAll()) request.onEvent(event)
  request.onEvent({ type: 'notice', at: AT, code: 'pool-degraded', message: 'the pool rpool has lost a disk' })
  services.end({ status: 'installed' })
  await screen.waitForText('Reboot now')
  expect(screen.text()).toContain('! The pool rpool has lost a disk.')
})

test('a task that cannot say how far it is tells what its disks have taken', async () => {
  const opened = await openPage('install')
  screen = opened.screen
  services = opened.services
  const request = await services.started(0)
  request.onEvent({ type: 'task-started', at: AT, task: 'partition', title: 'Partition and format the disks' })
  const bytes = { done: 3 * 2 ** 20, total: 64 * 2 ** 20, perSecond: 2 ** 20 }
  request.onEvent({ type: 'task-progress', at: AT, task: 'partition', fraction: 0.05, bytes })
  await screen.waitForText('(3 MiB of 64 MiB written, 1 MiB/s)')
})
