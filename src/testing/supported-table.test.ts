import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { BEGIN, END, supportedTables } from './supported-table.ts'

test('the tables of the README are those that the tests give now', () => {
  const readme = readFileSync(new URL('../../README.md', import.meta.url), 'utf8')
  const [, after = ''] = readme.split(`${BEGIN}\n`)
  expect(after.split(`\n${END}`)[0]).toBe(supportedTables())
})
