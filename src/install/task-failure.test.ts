import { expect, test } from 'vitest'
import { NO_FACTS } from '../failures/entry.ts'
import { Bug, CommandError, UserError } from '../system/errors.ts'
import { fakeSystem } from '../testing/fake-system.ts'
import { ext4Plan } from '../testing/task-context.ts'
import { explainFailure, toTaskFailure } from './task-failure.ts'

const build = { id: 'build', title: 'Build the system', nextSteps: ['check the network'] } as const
const mask = (text: string) => text.replaceAll('canary', '***')
const nixFailed = new CommandError({
  program: 'nix',
  args: ['build'],
  line: 'nix build canary',
  exitCode: 1,
  lastLines: ['error: canary'],
})

test('a known cause is the message, and its remedy comes in place of the general advice', () => {
  const facts = { ...NO_FACTS, freeBytes: { temporary: null, target: 8192, runtime: null } }
  const failure = toTaskFailure(build, nixFailed, mask, facts)
  expect(failure.message).toBe('there is no room left on the disk that is being installed on (8 KiB free)')
  expect(failure.diagnosis).toMatchObject({ code: 'target-full', cause: failure.message })
  expect(failure.nextSteps).toEqual(failure.diagnosis?.remedy)
  expect(failure.command).toMatchObject({ exitCode: 1, lastLines: ['error: ***'] })
})

test('without a cause it says what failed, and the advice of the task', () => {
  const failure = toTaskFailure(build, new UserError('no canary', { nextSteps: ['look'] }), mask, NO_FACTS)
  expect(failure).toEqual({
    task: 'build',
    message: 'no ***',
    nextSteps: ['look', 'check the network'],
    problems: [],
  })
})

test('looks at the machine for the cause', async () => {
  const files = { '/sys/class/block/vda/size': '1' }
  const system = fakeSystem({ files, commands: { 'udevadm settle --timeout=2': '' } })
  const failure = await explainFailure(build, nixFailed, { system, plan: ext4Plan, mask, before: { oomKills: null } })
  expect(failure.diagnosis?.code).toBe('disk-gone')
  expect(failure.message).toBe('the disk /dev/disk/by-id/virtio-keystone-a is not there any more')
})

test('a mistake of ours is not blamed on the machine, and a cause holds no secret', async () => {
  const files = { '/sys/class/block/vda/size': '1' }
  const system = fakeSystem({ files })
  const to = { system, plan: ext4Plan, mask, before: { oomKills: null } }
  expect(await explainFailure(build, new Bug('x'), to)).not.toHaveProperty('diagnosis')
  expect(system.calls()).toEqual([])
  const nix = { fetching: ['canary'], building: [], corruptedPath: null, untrustedPath: null, position: null }
  const error = new CommandError({ program: 'nix', line: '', exitCode: 1, lastLines: [], nix })
  expect(JSON.stringify(toTaskFailure(build, error, mask, NO_FACTS))).not.toContain('canary')
})
