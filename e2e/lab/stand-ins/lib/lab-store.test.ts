import { mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { addPath, addSource, wrongPaths } from './lab-store.ts'
import { storePath } from './store-path.ts'

let store: string
beforeEach(() => {
  store = mkdtempSync(join(tmpdir(), 'ks-store-'))
})
afterEach(() => rmSync(store, { recursive: true }))

const text = '{ "system": 1 }\n'
const path = storePath(text, 'nixos-system-primer-26.05')
const source = [
  ['flake.nix', Buffer.from('{ }')],
  ['hosts/primer/default.nix', Buffer.from('{ host = 1; }')],
] as const

test('what was added is sound, and a name and other files make another path', () => {
  addPath(store, path, { 'system.json': text })
  const first = addSource(store, source)
  expect(first).toMatch(/^\/nix\/store\/[0-9a-z]{32}-source$/)
  expect(readFileSync(join(store, first, 'hosts/primer/default.nix'), 'utf8')).toBe('{ host = 1; }')
  expect(addSource(store, source.slice(0, 1))).not.toBe(first)
  expect(wrongPaths(store)).toEqual([])
})

test('a torn or changed file is found, and stays as long as its path is called valid', () => {
  addPath(store, path, { 'system.json': text })
  const first = addSource(store, source)
  truncateSync(join(store, path, 'system.json'), 0)
  expect(wrongPaths(store)).toEqual([path])
  writeFileSync(join(store, first, 'more.nix'), '')
  expect(wrongPaths(store)).toEqual([path, first])
  // As with nix: a valid path is not made again, so only one who forgets what is valid gets it whole.
  addPath(store, path, { 'system.json': text })
  expect(wrongPaths(store)).toEqual([path, first])
  rmSync(join(store, 'nix/var/nix/db'), { recursive: true })
  addPath(store, path, { 'system.json': text })
  addSource(store, source)
  expect(wrongPaths(store)).toEqual([])
})
