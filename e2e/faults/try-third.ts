import { afterAll, beforeAll, expect, test } from 'vitest'
import { closeLab, type Lab, openLab } from '../install/disk-machine.ts'
import { type Group, THIRD } from './points.ts'
import { tryPoint } from './try-point.ts'

/** The chosen third of some groups as tests of one file: one machine after the other, in the lane that the file has. */
export function tryThird(groups: readonly Group[]): void {
  let lab: Lab
  let seconds = 0
  beforeAll(async () => {
    lab = await openLab()
  })
  afterAll(async () => {
    await closeLab(lab)
    console.log(`${groups.join(', ')}: ${seconds} s of a machine`)
  })
  test.each(THIRD.filter(({ group }) => groups.includes(group)))('$id', async (point) => {
    const { result } = await tryPoint(lab, point, (text) => console.log(`${point.id}: ${text}`))
    seconds += result.seconds
    expect(result.problems).toEqual([])
  })
}
