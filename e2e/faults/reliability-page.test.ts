import { existsSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { etasOf, isGoodEta, reliabilityPage } from './reliability-page.ts'
import { isGreen, parseResults, RESULTS_FILE, type Result } from './results.ts'

const results = existsSync(RESULTS_FILE) ? parseResults(readFileSync(RESULTS_FILE, 'utf8')) : []

test('docs/reliability.md is what the results give now (npm run update-reliability)', () => {
  const page = readFileSync(new URL('../../docs/reliability.md', import.meta.url), 'utf8')
  expect(page).toBe(reliabilityPage(results))
})

test('no run of the results is red', () => {
  expect(results.filter((result) => !isGreen(result, results)).map(({ id }) => id)).toEqual([])
})

const etas = etasOf(results)

test.skipIf(etas.length < 10)(
  'after a quarter of the time what is left was known to 20 % in nine installs of ten (skipped below ten installs: of a few the share says nothing)',
  () => {
    expect(etas.filter(isGoodEta).length / etas.length).toBeGreaterThanOrEqual(0.9)
  },
)

test('a cut that leaves the disk of one before is as green as that, and is no point of its own', () => {
  const first: Result = { ...base, id: 'cut:ext4:3:none:0', group: 'cut' }
  const second: Result = { ...first, id: 'cut:ext4:4:none:0', sameAs: 'cut:ext4:3:none:0' }
  expect(isGreen(second, [first, second])).toBe(true)
  expect(isGreen(second, [{ ...first, ok: false }, second])).toBe(false)
  expect(isGreen(second, [second])).toBe(false)
  expect(reliabilityPage([first, second])).toContain('or lost its power | 1 |')
})

const base: Result = {
  ...{ id: 'record:ext4', group: 'record', ok: true, problems: [], seconds: 120, image: 'i', bundle: 'b' },
  at: '2026-11-23T10:00:00.000Z',
}

test('counts what was run, and no cuts at flushes that there are not', () => {
  const page = reliabilityPage([
    { ...base, flushes: 12, eta: [0.1], canaries: { places: 2, hits: 0 } },
    { ...base, id: 'cut:ext4:3:none:0', group: 'cut' },
    { ...base, id: 'kill:ext4:build:before', group: 'kill' },
    { ...base, id: 'cycles:100', group: 'cycles', cycles: 100 },
    {
      ...base,
      id: 'fault:mount-busy',
      group: 'fault',
      ok: false,
      problems: ['it ended with 0 and not with 4'],
      eta: [0.5],
    },
  ])
  const cells = (begin: string) =>
    page
      .split('\n')
      .find((line) => line.startsWith(`| ${begin}`))
      ?.split('|')
      .slice(2, -1)
      .map((cell) => cell.trim())
  // Three by their share, 13 flushes, 30 with a choice of what stays of which two are early enough, and those of ZFS.
  expect(cells('Power cut at a flush')).toEqual([String(3 + 13 + 2 + 120), '1', '1', '0', '2'])
  expect(cells('Points at which')).toEqual(['2'])
  expect(cells('Cycles of')).toEqual(['100'])
  expect(cells('Secrets found')).toEqual(['0'])
  expect(cells('Whole installs whose')).toEqual(['1 of 2'])
  expect(page).toContain('- `fault:mount-busy`: it ended with 0 and not with 4')
  expect(cells('Somebody is in a folder of the target')?.at(-1)).toBe('**red**')
})
