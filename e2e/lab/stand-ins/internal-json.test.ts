import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { createNixProgressReader } from '../../../src/install/nix-progress.ts'

const RECORDED = ['fetch-and-build', 'failed-build', 'build'].flatMap((name) =>
  readFileSync(new URL(`../../../src/testing/nix-streams/${name}.txt`, import.meta.url), 'utf8')
    .trim()
    .split('\n'),
)

type LogRecord = { readonly action: string; readonly type?: number; readonly id?: number; readonly fields?: unknown[] }

const parse = (line: string) => JSON.parse(line.replace(/^@nix /, '')) as LogRecord

/** What kind of record it is, in the words of the protocol: `start 105 level 3, fields string string number number`. Two
 *  numbers say what is announced or whose progress it is, so they belong to the kind. */
function kindsOf(lines: readonly string[]): ReadonlySet<string> {
  const types = new Map<number, number>()
  return new Set(
    lines.map(parse).map((record) => {
      const { action, type = 0, id = 0, fields = [] } = record
      if (action === 'start') types.set(id, type)
      const of = action === 'result' ? ` of ${types.get(id)}` : ''
      const announced = action === 'result' && type === 106 ? ` ${fields[0]}` : ''
      // Newer versions of nix name the parent, 2.8 does not yet; msg of an error has its place in the source.
      const keys = Object.keys(record).filter((key) => !['parent', 'column', 'file', 'line'].includes(key))
      const level = 'level' in record ? ` level ${String(record.level)}` : ''
      return `${action} ${type}${of}${level}${announced}: ${keys.toSorted().join()} (${fields.map((field) => typeof field).join()})`
    }),
  )
}

async function standIn(code: string): Promise<readonly string[]> {
  const file = new URL('lib/internal-json.ts', import.meta.url).href
  const script = `import { printError, tellBuild } from '${file}'\n${code}`
  const { stderr } = await promisify(execFile)(process.execPath, ['--input-type=module-typescript', '-e', script])
  return stderr.trim().split('\n')
}

test('the stand-in tells only what a real nix tells, in records of the same kinds', async () => {
  const store = '/nix/store/81b9drsqpqssdvm2dsq3j1siiifaj3pk'
  const told = await standIn(
    `await tellBuild(['${store}-bash', '${store}-jq'], ['${store}-etc.drv'], 0); printError('no space left')`,
  )
  const real = kindsOf(RECORDED)
  const strange = [...kindsOf(told)].filter((kind) => !real.has(kind))
  expect(strange).toEqual([])
  const reader = createNixProgressReader()
  const log = told.flatMap((line) => reader.read(line).log)
  expect(log.slice(-4)).toEqual([
    `building '${store}-etc.drv'`,
    'etc: buildPhase',
    'etc> built etc.drv',
    'error: no space left',
  ])
  expect(reader.current()).toMatchObject({ paths: { done: 2, expected: 2 }, builds: { done: 1, expected: 1 } })
})
