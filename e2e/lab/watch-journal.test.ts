import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { open } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { encodeRecord, encodeSaved, type JournalEnd } from '../../src/install/journal-file.ts'
import type { JournalRecord, SavedInstall } from '../../src/model/saved-install.ts'
import { confirmation, zfsPlan } from '../../src/testing/task-context.ts'
import { hasCome } from './watch-journal.ts'

const program = join(import.meta.dirname, 'watch-journal.ts')
let folder: string
let installer: ChildProcess

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'ks-watch-'))
  // An installer with a program of its own below it.
  installer = spawn('bash', ['-c', 'sleep 60 & wait'], { detached: true })
  writeFileSync(join(folder, 'lock'), `${installer.pid} 12345\n`)
})
afterEach(() => {
  process.kill(-(installer.pid as number), 'SIGKILL')
  rmSync(folder, { recursive: true })
})

const saved = (startedAt: string): SavedInstall => ({
  format: 1,
  installerVersion: '1.0.0',
  startedAt,
  planHash: zfsPlan.hash,
  plan: zfsPlan,
  answers: 'version: 2\n',
  confirmation,
})
const at = '2026-11-23T12:00:00.000Z'

/** Writes a journal as the installer does: the head at once, records in place. */
async function beginJournal(startedAt: string) {
  const head = encodeSaved(saved(startedAt))
  if (head === null) throw new Error('the plan does not fit')
  let { end }: { end: JournalEnd } = head
  writeFileSync(join(folder, 'journal'), head.bytes)
  return async (record: JournalRecord) => {
    const slot = encodeRecord(record, end)
    if (slot === null) throw new Error('the journal is full')
    const file = await open(join(folder, 'journal'), 'r+')
    await file.write(slot.bytes, 0, slot.bytes.length, slot.offset)
    await file.close()
    end = slot.end
  }
}

type Ended = { code: number; stdout: string; stderr: string }

async function watch(...args: string[]): Promise<{ ended: Promise<Ended> }> {
  const ready = join(folder, 'ready')
  const places = ['--journal', join(folder, 'journal'), '--lock', join(folder, 'lock'), '--ready', ready]
  const ended = new Promise<Ended>((resolve) => {
    execFile(process.execPath, [program, ...args, ...places], (error, stdout, stderr) =>
      resolve({ code: Number(error?.code ?? 0), stdout, stderr }),
    )
  })
  await vi.waitUntil(() => existsSync(ready), { timeout: 20_000 })
  return { ended }
}

const stateOf = (pid: number) => readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.[0]

test('stops the installer and its programs as soon as the task has its record', async () => {
  const { ended } = await watch('--task', 'build', '--moment', 'before')
  const record = await beginJournal('one')
  await record({ at, state: 'started', task: 'preflight' })
  await record({ at, state: 'finished', task: 'preflight', outputs: {} })
  await record({ at, state: 'started', task: 'build' })
  const { code, stdout } = await ended
  expect(code).toBe(0)
  const stopped = JSON.parse(stdout) as { pid: number; children: number[]; records: number }
  expect(stopped).toMatchObject({ pid: installer.pid, records: 3 })
  expect(stopped.children).toHaveLength(1)
  expect([stopped.pid, ...stopped.children].map(stateOf)).toEqual(['T', 'T'])
})

test('records of before do not count when the same install goes on, and it says when the moment never came', async () => {
  const record = await beginJournal('one')
  await record({ at, state: 'started', task: 'build' })
  const { ended } = await watch('--task', 'build', '--moment', 'during')
  await record({ at, state: 'failed', task: 'build' })
  expect(await ended).toMatchObject({ code: 3, stdout: '', stderr: expect.stringContaining('during build') })
  expect(stateOf(installer.pid as number)).toBe('S')
})

test('records of a new install count from its first', async () => {
  const first = await beginJournal('one')
  for (const task of ['preflight', 'partition', 'build'] as const) await first({ at, state: 'started', task })
  const { ended } = await watch('--task', 'preflight', '--moment', 'after')
  const second = await beginJournal('two')
  await second({ at, state: 'started', task: 'preflight' })
  await second({ at, state: 'finished', task: 'preflight', outputs: {} })
  expect(JSON.parse((await ended).stdout)).toMatchObject({ pid: installer.pid, records: 2 })
})

test('which record each moment waits for', () => {
  const started: JournalRecord = { at, state: 'started', task: 'install' }
  const finished: JournalRecord = { at, state: 'finished', task: 'install', outputs: {} }
  const moments = ['before', 'during', 'after'] as const
  expect(moments.map((moment) => hasCome([started], 'install', moment))).toEqual([true, true, false])
  expect(moments.map((moment) => hasCome([started, finished], 'install', moment))).toEqual([true, true, true])
  expect(moments.map((moment) => hasCome([started, finished], 'unmount', moment))).toEqual([false, false, false])
})
