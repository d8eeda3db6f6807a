import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, expect, test } from 'vitest'
import { fateAtCut, sameDiskSince } from './nbd-cut.ts'
import { type LoggedWrite, readNbdLog } from './nbd-log.ts'
import { NbdStore } from './nbd-store.ts'

const folder = mkdtempSync(join(tmpdir(), 'keystone-nbd-'))
afterAll(() => rmSync(folder, { recursive: true }))
let files = 0
const newFile = () => join(folder, `log-${files++}`)

const DISK_BYTES = 32_768
const SECTOR = 512

type Step =
  | { do: 'write'; at: number; sectors: number; fill: number; isDurable: boolean }
  | { do: 'zeros'; at: number; sectors: number }
  | { do: 'flush' }
  | { do: 'loss'; keep: 'none' | 'random'; seed: number }

const at = fc.nat(DISK_BYTES / SECTOR - 1)
const sectors = fc.integer({ min: 1, max: 20 })
const write = fc.record({
  do: fc.constant('write' as const),
  at,
  sectors,
  fill: fc.integer({ min: 1, max: 255 }),
  isDurable: fc.integer({ min: 0, max: 9 }).map((digit) => digit === 0),
})
const zeros = fc.record({ do: fc.constant('zeros' as const), at, sectors })
const flush = fc.constant({ do: 'flush' as const })
const keep = fc.constantFrom('none' as const, 'random' as const)
const loss = fc.record({ do: fc.constant('loss' as const), keep, seed: fc.nat() })
const steps = fc.array(
  fc.oneof({ weight: 6, arbitrary: write }, { weight: 1, arbitrary: zeros }, { weight: 2, arbitrary: flush }),
  { maxLength: 40 },
)
const stepsWithLosses = fc.array(
  fc.oneof({ weight: 6, arbitrary: write }, { weight: 2, arbitrary: flush }, { weight: 1, arbitrary: loss }),
  { maxLength: 40 },
)

const bytesOf = (step: Extract<Step, { at: number }>) => {
  const offset = step.at * SECTOR
  return { offset, length: Math.min(step.sectors * SECTOR, DISK_BYTES - offset) }
}

function play(store: NbdStore, list: readonly Step[]): void {
  for (const step of list) {
    if (step.do === 'flush') store.flush()
    else if (step.do === 'loss') store.powerLoss(step.keep, step.seed)
    else {
      const { offset, length } = bytesOf(step)
      if (step.do === 'zeros') store.zeros(offset, length)
      else store.write(offset, Buffer.alloc(length, step.fill), step.isDurable)
    }
  }
}

test('a disk reads what was written last, wherever requests begin and end', () => {
  fc.assert(
    fc.property(steps, fc.nat(DISK_BYTES - 1), fc.integer({ min: 1, max: DISK_BYTES }), (list, from, count) => {
      const store = new NbdStore(newFile(), DISK_BYTES)
      const model = Buffer.alloc(DISK_BYTES)
      for (const step of list) {
        if (step.do === 'flush') continue
        const { offset, length } = bytesOf(step)
        model.fill(step.do === 'write' ? step.fill : 0, offset, offset + length)
      }
      play(store, list)
      const length = Math.min(count, DISK_BYTES - from)
      expect(store.read(from, length).equals(model.subarray(from, from + length))).toBe(true)
      store.close()
    }),
    { numRuns: 100 },
  )
})

test('at every cut all that was flushed is there, and each sector holds what was once written to it', async () => {
  await fc.assert(
    fc.asyncProperty(steps, keep, fc.nat(), fc.nat(), async (list, kept, seed, place) => {
      const file = newFile()
      const recorded = new NbdStore(file, DISK_BYTES)
      play(recorded, list)
      recorded.close()
      const log = await readNbdLog(file)
      const flushAt = 1 + (place % (log.flushes.length + 1))
      const cut = new NbdStore(newFile(), DISK_BYTES, { log, cut: { flush: flushAt, keep: kept, seed } })
      const found = cut.read(0, DISK_BYTES)
      cut.close()

      // What may be in each sector: its content at the last flush before, or anything written to it since.
      const may = Array.from({ length: DISK_BYTES / SECTOR }, () => new Set([0]))
      let flushes = 0
      for (const step of list) {
        if (step.do === 'flush') {
          flushes += 1
          if (flushes === flushAt) break
          continue
        }
        const { offset, length } = bytesOf(step)
        const value = step.do === 'write' ? step.fill : 0
        // Flushed later, but before the cut: what was there is gone.
        const isFlushed = flushes + 1 < flushAt
        for (let sector = offset / SECTOR; sector < (offset + length) / SECTOR; sector += 1) {
          const isSure = isFlushed || (step.do === 'write' && step.isDurable)
          if (isSure) may[sector] = new Set([value])
          else if (kept === 'random') may[sector]?.add(value)
        }
      }
      for (const [sector, values] of may.entries()) {
        const bytes = found.subarray(sector * SECTOR, (sector + 1) * SECTOR)
        expect(new Set(bytes).size).toBe(1)
        expect([...values]).toContain(bytes[0])
      }
    }),
    { numRuns: 150 },
  )
})

test('a disk after power losses is what a cut of its log gives, and an overlay leaves that log as it is', async () => {
  await fc.assert(
    fc.asyncProperty(stepsWithLosses, async (list) => {
      const file = newFile()
      const store = new NbdStore(file, DISK_BYTES)
      play(store, [...list, { do: 'flush' }])
      const now = store.read(0, DISK_BYTES)
      store.close()
      const log = await readNbdLog(file)
      expect(log).toEqual(JSON.parse(JSON.stringify({ ...store.log })))
      const end = { flush: log.flushes.length + 1, keep: 'none' as const, seed: 0 }
      const overlay = new NbdStore(newFile(), DISK_BYTES, { log, cut: end })
      expect(overlay.read(0, DISK_BYTES).equals(now)).toBe(true)
      overlay.zeros(0, DISK_BYTES)
      overlay.write(SECTOR, Buffer.alloc(10, 7))
      expect(overlay.read(0, DISK_BYTES).findIndex((byte) => byte !== 0)).toBe(SECTOR)
      overlay.close()
      const again = new NbdStore(newFile(), DISK_BYTES, { log, cut: end })
      expect(again.read(0, DISK_BYTES).equals(now)).toBe(true)
      again.close()
    }),
    { numRuns: 60 },
  )
})

test('two cuts between which nothing was written leave the same disk, and are known as one', async () => {
  await fc.assert(
    fc.asyncProperty(steps, fc.nat(), async (list, place) => {
      const file = newFile()
      const recorded = new NbdStore(file, DISK_BYTES)
      play(recorded, list)
      recorded.close()
      const log = await readNbdLog(file)
      const flushAt = 1 + (place % (log.flushes.length + 1))
      const diskAt = (at: number) => {
        const store = new NbdStore(newFile(), DISK_BYTES, { log, cut: { flush: at, keep: 'none', seed: 0 } })
        const bytes = store.read(0, DISK_BYTES)
        store.close()
        return bytes
      }
      expect(diskAt(sameDiskSince(log, flushAt)).equals(diskAt(flushAt))).toBe(true)
    }),
    { numRuns: 60 },
  )
})

test('a cut behind a flush that had something to write is no repetition, and behind one that had not it is', async () => {
  const file = newFile()
  const recorded = new NbdStore(file, DISK_BYTES)
  const sector = { do: 'write', at: 1, sectors: 1, isDurable: false } as const
  play(recorded, [{ ...sector, fill: 1 }, { do: 'flush' }, { do: 'flush' }, { ...sector, fill: 2 }, { do: 'flush' }])
  recorded.close()
  const log = await readNbdLog(file)
  expect([1, 2, 3, 4].map((at) => sameDiskSince(log, at))).toEqual([1, 2, 2, 4])
})

const writeOf = (offset: number, length: number): LoggedWrite => ({ offset, length, dataAt: 0, isDurable: false })

test('the seed alone decides what is kept, and the last of it may be torn at a sector', () => {
  const writes = Array.from({ length: 200 }, (_, index) => writeOf(index * 4096, 4096))
  const log = { writes, flushes: [{ index: 1, atMs: 0, writesBefore: 100 }], losses: [] }
  const fate = fateAtCut(log, { flush: 2, keep: 'random', seed: 7 })
  expect(fate).toEqual(fateAtCut(log, { flush: 2, keep: 'random', seed: 7 }))
  expect([...fate.lost].every((number) => number >= 100)).toBe(true)
  expect(fate.lost.size).toBeGreaterThan(30)
  expect(fate.lost.size).toBeLessThan(70)
  expect(fate.torn.size).toBe(1)
  for (const [number, bytes] of fate.torn) {
    expect(fate.lost.has(number)).toBe(false)
    expect([512, 1024, 1536, 2048, 2560, 3072, 3584]).toContain(bytes)
  }
  expect(fateAtCut(log, { flush: 2, keep: 'random', seed: 8 }).lost).not.toEqual(fate.lost)
  expect(fateAtCut(log, { flush: 1, keep: 'none', seed: 7 })).toEqual({
    end: 100,
    lost: new Set(Array.from({ length: 100 }, (_, index) => index)),
    torn: new Map(),
  })
  expect(() => fateAtCut(log, { flush: 3, keep: 'none', seed: 0 })).toThrow('there is no flush 3 to cut at')
})
