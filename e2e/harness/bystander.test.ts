import { execFile } from 'node:child_process'
import { mkdtemp, open, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { lookForTools, toolPath } from '../lab/tools.ts'
import { checkBystander, makeBystander, writeBystander } from './bystander.ts'

const run = promisify(execFile)
const env = { ...process.env, PATH: toolPath() }
const { areHere, reason } = await lookForTools('sgdisk', 'mke2fs', 'e2label')
let folder: string

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ks-bystander-'))
  process.env.KEYSTONE_CACHE = join(folder, 'cache')
})
afterAll(() => rm(folder, { recursive: true }))

async function overwrite(file: string, place: number, bytes: Buffer): Promise<void> {
  const handle = await open(file, 'r+')
  await handle.write(bytes, 0, bytes.length, place)
  await handle.close()
}

describe.skipIf(!areHere)(`a bystander (${reason})`, () => {
  test('it is the same each time, has a table and a file system, and noise in the rest', async () => {
    const [one, other] = [join(folder, 'one'), join(folder, 'other')]
    await writeBystander(one)
    await writeBystander(other)
    const bytes = await readFile(one)
    expect(bytes.equals(await readFile(other))).toBe(true)
    const { stdout } = await run('sgdisk', ['--print', one], { env })
    expect(stdout).toMatch(/1\s+2048\s+30719\s+14\.0 MiB\s+8300\s+photos/)
    const { stdout: label } = await run('e2label', [`${one}?offset=1048576`], { env })
    expect(label).toBe('photos\n')
    const parts = Array.from({ length: 64 }, (_, part) => bytes.subarray(part * 2 ** 18, part * 2 ** 18 + 4096))
    // The file system's own journal and tables are zeros.
    expect(parts.filter((part) => new Set(part).size < 100).length).toBeLessThan(16)
  })

  test('one byte gives a write away, and so does a write of what was there', async () => {
    const seal = await makeBystander(join(folder, 'sealed'))
    await checkBystander(seal)
    const place = 12_000_000
    const before = (await readFile(seal.file)).subarray(place, place + 1)
    await overwrite(seal.file, place, Buffer.from([before.readUInt8() ^ 1]))
    await expect(checkBystander(seal)).rejects.toThrow('its content has changed')
    await overwrite(seal.file, place, before)
    await expect(checkBystander(seal)).rejects.toThrow('with what was there')
  })
})
