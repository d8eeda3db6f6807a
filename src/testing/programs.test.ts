import { readdirSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { programs } from '../system/programs.ts'

const ROOT = new URL('../../', import.meta.url)
const read = (path: string) => readFileSync(new URL(path, ROOT), 'utf8')

/** Where each program comes from: its package in nixpkgs (live image), and in Debian or `stand-in` (lab image). */
const sources = JSON.parse(read('iso/programs.json')) as Record<string, { nixpkgs: string; debian: string }>

/** In every Debian system, also the smallest: Essential or Priority: required. */
const IN_EVERY_DEBIAN = ['coreutils', 'mount']

test('iso/programs.json knows every program we call, and no other', () => {
  expect(Object.keys(sources).sort()).toEqual(Object.values(programs).toSorted())
})

test('the lab image has every program: from a package of its list, or as a stand-in', () => {
  const packages = read('e2e/lab/image/packages.txt').match(/^[a-z0-9][a-z0-9.+-]*$/gm) ?? []
  const commands = readdirSync(new URL('e2e/lab/image/rootfs/usr/local/bin/', ROOT))
  const missing = Object.entries(sources).filter(([program, { debian }]) =>
    debian === 'stand-in' ? !commands.includes(program) : ![...packages, ...IN_EVERY_DEBIAN].includes(debian),
  )
  expect(missing).toEqual([])
})

test('every stand-in on the lab image is one that we say is a stand-in', () => {
  const commands = readdirSync(new URL('e2e/lab/image/rootfs/usr/local/bin/', ROOT))
  const standIns = Object.keys(sources).filter((program) => sources[program]?.debian === 'stand-in')
  expect(commands.filter((name) => name !== 'keystone').sort()).toEqual(standIns.toSorted())
})

test('our code names programs only by programs.ts', () => {
  const files = readdirSync(new URL('src/', ROOT), { recursive: true, encoding: 'utf8' }).filter(
    (path) => /\.tsx?$/.test(path) && !/\.test\.tsx?$/.test(path) && !path.startsWith('testing/'),
  )
  const literal = files.filter((path) => /\.(run|query)\(\s*['"`]/.test(read(`src/${path}`)))
  expect(literal).toEqual([])
})
