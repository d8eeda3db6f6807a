import { existsSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { detectHardware } from '../hardware/detect.ts'
import { machineNames, machineSystem } from './machine.ts'
import { factsOf } from './machine-facts.ts'
import { type Expected, MACHINE_KINDS, readExpected } from './machine-kinds.ts'
import { machineTable } from './machine-table.ts'

// A new folder below testing/machines is a new test: record it, write its expected.json and its origin.txt.
test.each(machineNames())('shows on the recorded machine %s what a person should see', async (name) => {
  const { about, kinds, ...facts }: Expected = readExpected(name)
  expect(factsOf(await detectHardware(machineSystem(name)))).toEqual(facts)
  expect(about).toMatch(/^[^\n]{10,100}$/)
  expect(kinds.filter((kind) => !(MACHINE_KINDS as readonly string[]).includes(kind))).toEqual([])
})

test.each(machineNames())('%s says how its recording was made', (name) => {
  const file = new URL(`machines/${name}/origin.txt`, import.meta.url)
  expect(existsSync(file) && readFileSync(file, 'utf8')).toMatch(/^(Recorded|Written by hand|Generated) [^\n]+\n/)
})

test('there is a machine of every kind', () => {
  const covered = new Set(machineNames().flatMap((name) => readExpected(name).kinds))
  expect(MACHINE_KINDS.filter((kind) => !covered.has(kind))).toEqual([])
  expect(machineNames().length).toBeGreaterThanOrEqual(25)
})

test('tells for the README what of each machine can be installed on', () => {
  const rows = machineTable()
  expect(rows.map((row) => row.name)).toEqual(machineNames())
  expect(rows.find((row) => row.name === 'lab')).toEqual({
    name: 'lab',
    about: 'VM of the tests: QEMU with UEFI, TPM 2.0, two free disks',
    offered: 2,
    refused: 2,
    fits: true,
    reason: null,
  })
  expect(rows.find((row) => row.name === 'odd')).toMatchObject({ offered: 0, fits: false })
  expect(rows.find((row) => row.name === 'odd')?.reason).toContain('x86_64')
})
