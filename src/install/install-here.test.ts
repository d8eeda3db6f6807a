import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import type { InstallEvent } from '../model/event.ts'
import { takeLock } from '../system/lock.ts'
import { fakeSystem } from '../testing/fake-system.ts'
import { taskContext } from '../testing/task-context.ts'
import { installHere, withLogEvents } from './install-here.ts'
import { createLiveLog } from './live-log.ts'

const folder = mkdtempSync(join(tmpdir(), 'keystone-install-'))
afterAll(() => rmSync(folder, { recursive: true }))

test('a second install on the machine is refused before it looks at anything', async () => {
  const lockFile = join(folder, 'lock')
  await takeLock(lockFile)
  const system = fakeSystem()
  const events: InstallEvent[] = []
  const outcome = await installHere({
    ...taskContext(system),
    system,
    lockFile,
    liveLog: createLiveLog(),
    begun: null,
    answersText: '',
    installerVersion: '1.2.3',
    onEvent: (event) => events.push(event),
  })
  const message = `an installation is running on this machine already (process ${process.pid})`
  expect(outcome).toMatchObject({ status: 'failed', isBug: false, failure: { task: 'preflight', message } })
  expect(events).toMatchObject([{ type: 'task-failed', failure: { message } }])
  expect(system.calls()).toEqual([])
})

test('log lines become events that know their task', async () => {
  const liveLog = createLiveLog(() => new Date('2026-05-30T10:00:00.000Z'))
  const events: InstallEvent[] = []
  await withLogEvents(
    liveLog,
    (event) => events.push(event),
    async (onEvent) => {
      liveLog.log.write('early')
      onEvent({ type: 'task-started', at: '2026-05-30T10:00:00.000Z', task: 'build', title: 'Build' })
      liveLog.log.write('building')
    },
  )
  liveLog.log.write('late')
  expect(events.map((event) => (event.type === 'log' ? [event.task, event.line] : event.type))).toEqual([
    [null, 'early'],
    'task-started',
    ['build', 'building'],
  ])
})
