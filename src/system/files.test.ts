import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { moveToFreeName, readBytesOrNull } from './files.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'keystone-files-'))
  writeFileSync(join(folder, 'a'), '0123456789')
})
afterEach(() => rmSync(folder, { recursive: true }))

test('reads a part of a file, less at its end, nothing behind it', async () => {
  const read = async (start: number, length: number) => {
    const bytes = await readBytesOrNull(join(folder, 'a'), { start, length })
    return bytes && Buffer.from(bytes).toString()
  }
  expect(await read(2, 3)).toBe('234')
  expect(await read(8, 9)).toBe('89')
  expect(await read(50, 9)).toBe('')
  expect(await readBytesOrNull(join(folder, 'none'), { start: 0, length: 1 })).toBeNull()
  expect(await readBytesOrNull(folder, { start: 0, length: 1 })).toBeNull()
})

test('moves a file to a name that is free', async () => {
  await moveToFreeName(join(folder, 'a'), join(folder, 'b'))
  expect(readdirSync(folder)).toEqual(['b'])
})

test('a file that is there already is not replaced', async () => {
  writeFileSync(join(folder, 'b'), 'mine')
  await expect(moveToFreeName(join(folder, 'a'), join(folder, 'b'))).rejects.toThrow('EEXIST')
  expect(readFileSync(join(folder, 'b'), 'utf8')).toBe('mine')
  expect(readFileSync(join(folder, 'a'), 'utf8')).toBe('0123456789')
})
