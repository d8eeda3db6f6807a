import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { SEED, SEED_NOTE } from '../testing/hostile-values.ts'
import { createNixProgressReader } from './nix-progress.ts'

function failureOf(lines: readonly string[]) {
  const reader = createNixProgressReader()
  for (const line of lines) reader.read(line)
  return reader.failure()
}

const nix = (record: object) => `@nix ${JSON.stringify(record)}`
const start = (id: number, type: number, ...fields: unknown[]) => nix({ action: 'start', id, type, level: 3, fields })
const stop = (id: number) => nix({ action: 'stop', id })
const error = (position = {}) => nix({ action: 'msg', level: 0, msg: 'any words', ...position })
const NOTHING = { fetching: [], building: [], corruptedPath: null, untrustedPath: null, position: null }

test('a recorded failed build: the derivation that was being built', () => {
  const stream = readFileSync(new URL('../testing/nix-streams/failed-build.txt', import.meta.url), 'utf8').split('\n')
  expect(failureOf(stream)).toEqual({
    ...NOTHING,
    building: ['/tmp/nix/store/idayypzz1z6plb2iqwd3m5lk6h3h7qar-bad.drv'],
  })
})

test('a download that ends right before the error is told, one that ended well long before is not', () => {
  const url = 'https://cache.example/nar/1.nar.xz'
  expect(
    failureOf([start(1, 101, 'https://cache.example/good'), stop(1), start(2, 101, url), stop(2), error()]),
  ).toEqual({ ...NOTHING, fetching: [url] })
})

const progress = (id: number, done: number, expected: number) =>
  nix({ action: 'result', id, type: 105, fields: [done, expected, 0, 0] })

test('a recorded download with a wrong hash: the path had come whole, and nix refused it without a result of its own', () => {
  const stream = readFileSync(new URL('../../e2e/lab/stand-ins/streams/wrong-hash.txt', import.meta.url), 'utf8')
  const { refusedPath, corruptedPath } = failureOf(stream.split('\n'))
  expect(refusedPath).toBe('/tmp/nix/store/vdmn67apcnm57y1kzmzq0v7knb0ajnb3-two')
  expect(corruptedPath).toBeNull()
})

test.each([
  ['is not whole', [progress(3, 10, 20)]],
  ['said nothing of its size', []],
])('a download that %s was not refused: it was cut off', (_, said) => {
  const path = '/nix/store/a'
  const lines = [start(1, 108, path), start(2, 100, path, 'c', 'local'), start(3, 101, 'https://c/nar/1.nar'), ...said]
  expect(failureOf([...lines, stop(2), stop(3), stop(1), error()]).refusedPath).toBeUndefined()
})

test('what is small and whole before a path is begun (its narinfo) refuses nothing', () => {
  const narinfo = [start(3, 101, 'https://c/1.narinfo'), progress(3, 9, 9), stop(3)]
  expect(failureOf([start(1, 108, '/nix/store/a'), ...narinfo, stop(1), error()]).refusedPath).toBeUndefined()
})

test('the paths that nix refused are kept: corrupted by their content, untrusted for want of a signature', () => {
  const result = (type: number, path: string) => nix({ action: 'result', id: 1, type, fields: [path] })
  expect(failureOf([start(1, 108, '/nix/store/a', 'https://c'), result(103, '/nix/store/a'), error()])).toEqual({
    ...NOTHING,
    fetching: ['/nix/store/a'],
    corruptedPath: '/nix/store/a',
  })
  expect(failureOf([result(102, '/nix/store/b'), error()])).toEqual({ ...NOTHING, untrustedPath: '/nix/store/b' })
})

test('the place of an evaluation error', () => {
  expect(failureOf([error({ file: '/mnt/etc/nixos/flake.nix', line: 12, column: 7 }), error({ file: null })])).toEqual({
    ...NOTHING,
    position: { file: '/mnt/etc/nixos/flake.nix', line: 12, column: 7 },
  })
})

test('nix that was killed said no error: what it was at counts', () => {
  expect(failureOf([start(1, 105, '/nix/store/x.drv'), start(2, 100, '/nix/store/y', 'a', 'b')])).toEqual({
    ...NOTHING,
    fetching: ['/nix/store/y'],
    building: ['/nix/store/x.drv'],
  })
})

test(`any stream at all gives lists of a few names (${SEED_NOTE})`, () => {
  const line = fc.oneof(
    fc
      .record({
        action: fc.constantFrom('start', 'stop', 'result', 'msg'),
        id: fc.nat(5),
        type: fc.integer({ min: 98, max: 110 }),
        level: fc.nat(2),
        fields: fc.array(fc.oneof(fc.string(), fc.integer())),
      })
      .map(nix),
    fc.string(),
  )
  fc.assert(
    fc.property(fc.array(line, { maxLength: 60 }), (lines) => {
      const { fetching, building } = failureOf(lines)
      expect([...fetching, ...building].every((name) => name !== '')).toBe(true)
      expect(Math.max(fetching.length, building.length)).toBeLessThanOrEqual(10)
    }),
    { seed: SEED, numRuns: 300 },
  )
})
