import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { expect, test } from 'vitest'
import { endOrphans, startedByUs } from './orphans.ts'

const sleeper = (mark: Record<string, string>) =>
  spawn('sh', ['-c', 'trap "" TERM; sleep 60 & wait; wait'], {
    stdio: 'ignore',
    env: { PATH: process.env.PATH, ...mark },
  })

test('names this process by pid and start time', async () => {
  expect(await startedByUs()).toEqual({ KEYSTONE_STARTED_BY: expect.stringMatching(`^${process.pid}:\\d+$`) })
})

test('ends what a dead installer has started, all of it, and nothing of a living one', async () => {
  const gone = spawnSync(process.execPath, ['--version']).pid
  const orphan = sleeper({ KEYSTONE_STARTED_BY: `${gone}:1` })
  const ours = sleeper(await startedByUs())
  const stranger = sleeper({})
  const hasEnded = once(orphan, 'exit')
  try {
    const ended = await endOrphans(200)
    expect(ended.map(({ pid }) => pid)).toContain(orphan.pid)
    expect(ended.map(({ pid }) => pid)).not.toContain(ours.pid)
    await hasEnded
    expect([ours.exitCode, ours.signalCode, stranger.exitCode, stranger.signalCode]).toEqual([null, null, null, null])
    expect(await endOrphans(0)).toEqual([])
  } finally {
    for (const child of [orphan, ours, stranger]) child.kill('SIGKILL')
  }
})
