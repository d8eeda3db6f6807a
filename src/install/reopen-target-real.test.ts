import { spawnSync } from 'node:child_process'
import { closeSync, mkdtempSync, openSync, rmSync, truncateSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { createLocalSystem } from '../system/local-system.ts'
import { createLog } from '../system/log.ts'
import { devicesLine, mountsLine, noMapping, nothingMounted, plainPlan } from '../testing/task-context.ts'
import { reopenTarget } from './reopen-target.ts'

const folder = mkdtempSync(join(tmpdir(), 'keystone-esp-'))
afterAll(() => rmSync(folder, { recursive: true }))
const hasDosfstools = spawnSync('fsck.fat', ['--help']).error === undefined

/** An esp in a file, with zeros or a mark where a power cut or a bad sector left them. */
function esp(name: string, at: number | null, bytes: Uint8Array): string {
  const file = join(folder, name)
  closeSync(openSync(file, 'w'))
  truncateSync(file, 64 * 1024 * 1024)
  spawnSync('mkfs.vfat', [file])
  const image = openSync(file, 'r+')
  if (at !== null) writeSync(image, bytes, 0, bytes.length, at)
  closeSync(image)
  return file
}

/** Real fsck.fat and mkfs.vfat, on a machine where nothing is held and no pool is. */
async function reopen(file: string): Promise<readonly string[]> {
  const real = createLocalSystem({ log: createLog({ append: () => {} }), environment: process.env })
  const answers = new Map([
    [devicesLine.split(' ')[0], noMapping],
    [mountsLine.split(' ')[0], nothingMounted],
  ])
  const logged: string[] = []
  const { storage } = plainPlan
  const mounts = [{ target: '/boot', source: file, filesystem: 'vfat' as const }]
  await reopenTarget(
    {
      ...real,
      query: async (program, args, options) => {
        const stdout = answers.get(program)
        return stdout === undefined ? real.query(program, args, options) : { exitCode: 0, stdout, stderr: '' }
      },
    },
    {
      plan: { ...plainPlan, storage: { ...storage, pool: null, mounts } },
      guids: {},
      log: (line) => logged.push(line),
    },
  )
  return logged
}

test.skipIf(!hasDosfstools).each([
  ['is sound', null, 0],
  ['was not unmounted', 65, 1],
  ['has lost its first table', 32 * 512, 8 * 512],
] as const)('an esp that %s is kept', async (_, at, length) => {
  const bytes = at === 65 ? new Uint8Array([1]) : new Uint8Array(length)
  const file = esp(`kept-${at}`, at, bytes)
  expect(await reopen(file)).toEqual([])
  expect(spawnSync('fsck.fat', ['-n', file]).status).toBe(0)
})

test.skipIf(!hasDosfstools)('an esp whose first sector is gone is formatted again', async () => {
  const file = esp('broken', 0, new Uint8Array(512))
  expect(await reopen(file)).toEqual([`${file} is damaged and is formatted again; what belongs on it is written again`])
  expect(spawnSync('fsck.fat', ['-n', file]).status).toBe(0)
})
