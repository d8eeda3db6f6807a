import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createLineSplitter } from '../system/lines.ts'
import { followNix } from './follow-nix.ts'
import { createNixProgressReader } from './nix-progress.ts'

// What a stream may be made of: sound records with small ids, so that they meet; odd numbers; broken and foreign lines.
const id = fc.constantFrom(0, 1, 2, 3, 121727963103232, '9007199254740993', -1, null, [], '')
const type = fc.constantFrom(100, 101, 102, 103, 104, 105, 106, 107, 108, 112, 999, -1, 1.5, '104', null)
const count = fc.oneof(
  fc.integer({ min: 0, max: 1000 }),
  fc.constantFrom(-1, 1e15, 1e300, 2 ** 53, Number.MAX_VALUE, 0.1, '5', null, {}, []),
)
const text = fc.oneof(fc.string(), fc.string({ unit: 'binary' }), fc.constantFrom('\u001b[31mx', 'a\rb', '\0', '\n\n'))
const field = fc.oneof(count, text)
const fields = fc.oneof(fc.array(field, { maxLength: 5 }), fc.tuple(count, count, count, count), text)
const record = fc.record(
  {
    action: fc.constantFrom('start', 'stop', 'result', 'result', 'msg', 'dance', 7),
    id,
    type,
    level: fc.constantFrom(0, 3, 7, 'x', null),
    text,
    msg: text,
    raw_msg: text,
    fields,
  },
  { requiredKeys: ['action'] },
)
const recordLine = record.map((value) => `@nix ${JSON.stringify(value)}`)
const line = fc.oneof(
  { weight: 8, arbitrary: recordLine },
  { weight: 1, arbitrary: fc.tuple(recordLine, fc.nat(200)).map(([whole, at]) => whole.slice(0, at)) },
  { weight: 1, arbitrary: fc.json().map((json) => `@nix ${json}`) },
  { weight: 1, arbitrary: text },
)

/** Reads the lines, and says of each state what must hold whatever came. */
function readChecked(lines: readonly string[]): void {
  const reader = createNixProgressReader()
  let before = 0
  for (const each of lines) {
    const { log } = reader.read(each)
    for (const said of log) expect(said).not.toMatch(/\p{Cc}/u)
    const { fraction, ...amounts } = reader.current()
    expect(fraction).toBeGreaterThanOrEqual(before)
    expect(fraction).toBeLessThanOrEqual(1)
    for (const { done, expected } of Object.values(amounts)) {
      expect(Number.isSafeInteger(done) && done >= 0 && done <= expected).toBe(true)
      expect(Number.isSafeInteger(expected)).toBe(true)
    }
    before = fraction
  }
}

test('whatever records come in whatever order, the fraction stays between 0 and 1 and never goes back', () => {
  fc.assert(fc.property(fc.array(line, { maxLength: 60 }), readChecked), { numRuns: 400 })
})

test('any bytes, cut anywhere, are read without an error', () => {
  const bytes = fc.oneof(
    fc.uint8Array({ maxLength: 300 }),
    fc.array(line, { maxLength: 8 }).map((lines) => Buffer.from(lines.join('\n'))),
  )
  fc.assert(
    fc.property(fc.array(bytes, { maxLength: 6 }), (chunks) => {
      const lines: string[] = []
      const splitter = createLineSplitter((each) => lines.push(each))
      for (const chunk of chunks) splitter.push(chunk)
      splitter.end()
      readChecked(lines)
    }),
    { numRuns: 200 },
  )
})

test('what is told of any stream is fit for a screen, whatever the clock does', () => {
  const told = fc.array(fc.tuple(line, fc.integer({ min: -1000, max: 60_000 })), { maxLength: 60 })
  fc.assert(
    fc.property(told, (steps) => {
      let clock = 0
      const nix = followNix({
        now: () => new Date(clock),
        log: () => {},
        progress(_, message, timeLeftMs) {
          expect(message).not.toMatch(/NaN|Infinity|undefined|-\d/)
          expect(timeLeftMs === null || (Number.isFinite(timeLeftMs) && timeLeftMs >= 0)).toBe(true)
        },
      })
      for (const [each, ms] of steps) {
        clock += ms
        nix.read(each)
      }
      nix.end()
      expect(nix.lastLines().length).toBeLessThanOrEqual(20)
    }),
    { numRuns: 200 },
  )
})
