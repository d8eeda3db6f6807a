import { expect, test } from 'vitest'
import { makeQrCode } from './qr-code.ts'
import { blankLines, halfBlockLines } from './qr-lines.ts'

const MODULES = [
  [true, false, true],
  [true, true, false],
  [false, true, false],
]

test('two modules above each other become one character, also in a last half line', () => {
  expect(halfBlockLines(MODULES)).toEqual([
    [{ text: '█▄▀', isDarkPaper: false }],
    [{ text: ' ▀ ', isDarkPaper: false }],
  ])
})

test('with blanks alone, a module is two of them on dark or light paper', () => {
  expect(blankLines(MODULES)).toEqual([
    [
      { text: '  ', isDarkPaper: true },
      { text: '  ', isDarkPaper: false },
      { text: '  ', isDarkPaper: true },
    ],
    [
      { text: '    ', isDarkPaper: true },
      { text: '  ', isDarkPaper: false },
    ],
    [
      { text: '  ', isDarkPaper: false },
      { text: '  ', isDarkPaper: true },
      { text: '  ', isDarkPaper: false },
    ],
  ])
})

test('a recovery key in capitals is a code of 29 modules with four light ones around it', () => {
  const code = makeQrCode('CCCBCDCE-CFCGCHCI-CJCKCLCN-CRCTCUCV-BCBBBDBE-BFBGBHBI-BJBKBLBN-BRBTBUBV')
  expect([code.length, code[0]?.length]).toEqual([37, 37])
  const edge = [0, 1, 2, 3, 33, 34, 35, 36]
  for (const at of edge) {
    expect(code[at]?.some((isDark) => isDark)).toBe(false)
    expect(code.some((row) => row[at])).toBe(false)
  }
  // The finder pattern in the corner: dark ring, light ring, dark heart. Source: ISO/IEC 18004
  const corner = code.slice(4, 11).map((row) =>
    row
      .slice(4, 11)
      .map((isDark) => (isDark ? '#' : '.'))
      .join(''),
  )
  expect(corner).toEqual(['#######', '#.....#', '#.###.#', '#.###.#', '#.###.#', '#.....#', '#######'])
})
