import { expect, test } from 'vitest'
import { parseBootCatalogue } from './boot-catalogue.ts'

/** Rows of 32 bytes, each given by its first bytes in hex. */
function catalogue(...rows: readonly string[]): Uint8Array {
  const bytes = new Uint8Array(2048)
  for (const [row, hex] of rows.entries()) bytes.set(Buffer.from(hex.replaceAll(' ', ''), 'hex'), row * 32)
  return bytes
}
const VALIDATION = `0100 0000 ${'00'.repeat(24)} aa55 55aa`

test('a BIOS entry first, then a section for UEFI, as the live image has them', () => {
  const found = parseBootCatalogue(
    catalogue(VALIDATION, '8800 0000 0000 0400 45000000', '91ef 0100', '8800 0000 0000 8000 25000000'),
  )
  expect(found).toEqual([
    { platform: 0, isBootable: true, emulation: 0, startBytes: 0x45 * 2048, sizeBytes: 2048 },
    { platform: 0xef, isBootable: true, emulation: 0, startBytes: 0x25 * 2048, sizeBytes: 65536 },
  ])
})

test('several sections, an entry with an extension, one that is not bootable', () => {
  const found = parseBootCatalogue(
    catalogue(VALIDATION, '88', '9000 0200', '8800', '4400', '0000', '91ef 0100', '8800', '91ef 0100', '8800'),
  )
  expect(found.map(({ platform, isBootable }) => [platform, isBootable])).toEqual([
    [0, true],
    [0, true],
    [0, false],
    [0xef, true],
  ])
})

test('what is no catalogue has no entries', () => {
  expect(parseBootCatalogue(new Uint8Array(2048))).toEqual([])
  expect(parseBootCatalogue(new Uint8Array(0))).toEqual([])
  expect(parseBootCatalogue(new Uint8Array(2048).fill(0xff))).toEqual([])
})
