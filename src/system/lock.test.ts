import { spawn, spawnSync } from 'node:child_process'
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

test('takes over the lock of a pid that was given to another process since', async () => {
  const other = spawn('sleep', ['60'], { stdio: 'ignore' })
  const path = join(folder, 'given-again')
  try {
    writeFileSync(path, `${other.pid} 1\n`)
    expect(await takeLock(path)).toHaveProperty('release')
    writeFileSync(path, `${other.pid}\n`)
    expect(await takeLock(path)).toEqual({ heldBy: other.pid })
  } finally {
    other.kill('SIGKILL')
  }
})

test('of many that find the same stale lock one gets it, and nothing else is left behind', async () => {
  const path = join(folder, 'race/lock')
  for (let round = 0; round < 20; round++) {
    await takeLock(path)
    writeFileSync(path, '4194304 1\n')
    const taken = await Promise.all([takeLock(path), takeLock(path)])
    expect(taken.filter((lock) => 'release' in lock)).toHaveLength(1)
    expect(readdirSync(dirname(path))).toEqual(['lock'])
    rmSync(path)
  }
})
