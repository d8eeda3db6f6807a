import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { createLiveLog } from './live-log.ts'

const folder = mkdtempSync(join(tmpdir(), 'keystone-log-'))
afterAll(() => rmSync(folder, { recursive: true }))
const now = () => new Date('2026-05-30T10:00:00.000Z')

test('the file gets what was logged before it was opened, and what comes after', () => {
  const { log, keepIn, close } = createLiveLog(now)
  const path = join(folder, 'a.log')
  log.write('before')
  keepIn(path)
  keepIn(path)
  log.write('after')
  close()
  expect(readFileSync(path, 'utf8')).toBe('2026-05-30T10:00:00.000Z before\n2026-05-30T10:00:00.000Z after\n')
})

test('listeners hear each line with its time until they stop', () => {
  const heard: [string, string][] = []
  const { log, listen, lines } = createLiveLog(now)
  const stop = listen((line, at) => heard.push([line, at]))
  log.hide('canary-secret')
  log.write('one canary-secret\ntwo')
  stop()
  log.write('three')
  expect(heard).toEqual([
    ['one ***', '2026-05-30T10:00:00.000Z'],
    ['two', '2026-05-30T10:00:00.000Z'],
  ])
  expect(lines()).toHaveLength(3)
})
