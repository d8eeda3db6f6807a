import { expect, test } from 'vitest'
import { fakeSystem } from '../testing/fake-system.ts'
import { parseSecureBoot, readFirmware } from './firmware.ts'

/** An efivarfs file: attributes (boot service and runtime access), then the value. */
const variable = (...value: number[]) => Uint8Array.of(6, 0, 0, 0, ...value)

test('reads the state of Secure Boot from both variables', () => {
  expect(parseSecureBoot(variable(1), variable(0))).toBe('enabled')
  expect(parseSecureBoot(variable(0), variable(0))).toBe('disabled')
  expect(parseSecureBoot(variable(0), variable(1))).toBe('setup-mode')
  expect(parseSecureBoot(variable(0), null)).toBe('disabled')
  expect(parseSecureBoot(null, null)).toBe('unsupported')
})

test('does not take the attributes for the value, nor an odd value for one', () => {
  expect(parseSecureBoot(Uint8Array.of(1, 0, 0, 0, 0), null)).toBe('disabled')
  for (const bytes of [variable(), variable(2), variable(1, 0), Uint8Array.of()]) {
    expect(parseSecureBoot(bytes, null)).toBe('unknown')
  }
})

test('without /sys/firmware/efi the machine was started by BIOS', async () => {
  const system = fakeSystem({ directories: ['/sys/firmware/acpi'] })
  expect(await readFirmware(system)).toEqual({ value: { firmware: 'bios', secureBoot: 'unsupported' }, problems: [] })
})

test('UEFI without mounted variables: Secure Boot is unknown, and a problem says why', async () => {
  const { value, problems } = await readFirmware(fakeSystem({ directories: ['/sys/firmware/efi/efivars'] }))
  expect(value).toEqual({ firmware: 'uefi', secureBoot: 'unknown' })
  expect(problems.map((problem) => problem.code)).toEqual(['cannot-read-secure-boot'])
})

test('without sysfs nothing is guessed', async () => {
  const { value, problems } = await readFirmware(fakeSystem())
  expect(value).toEqual({ firmware: 'unknown', secureBoot: 'unknown' })
  expect(problems.map((problem) => problem.code)).toEqual(['cannot-read-firmware'])
})
