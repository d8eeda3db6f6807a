import { expect, test } from 'vitest'
import { parseCpu } from './cpu.ts'

const thread = (id: number, core: number, flags: string) =>
  `processor\t: ${id}\nmodel name\t: AMD  EPYC 7302P 16-Core Processor  \nphysical id\t: 0\ncore id\t\t: ${core}\nflags\t\t: ${flags}\npower management:\n\n`

test('counts cores once and threads all', () => {
  const cpuinfo =
    thread(0, 0, 'fpu lm svm') + thread(1, 1, 'fpu lm svm') + thread(2, 0, 'fpu lm svm') + thread(3, 1, 'fpu lm svm')
  expect(parseCpu(cpuinfo, 'x86_64\n')).toEqual({
    model: 'AMD EPYC 7302P 16-Core Processor',
    cores: 2,
    threads: 4,
    architecture: 'x86_64',
    virtualisation: 'svm',
    isGuest: false,
  })
})

test('knows a guest, and does not take a longer flag for a shorter one', () => {
  expect(parseCpu(thread(0, 0, 'lm hypervisor vmx_ept'), null)).toMatchObject({
    isGuest: true,
    virtualisation: 'none',
    architecture: 'x86_64',
  })
  expect(parseCpu(thread(0, 0, 'lm vmx'), null)).toMatchObject({ isGuest: false, virtualisation: 'vmx' })
})

test('on ARM says what it can and leaves the rest unknown', () => {
  const cpuinfo = 'processor\t: 0\nCPU architecture: 8\n\nprocessor\t: 1\nCPU architecture: 8\n\nHardware\t: BCM2835\n'
  expect(parseCpu(cpuinfo, null)).toEqual({
    model: 'unknown',
    cores: 2,
    threads: 2,
    architecture: 'aarch64',
    virtualisation: 'unknown',
    isGuest: 'unknown',
  })
})

test('an empty text is an unknown CPU', () => {
  expect(parseCpu('', null)).toMatchObject({
    model: 'unknown',
    cores: 'unknown',
    threads: 'unknown',
    architecture: 'unknown',
  })
})
