import { expect, test } from 'vitest'
import { hardware } from '../testing/machine.ts'
import { checkMachine } from './check-machine.ts'
import { IMAGINED, imagineFree } from './imagine-free.ts'

const sentences = (name: string) =>
  imagineFree(hardware(name))
    .problems.filter(({ code }) => code.startsWith(IMAGINED))
    .map(({ message }) => message)

test('a machine with a free disk needs no pretence, and keeps its busy disks busy', () => {
  for (const name of ['one-nvme-uefi', 'lab']) {
    expect(sentences(name)).toEqual([])
    expect(imagineFree(hardware(name)).disks).toEqual(hardware(name).disks)
  }
})

test('says each thing that the dry run imagines away', () => {
  const found = sentences('bios-no-tpm')
  expect(found).toContain('the machine was started in BIOS mode; the dry run goes on as if by UEFI')
  expect(found.every((sentence) => sentence.includes('; the dry run goes on as if'))).toBe(true)
})

test('an imagined machine is fit, whatever the real one is', () => {
  expect(checkMachine(hardware('bios-no-tpm')).length).toBeGreaterThan(0)
  expect(checkMachine(imagineFree(hardware('bios-no-tpm')))).toEqual([])
})
