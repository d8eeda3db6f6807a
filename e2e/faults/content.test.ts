import { expect, test } from 'vitest'
import { differencesOf, parseSums } from './content.ts'

const A = 'a'.repeat(64)
const B = 'b'.repeat(64)

test('reads the lines of sha256sum, also those of names with a backslash', () => {
  expect(parseSums(`${A}  usr/bin/ls\n\\${B}  usr/lib/dev-a\\\\x2db.swap\n`)).toEqual({
    'usr/bin/ls': A,
    'usr/lib/dev-a\\\\x2db.swap': B,
  })
})

test('tells what is missing, what is too much and what is other', () => {
  expect(differencesOf({ one: A, two: A }, { one: A, two: B, three: A })).toEqual([
    'two has other content than in the install that nobody cut off',
    'three is missing on the disk',
  ])
  expect(differencesOf({ one: A }, {})).toEqual(['one is on the disk, and was not in the install that nobody cut off'])
})
