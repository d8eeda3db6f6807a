import { expect, test } from 'vitest'
import type { ProgressBytes } from '../model/event.ts'
import { describeNixProgress, followNix } from './follow-nix.ts'

const MB = 1_000_000

/** A copy of 2 GB at 10 MB a second, ten records a second; what is told while it runs for so long. */
function copyFor(seconds: number) {
  let clock = 0
  const told: { atMs: number; message: string; leftMs: number | null; bytes: ProgressBytes }[] = []
  const nix = followNix({
    now: () => new Date(clock),
    log: () => {},
    progress: (_, message, leftMs, bytes) => told.push({ atMs: clock, message, leftMs, bytes }),
  })
  nix.read('@nix {"action":"start","id":1,"level":0,"text":"","type":102}')
  nix.read('@nix {"action":"start","id":2,"level":0,"text":"","type":100}')
  nix.read(`@nix {"action":"result","fields":[100,${2000 * MB}],"id":1,"type":106}`)
  for (clock = 100; clock <= seconds * 1000; clock += 100) {
    nix.read(`@nix {"action":"result","fields":[${clock * 10_000},${2000 * MB},0,0],"id":2,"type":105}`)
  }
  nix.end()
  return told
}

test('says what is left once the speed is steady, and not more often than anybody can read', () => {
  const told = copyFor(30)
  expect(told.find(({ leftMs }) => leftMs !== null)?.atMs).toBe(10_000)
  const last = told.at(-1)
  expect([last?.message, Math.round((last?.leftMs ?? 0) / 1000)]).toEqual(['286.1 MiB of 1.9 GiB copied', 170])
  expect(last?.bytes).toEqual({ done: 300 * MB, total: 2000 * MB, perSecond: 10 * MB })
  expect(told.length).toBeLessThan(30 * 5 + 2)
})

test('keeps the last twenty lines that were meant for people', () => {
  const logged: string[] = []
  const nix = followNix({ now: () => new Date(0), log: (line) => logged.push(line), progress: () => {} })
  for (let line = 1; line <= 25; line++) nix.read(`line ${line}`)
  expect(logged).toHaveLength(25)
  expect([nix.lastLines().length, nix.lastLines()[0], nix.lastLines().at(-1)]).toEqual([20, 'line 6', 'line 25'])
})

test('describes what there is and leaves out what there is not', () => {
  const none = { done: 0, expected: 0 }
  const nothing = { fraction: 0, paths: none, builds: none, fetched: none, copied: none }
  expect(describeNixProgress(nothing)).toBe('')
  const fetching = { paths: { done: 12, expected: 340 }, fetched: { done: 45 * 2 ** 20, expected: 1.2 * 2 ** 30 } }
  const all = { ...nothing, ...fetching, builds: { done: 3, expected: 20 }, copied: { done: 1, expected: 5 * 2 ** 30 } }
  expect(describeNixProgress(all)).toBe('12 of 340 paths, 45 MiB of 1.2 GiB fetched, 3 of 20 builds')
  expect(describeNixProgress({ ...all, fetched: none })).toContain('1 B of 5 GiB copied')
})
