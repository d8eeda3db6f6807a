/** Modules of a QR code, row by row with its quiet zone; true is dark. */
export type QrCode = readonly (readonly boolean[])[]

/** A piece of a line to draw in one style: dark letters on light paper, or dark paper. */
export type QrPiece = { readonly text: string; readonly isDarkPaper: boolean }

/** Two modules above each other in one character: `▀`, `▄`, `█` or a blank, dark on light. */
export function halfBlockLines(code: QrCode): readonly (readonly QrPiece[])[] {
  const size = code.length
  return Array.from({ length: Math.ceil(size / 2) }, (_, line) => {
    const upper = code[2 * line] ?? []
    const lower = code[2 * line + 1] ?? []
    const text = upper.map((isDark, column) => HALF_BLOCKS[`${isDark}${lower[column] ?? false}`] ?? ' ').join('')
    return [{ text, isDarkPaper: false }]
  })
}

const HALF_BLOCKS: Readonly<Record<string, string>> = { truetrue: '█', truefalse: '▀', falsetrue: '▄', falsefalse: ' ' }

/** For a terminal that has colours but no such characters: a module is two blanks, which are about square. */
export function blankLines(code: QrCode): readonly (readonly QrPiece[])[] {
  return code.map((row) => {
    const pieces: QrPiece[] = []
    for (const isDarkPaper of row) {
      const last = pieces.at(-1)
      if (last?.isDarkPaper === isDarkPaper) pieces[pieces.length - 1] = { text: `${last.text}  `, isDarkPaper }
      else pieces.push({ text: '  ', isDarkPaper })
    }
    return pieces
  })
}
