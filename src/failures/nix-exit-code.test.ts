import { expect, test } from 'vitest'
import { nixEnded } from './nix-exit-code.ts'

test.each([
  [100, ['buildFailed']],
  [101, ['timedOut', 'buildFailed']],
  [102, ['hashMismatch', 'buildFailed']],
  [104, ['notDeterministic']],
  [110, ['hashMismatch', 'buildFailed', 'notDeterministic']],
  [1, []],
  [2, []],
  [137, []],
  [null, []],
] as const)('exit code %s says %j', (exitCode, expected) => {
  const all = ['timedOut', 'hashMismatch', 'buildFailed', 'notDeterministic'] as const
  expect(all.filter((how) => nixEnded(exitCode, how))).toEqual(expected)
})
