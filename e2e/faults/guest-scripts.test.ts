import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import * as scripts from './guest-scripts.ts'

const texts = Object.entries(scripts).flatMap(([name, value]): [string, string][] => {
  if (typeof value === 'string') return [[name, value]]
  return Object.entries(value).flatMap(([key, inner]): [string, string][] =>
    typeof inner === 'string'
      ? [[`${name}.${key}`, inner]]
      : Object.entries(inner as Record<string, string>).map(([end, text]) => [`${name}.${key}.${end}`, text]),
  )
})

test.each(texts)('bash can read %s', (_, text) => {
  const { status, stderr } = spawnSync('bash', ['-n', '-c', text], { encoding: 'utf8' })
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
})

const hasBlkid = spawnSync('blkid', ['-V']).status === 0

test.skipIf(!hasBlkid)('what stands for Windows is what blkid takes for NTFS', () => {
  const folder = mkdtempSync(join(tmpdir(), 'keystone-ntfs-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  const image = join(folder, 'image')
  writeFileSync(image, '')
  truncateSync(image, 64 * 2 ** 20)
  const perl = /perl -e '([^']+)'/.exec(scripts.LEFTOVERS.ntfs)?.[1] ?? ''
  expect(spawnSync('perl', ['-e', perl, image], { encoding: 'utf8' })).toMatchObject({ status: 0, stderr: '' })
  expect(spawnSync('blkid', ['-p', '-o', 'value', '-s', 'TYPE', image], { encoding: 'utf8' }).stdout).toBe('ntfs\n')
})
