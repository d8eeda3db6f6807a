import { spawnSync } from 'node:child_process'
import { expect, test } from 'vitest'
import { lastTraced } from './traced-command.ts'

/** What bash itself writes for a script that ends at a failure. */
const trace = (script: string) => spawnSync('bash', ['-c', `set -efux\n${script}`], { encoding: 'utf8' }).stderr

test('reads the step that failed from the trace of a real shell, and not what a trap does after it', () => {
  const script = `
    folder=$(mktemp -d)
    trap 'rm -rf "$folder"' EXIT
    device="/dev/disk/by-id/a disk"
    ls "$folder" >/dev/null
    cat "$device" --two 'it is' 2>/dev/null
    echo never`
  expect(lastTraced(trace(script))).toEqual(['cat', '/dev/disk/by-id/a disk', '--two', 'it is'])
})

test('passes over conditions, assignments and nested shells that only set something', () => {
  expect(lastTraced(trace('X=1 ls / >/dev/null\ny="a b"\n[[ -e / ]] && z=$(set +x; echo 1)\nfalse'))).toEqual([
    'ls',
    '/',
  ])
})

test.each([
  ['no trace at all', 'error: cannot open it\n'],
  ['nothing', ''],
  ['a plus sign of its own', '---\n+added\n'],
])('tells none for %s', (_, stderr) => {
  expect(lastTraced(stderr)).toEqual([])
})

test('reads a deeper level, as of a command inside $( )', () => {
  expect(lastTraced('+ zpool create rpool\n++ blkid -o value /dev/vdb1\n')).toEqual([
    'blkid',
    '-o',
    'value',
    '/dev/vdb1',
  ])
})
