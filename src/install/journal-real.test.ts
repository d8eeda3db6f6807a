import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { createLocalSystem } from '../system/local-system.ts'
import { createLog } from '../system/log.ts'
import { confirmation, zfsPlan } from '../testing/task-context.ts'
import { openJournal } from './journal.ts'
import { decodeJournal } from './journal-file.ts'

const folder = mkdtempSync(join(tmpdir(), 'keystone-journal-'))
afterAll(() => rmSync(folder, { recursive: true }))
const saved = {
  format: 1,
  installerVersion: '1.2.3',
  startedAt: '2026-05-30T10:00:00.000Z',
  planHash: 'f00d',
  plan: zfsPlan,
  answers: '',
  confirmation,
} as const

test('on a real file system the file keeps its size and its place while it grows', async () => {
  const system = createLocalSystem({ log: createLog({ append: () => {} }) })
  const [file, copy] = [join(folder, 'memory/journal'), join(folder, 'esp/keystone/journal')]
  const journal = await openJournal(system, { file, saved, begun: null })
  await journal?.keepIn(copy)
  const { ino } = statSync(copy)
  for (const task of ['partition', 'build'] as const) await journal?.record({ state: 'started', task })
  expect(statSync(copy)).toMatchObject({ ino, size: 262144 })
  expect(readFileSync(copy).equals(readFileSync(file))).toBe(true)
  expect(decodeJournal(readFileSync(copy))).toMatchObject({
    saved,
    records: [{ task: 'partition' }, { task: 'build' }],
  })
})

/** Says each record on stdout once it is kept. */
const WRITER = `
import { createLocalSystem } from '${new URL('../system/local-system.ts', import.meta.url)}'
import { createLog } from '${new URL('../system/log.ts', import.meta.url)}'
import { openJournal } from '${new URL('./journal.ts', import.meta.url)}'
const [file, saved] = process.argv.slice(1)
const system = createLocalSystem({ log: createLog({ append: () => {} }) })
const journal = await openJournal(system, { file, saved: JSON.parse(saved), begun: null })
setInterval(() => {}, 1000)
for (let count = 1; count <= 300; count++) {
  await journal.record({ state: 'started', task: 'build' })
  process.stdout.write(count + '\\n')
}
`

test('killed in the middle of writing it has every record that was said to be kept', async () => {
  const file = join(folder, 'killed/journal')
  const args = ['--input-type=module-typescript', '--eval', WRITER, file, JSON.stringify(saved)]
  const writer = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] })
  let told = 0
  writer.stdout.on('data', (data: Buffer) => {
    told = Number(data.toString().trimEnd().split('\n').at(-1))
    if (told >= 20) writer.kill('SIGKILL')
  })
  await once(writer, 'exit')
  expect(told).toBeGreaterThanOrEqual(20)
  expect(decodeJournal(readFileSync(file))?.records.length).toBeGreaterThanOrEqual(told)
})
