import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import {
  freeBytesOrNull,
  freeInodesOrNull,
  isExecutable,
  makeDirectoryWithMode,
  moveToFreeName,
  overwrite,
  readBytesOrNull,
  removeEmptyDirectory,
  removeFileIfThere,
  replaceFile,
} from './files.ts'

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

test('overwrites a part of a file, and never makes it longer', async () => {
  const path = join(folder, 'a')
  await overwrite(path, new TextEncoder().encode('xy'), 8)
  expect(readFileSync(path, 'utf8')).toBe('01234567xy')
  await expect(overwrite(path, new TextEncoder().encode('xy'), 9)).rejects.toThrow('has 10 bytes')
  expect(readFileSync(path, 'utf8')).toBe('01234567xy')
  await expect(overwrite(join(folder, 'none'), new Uint8Array(1), 0)).rejects.toThrow('ENOENT')
})

test('says how much fits, and nothing of a place that is not there', async () => {
  expect(await freeBytesOrNull(folder)).toBeGreaterThan(0)
  expect(await freeInodesOrNull('/proc/none')).toBeNull()
  expect(await freeBytesOrNull(join(folder, 'none'))).toBeNull()
})

test('removes a file, and is content when it is gone already, or its folder is', async () => {
  await removeFileIfThere(join(folder, 'a'))
  expect(readdirSync(folder)).toEqual([])
  await removeFileIfThere(join(folder, 'a'))
  await removeFileIfThere(join(folder, 'none/a'))
})

test('a program is there where a directory of the PATH has a file that may be run', async () => {
  const other = join(folder, 'bin')
  mkdirSync(join(other, 'folder'), { recursive: true })
  const path = `${folder}:${other}`
  expect(await isExecutable('a', path)).toBe(false)
  writeFileSync(join(other, 'a'), '')
  chmodSync(join(other, 'a'), 0o755)
  expect(await isExecutable('a', path)).toBe(true)
  expect(await isExecutable('a', folder)).toBe(false)
  expect(await isExecutable('folder', path)).toBe(false)
  expect(await isExecutable('none', path)).toBe(false)
})

test('what a power cut left of a half-written file goes with the next write, or with the file', async () => {
  const path = join(folder, 'a')
  const half = join(folder, '.a.keystone-new')
  writeFileSync(half, 'hal', { mode: 0o600 })
  await replaceFile(path, 'whole', 0o644)
  expect(readdirSync(folder)).toEqual(['a'])
  expect(readFileSync(path, 'utf8')).toBe('whole')
  expect((statSync(path).mode & 0o777).toString(8)).toBe('644')
  writeFileSync(half, 'hal')
  await removeFileIfThere(path)
  expect(readdirSync(folder)).toEqual([])
})

test('removes a folder that is empty, and never what is in one', async () => {
  const path = join(folder, 'credentials')
  await makeDirectoryWithMode(path, 0o700)
  writeFileSync(join(path, 'pin'), 'x')
  await expect(removeEmptyDirectory(path)).rejects.toMatchObject({ code: 'ENOTEMPTY' })
  await removeFileIfThere(join(path, 'pin'))
  await removeEmptyDirectory(path)
  await removeEmptyDirectory(path)
  expect(readdirSync(folder)).not.toContain('credentials')
})
