import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { sizeOf, takeSlip } from './emulator-slip.ts'

// Recorded from a cold boot under QEMU 7.2.22.
const SLIP = `BdsDxe: starting Boot0001 "UEFI Misc Device" from PciRoot(0x0)/Pci(0x6,0x0)
[    1.627765] Oops: int3: 0000 [#1] PREEMPT SMP NOPTI
[    1.628512] RIP: 0010:sched_clock_cpu+0x9/0x1d0
[    1.631284] Kernel panic - not syncing: Fatal exception in interrupt
`
const PANIC = '[    9.1] Oops: Oops: 0002 [#1] PREEMPT SMP\n[    9.2] Kernel panic - not syncing: Fatal exception\n'
const EARLIER = 'the boot before\n'
let folder = ''

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'keystone-slip-'))
})
afterEach(() => rm(folder, { recursive: true, force: true }))

async function take(log: string, start: number) {
  const [serial, slips] = [join(folder, 'serial.log'), join(folder, 'slips.log')]
  await writeFile(serial, log)
  const taken = await takeSlip(serial, start, slips)
  return { taken, serial: await readFile(serial, 'utf8'), slips: await readFile(slips, 'utf8').catch(() => null) }
}

test('the spoilt boot leaves the log, the boots before it stay', async () => {
  expect(await take(EARLIER + SLIP, EARLIER.length)).toEqual({ taken: true, serial: EARLIER, slips: SLIP })
})

test("the guest's own panic stays in the log, and so does a slip of an earlier boot", async () => {
  expect(await take(EARLIER + PANIC, EARLIER.length)).toEqual({ taken: false, serial: EARLIER + PANIC, slips: null })
  expect(await take(SLIP + PANIC, SLIP.length)).toEqual({ taken: false, serial: SLIP + PANIC, slips: null })
})

test('a log that does not exist yet begins at 0', async () => {
  expect(await sizeOf(join(folder, 'none'))).toBe(0)
})
