import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { describeNixProgress } from './follow-nix.ts'
import { createNixProgressReader } from './nix-progress.ts'

function readAll(lines: readonly string[]) {
  const reader = createNixProgressReader()
  const log: string[] = []
  const told: [fraction: number, message: string][] = []
  for (const line of lines) {
    const { log: texts, isProgress } = reader.read(line)
    log.push(...texts)
    const now = reader.current()
    const message = describeNixProgress(now)
    if (isProgress && message !== told.at(-1)?.[1]) told.push([now.fraction, message])
  }
  return { reader, log, told, now: reader.current() }
}

const recorded = (name: string) =>
  readFileSync(new URL(`../testing/nix-streams/${name}.txt`, import.meta.url), 'utf8')
    .trim()
    .split('\n')

const NOTHING = { done: 0, expected: 0 }

test('tells a real fetch and build: indexes first, then paths by bytes, then the build', () => {
  const { log, told, now } = readAll(recorded('fetch-and-build'))
  expect(log).toEqual([
    "copying path '/tmp/nix/store/5hqry5gjz8w92r4kyk62zi6lkzynln1y-one' from 'http://127.0.0.1:44547'",
    "copying path '/tmp/nix/store/jh6b2nwikr7r484iwi38a8w60ylxj648-two' from 'http://127.0.0.1:44547'",
    "copying path '/tmp/nix/store/b2li145q7c8yzkhqfi8gml0syijp799f-three' from 'http://127.0.0.1:44547'",
    "building '/tmp/nix/store/sxclg86z3r8rf6agscfllpv9wsmcgrnp-four.drv'",
    'four> done',
  ])
  const rounded = told.map(([fraction, message]) => `${fraction.toFixed(2)} ${message}`)
  expect(rounded).toContain('0.00 46 B of 46 B fetched, 0 of 1 builds')
  expect(rounded).toContain('0.00 1 of 3 paths, 3.9 KiB of 3.9 KiB fetched, 0 of 2 builds')
  expect(rounded.at(-1)).toBe('0.40 3 of 3 paths, 6.1 KiB of 6.1 KiB fetched, 1 of 1 builds')
  expect(now).toMatchObject({ paths: { done: 3, expected: 3 }, builds: { done: 1, expected: 1 } })
})

test('tells the unpacked bytes of a path while it comes', () => {
  const lines = recorded('fetch-and-build')
  const half = lines.findIndex((line) => line.includes('[147456,300112,'))
  expect(readAll(lines.slice(0, half + 1)).now).toMatchObject({
    copied: { done: 147456, expected: 300496 },
    paths: { done: 1, expected: 3 },
  })
})

test('a real failed build is in the log, without colours, and nothing counts as done', () => {
  const { log, now } = readAll(recorded('failed-build'))
  expect(log).toEqual([
    "building '/tmp/nix/store/idayypzz1z6plb2iqwd3m5lk6h3h7qar-bad.drv'",
    'bad> this breaks',
    "error: builder for '/tmp/nix/store/idayypzz1z6plb2iqwd3m5lk6h3h7qar-bad.drv' failed with exit code 3",
    "error: 1 dependencies of derivation '/tmp/nix/store/ymgbyvm8lbi515nc109qn45asn1a67k6-needs-bad.drv' failed to build",
  ])
  expect(now).toEqual({ fraction: 0, paths: NOTHING, builds: NOTHING, fetched: NOTHING, copied: NOTHING })
})

const start = (id: number | string, type: number, more = '') =>
  `@nix {"action":"start","id":${id},"level":0,"text":"","type":${type}${more}}`
const progress = (id: number | string, ...fields: readonly number[]) =>
  `@nix {"action":"result","fields":[${fields.join()}],"id":${id},"type":105}`
const expected = (id: number | string, type: number, count: number) =>
  `@nix {"action":"result","fields":[${type},${count}],"id":${id},"type":106}`
const stop = (id: number | string) => `@nix {"action":"stop","id":${id}}`

const FORTY = [start(1, 102), start(2, 104), start(3, 103), progress(2, 0, 10, 0, 0), progress(3, 0, 30, 0, 0)]

test('goes by bytes while paths are copied, and keeps what has ended', () => {
  const half = [...FORTY, expected(1, 100, 1000), start(4, 100), progress(4, 500, 600, 0, 0)]
  expect(readAll(half).now).toMatchObject({ fraction: 0.375, copied: { done: 500, expected: 1000 } })
  expect(readAll([...half, stop(4)]).now).toMatchObject({ copied: { done: 500, expected: 1000 } })
  const all = [...half, stop(4), progress(3, 30, 30, 0, 0), stop(3)]
  // The last bytes of a path are never told; when all paths are here, so are they.
  expect(readAll(all).now).toMatchObject({ fraction: 0.75, copied: { done: 1000, expected: 1000 } })
})

test('a cache on a disk announces downloads that never come: the paths go on all the same', () => {
  const { now } = readAll([...FORTY, expected(1, 101, 5000), progress(3, 15, 30, 0, 0), expected(1, 100, 0)])
  expect(now).toMatchObject({ fraction: 0.375, fetched: { done: 0, expected: 5000 } })
})

test('what was fetched before the announcement is not part of it', () => {
  const inputs = [start(9, 101), progress(9, 700, 700, 0, 0), stop(9)]
  const { now } = readAll([...inputs, ...FORTY, expected(1, 101, 1000), start(4, 101), progress(4, 200, 400, 0, 0)])
  expect(now.fetched).toEqual({ done: 900, expected: 1700 })
})

test('never goes back: what is found later shares what is left of the bar', () => {
  const reader = createNixProgressReader()
  for (const line of [...FORTY, progress(2, 10, 10, 0, 0), progress(3, 10, 30, 0, 0), start(5, 105)]) reader.read(line)
  expect(reader.current().fraction).toBe(0.5)
  for (const line of [progress(3, 10, 70, 0, 0), stop(5)]) reader.read(line)
  expect(reader.current().fraction).toBe(0.5)
  for (const line of [progress(3, 40, 70, 0, 0), start(6, 105)]) reader.read(line)
  expect(reader.current().fraction).toBeCloseTo(0.75)
  for (const line of [progress(3, 70, 70, 0, 0), stop(6)]) reader.read(line)
  expect(reader.current().fraction).toBe(1)
})

test('one input that is fetched first does not pass for the whole', () => {
  const first = [start(1, 102), start(2, 103), progress(2, 1, 1, 0, 0), stop(2), stop(1)]
  expect(readAll(first).now.fraction).toBe(0.1)
})

test('says whose line it is when builds run side by side, and keeps the last state of a line that redraws itself', () => {
  const drv = (name: string) => `,"fields":["/nix/store/81b9drsqpqssdvm2dsq3j1siiifaj3pk-${name}.drv","",1,1]`
  const result = (id: number, type: number, text: string) =>
    `@nix {"action":"result","fields":[${JSON.stringify(text)}],"id":${id},"type":${type}}`
  const { log } = readAll([
    start(1, 105, drv('etc')),
    start(2, 105, drv('initrd')),
    result(2, 101, ' 10%\r 50%\r100%\r'),
    result(1, 104, 'buildPhase'),
    result(1, 101, '\u001b[32mok\u001b[0m\twell\u0000\u0007'),
    result(7, 101, 'of nobody known'),
    result(2, 107, 'after\nthe build'),
  ])
  expect(log).toEqual([
    'initrd> 100%',
    'etc: buildPhase',
    'etc> ok  well',
    'of nobody known',
    'initrd> after',
    'initrd> the build',
  ])
})

test('keeps ids apart that are the same number to JavaScript', () => {
  const [one, other] = ['9007199254740993', '9007199254740992']
  const { now } = readAll([start(one, 104), start(other, 103), progress(one, 1, 2, 0, 0)])
  expect(now).toMatchObject({ builds: { done: 1, expected: 2 }, paths: NOTHING })
})

test('passes over what it does not know and what is broken', () => {
  const { log, now } = readAll([
    'evaluating, says somebody without the prefix',
    '@nix {"action":"start","id":1,"level":0,"text":"","type":113}',
    '@nix {"action":"result","id":1,"type":109,"fields":["/nix/store/x"]}',
    '@nix {"action":"dance","id":1}',
    '@nix {"action":"result","id":1,"type":105,"fields":["many",null]}',
    '@nix {"action":"result","id":1,"type":105}',
    '@nix {"action":"start","id":2,"lev',
    '@nix 7',
    '@nix null',
    '@nix ',
    '@nix {"action":"stop"}',
    stop(99),
    progress(99, 5, 5, 0, 0),
    `@nix ${'['.repeat(500_000)}`,
    '@nix {"action":"msg","level":5,"msg":"chatty"}',
    '@nix {"action":"msg","level":0,"msg":"\\u001b[31;1merror:\\u001b[0m no space left\\n\\n  at here"}',
    '@nix {"action":"msg","level":0,"raw_msg":"only raw"}',
    '@nix{"action":"msg"}',
  ])
  expect(log).toEqual([
    'evaluating, says somebody without the prefix',
    'error: no space left',
    '  at here',
    'only raw',
    '@nix{"action":"msg"}',
  ])
  expect(now).toEqual({ fraction: 0, paths: NOTHING, builds: NOTHING, fetched: NOTHING, copied: NOTHING })
})

test('counts that cannot be are passed over', () => {
  const wrong = ['-5', '18446744073709551615', '1e999', '1.5', '"7"', 'null', '{}']
  for (const count of wrong) {
    const { now } = readAll([start(1, 104), `@nix {"action":"result","fields":[${count},${count}],"id":1,"type":105}`])
    const whole = count === '1.5' ? 1 : 0
    expect(now.builds, count).toEqual({ done: whole, expected: whole })
  }
})

test('an id that comes twice is two activities', () => {
  const { now } = readAll([
    start(1, 104),
    progress(1, 2, 3, 0, 0),
    start(1, 104),
    progress(1, 1, 4, 0, 0),
    stop(1),
    stop(1),
  ])
  expect(now.builds).toEqual({ done: 3, expected: 3 })
})

test('a line of a megabyte is cut for the log', () => {
  const { log } = readAll([
    'x'.repeat(2 ** 20),
    `@nix ${JSON.stringify({ action: 'msg', level: 1, msg: 'y'.repeat(2 ** 20) })}`,
  ])
  expect(log.map((line) => line.length)).toEqual([4002, 4002])
})
