import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { copySource, lockInputs } from './flake-source.ts'

let folder: string
let flake: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'flake-source-'))
  flake = join(folder, 'flake')
  mkdirSync(join(flake, 'hosts'), { recursive: true })
  writeFileSync(join(flake, 'flake.nix'), '{ }\n')
  writeFileSync(join(flake, 'hosts/primer.nix'), '{ }\n')
})
afterEach(() => rmSync(folder, { recursive: true }))

const git = (...args: string[]) => spawnSync('git', ['-C', flake, ...args], { encoding: 'utf8' }).stdout

test('copies what git knows, as it lies there now, and nothing else', () => {
  git('init', '--quiet')
  git('add', '--all')
  writeFileSync(join(flake, 'hosts/primer.nix'), '{ changed = 1; }\n')
  writeFileSync(join(flake, 'hosts/untracked.nix'), '{ }\n')
  const path = copySource(flake, folder)
  expect(path).toMatch(/^\/nix\/store\/[0-9a-z]{32}-source$/)
  expect(readFileSync(join(folder, path, 'hosts/primer.nix'), 'utf8')).toBe('{ changed = 1; }\n')
  expect(existsSync(join(folder, path, 'hosts/untracked.nix'))).toBe(false)
  expect(existsSync(join(folder, path, '.git'))).toBe(false)
})

test('a folder without git and a flake that was not added are refused', () => {
  expect(() => copySource(flake, folder)).toThrow('is not a Git repository')
  git('init', '--quiet')
  expect(() => copySource(flake, folder)).toThrow("flake.nix' does not exist or is not tracked by Git")
})

test('a missing lock file is written and made known to git, unless that was ruled out', () => {
  git('init', '--quiet')
  expect(() => lockInputs(flake, false)).toThrow('requires lock file changes')
  lockInputs(flake, true)
  expect(JSON.parse(readFileSync(join(flake, 'flake.lock'), 'utf8'))).toMatchObject({ version: 7 })
  expect(git('ls-files')).toContain('flake.lock')
  writeFileSync(join(flake, 'flake.lock'), 'as it was')
  lockInputs(flake, false)
  expect(readFileSync(join(flake, 'flake.lock'), 'utf8')).toBe('as it was')
})
