import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { takeLock } from './lock.ts'

const folder = mkdtempSync(join(tmpdir(), 'keystone-lock-'))
afterAll(() => rmSync(folder, { recursive: true }))

test('the second one learns who has the lock, until it is released', async () => {
  const path = join(folder, 'run/lock')
  const lock = await takeLock(path)
  expect(await takeLock(path)).toEqual({ heldBy: process.pid })
  expect(readdirSync(dirname(path))).toEqual(['lock'])
  if ('release' in lock) await lock.release()
  expect(existsSync(path)).toBe(false)
  expect(await takeLock(path)).toHaveProperty('release')
})

test('takes over the lock of a process that is gone, and one that is torn', async () => {
  const gone = spawnSync(process.execPath, ['--version']).pid
  for (const [name, content] of [
    ['gone', `${gone}\n`],
    ['torn', ''],
  ] as const) {
    const path = join(folder, name)
    writeFileSync(path, content)
    expect(await takeLock(path)).toHaveProperty('release')
  }
})
