import { expect, test } from 'vitest'
import { createNixProgressReader } from './nix-progress.ts'

/** stderr of a real `nix-build --log-format internal-json` (Nix 2.8, two derivations and one that needs both), shortened to
 *  one of each group of equal lines; only the store's folder is another. */
const RECORDED = `
@nix {"action":"start","id":121727963103232,"level":6,"text":"querying info about missing paths","type":0}
@nix {"action":"stop","id":121727963103232}
@nix {"action":"msg","level":3,"msg":"these 3 derivations will be built:"}
@nix {"action":"msg","level":3,"msg":"  /nix/store/ff5gl3lsbwlvvf21kwynbpd3jw7mr0z3-one.drv"}
@nix {"action":"start","id":121727963103233,"level":0,"text":"","type":102}
@nix {"action":"start","id":121727963103234,"level":0,"text":"","type":104}
@nix {"action":"start","id":121727963103235,"level":0,"text":"","type":103}
@nix {"action":"result","fields":[0,1,0,0],"id":121727963103234,"type":105}
@nix {"action":"result","fields":[0,0,0,0],"id":121727963103235,"type":105}
@nix {"action":"result","fields":[101,0],"id":121727963103233,"type":106}
@nix {"action":"result","fields":[100,0],"id":121727963103233,"type":106}
@nix {"action":"result","fields":[0,3,0,0],"id":121727963103234,"type":105}
@nix {"action":"start","fields":["/nix/store/ff5gl3lsbwlvvf21kwynbpd3jw7mr0z3-one.drv","",1,1],"id":121727963103237,"level":3,"text":"building '/nix/store/ff5gl3lsbwlvvf21kwynbpd3jw7mr0z3-one.drv'","type":105}
@nix {"action":"result","fields":[0,3,1,0],"id":121727963103234,"type":105}
@nix {"action":"result","fields":["line from one"],"id":121727963103237,"type":101}
@nix {"action":"result","fields":[1,3,0,0],"id":121727963103234,"type":105}
@nix {"action":"stop","id":121727963103237}
@nix {"action":"result","fields":[2,3,0,0],"id":121727963103234,"type":105}
@nix {"action":"result","fields":[3,3,0,0],"id":121727963103234,"type":105}
@nix {"action":"stop","id":121727963103235}
@nix {"action":"stop","id":121727963103234}
@nix {"action":"stop","id":121727963103233}
`
  .trim()
  .split('\n')

function readAll(lines: readonly string[]) {
  const reader = createNixProgressReader()
  const log = lines.flatMap((line) => reader.read(line).log ?? [])
  return { reader, log, now: reader.current() }
}

test('tells a real build as log lines and progress', () => {
  const { log, now } = readAll(RECORDED)
  expect(log).toEqual([
    'these 3 derivations will be built:',
    '  /nix/store/ff5gl3lsbwlvvf21kwynbpd3jw7mr0z3-one.drv',
    "building '/nix/store/ff5gl3lsbwlvvf21kwynbpd3jw7mr0z3-one.drv'",
    'line from one',
  ])
  expect(now).toEqual({
    fraction: 1,
    paths: { done: 0, expected: 0 },
    builds: { done: 3, expected: 3 },
    bytes: { done: 0, expected: 0 },
  })
})

test('is a third of the way when one of three builds is done', () => {
  const { now } = readAll(RECORDED.slice(0, 16))
  expect(now.builds).toEqual({ done: 1, expected: 3 })
  expect(now.fraction).toBeCloseTo(1 / 3)
})

test('moves by bytes while paths are fetched', () => {
  const { reader, now } = readAll([
    '@nix {"action":"start","id":1,"level":0,"text":"","type":102}',
    '@nix {"action":"start","id":2,"level":0,"text":"","type":103}',
    '@nix {"action":"result","fields":[0,4,1,0],"id":2,"type":105}',
    '@nix {"action":"result","fields":[101,1000],"id":1,"type":106}',
    '@nix {"action":"start","fields":["https://cache/a.nar.xz"],"id":3,"level":4,"text":"downloading","type":101}',
    '@nix {"action":"result","fields":[200,600,0,0],"id":3,"type":105}',
  ])
  expect(now).toEqual({
    fraction: 0.2,
    paths: { done: 0, expected: 4 },
    builds: { done: 0, expected: 0 },
    bytes: { done: 200, expected: 1000 },
  })
  // A transfer that has ended stays counted.
  reader.read('@nix {"action":"result","fields":[600,600,0,0],"id":3,"type":105}')
  reader.read('@nix {"action":"stop","id":3}')
  expect(reader.current().bytes).toEqual({ done: 600, expected: 1000 })
})

test('keeps ids apart that are the same number to JavaScript', () => {
  const { now } = readAll([
    '@nix {"action":"start","id":9007199254740993,"level":0,"text":"","type":104}',
    '@nix {"action":"start","id":9007199254740992,"level":0,"text":"","type":103}',
    '@nix {"action":"result","fields":[1,2,0,0],"id":9007199254740993,"type":105}',
  ])
  expect(now.builds).toEqual({ done: 1, expected: 2 })
  expect(now.paths).toEqual({ done: 0, expected: 0 })
})

test('passes over what it does not know and what is broken', () => {
  const { log, now } = readAll([
    'evaluating, says somebody without the prefix',
    '@nix {"action":"start","id":1,"level":0,"text":"","type":113}',
    '@nix {"action":"result","id":1,"type":109,"fields":["/nix/store/x"]}',
    '@nix {"action":"dance"}',
    '@nix {"action":"result","id":1,"type":105,"fields":["many",null]}',
    '@nix {"action":"start","id":2,"lev',
    '@nix 7',
    '@nix {"action":"msg","level":5,"msg":"chatty"}',
    '@nix {"action":"msg","level":0,"msg":"\\u001b[31;1merror:\\u001b[0m no space left"}',
  ])
  expect(log).toEqual(['evaluating, says somebody without the prefix', 'error: no space left'])
  expect(now.fraction).toBe(0)
})
