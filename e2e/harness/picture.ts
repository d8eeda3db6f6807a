import type { Run, Screen } from './screen.ts'

const CELL = { width: 9, height: 19 }
const PADDING = 14
const COLOURS = { paper: '#11161d', ink: '#d6dde6', dim: '#8b97a5' }
/** The eight colours of a terminal, as the wizard uses them. */
const PALETTE = ['#11161d', '#f2777a', '#8fd19e', '#f6c177', '#7aa2f7', '#c59cf0', '#7fd1d8', '#d6dde6']

/** The screen as an SVG picture: what a person sees, cell by cell, with the colours and styles it has. */
export function pictureOf(screen: Screen): string {
  const { cols, rows } = screen.size
  const width = cols * CELL.width + 2 * PADDING
  const height = rows * CELL.height + 2 * PADDING
  const body = Array.from({ length: rows }, (_, row) => drawRow(screen.runs(row), row)).join('')
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" font-family="'DejaVu Sans Mono','Cascadia Mono',Menlo,Consolas,monospace" font-size="15" xml:space="preserve"><rect width="100%" height="100%" rx="8" fill="${COLOURS.paper}"/>\n${body}</svg>\n`
}

function drawRow(runs: readonly Run[], row: number): string {
  const y = PADDING + row * CELL.height
  let column = 0
  let drawn = ''
  for (const run of runs) {
    const characters = [...run.text]
    const x = PADDING + column * CELL.width
    const width = characters.length * CELL.width
    const colour =
      run.foreground >= 0 ? (PALETTE[run.foreground % 8] ?? COLOURS.ink) : run.isDim ? COLOURS.dim : COLOURS.ink
    if (run.isInverse) drawn += `<rect x="${x}" y="${y}" width="${width}" height="${CELL.height}" fill="${colour}"/>`
    if (run.text.trim() !== '') {
      const weight = run.isBold ? ' font-weight="bold"' : ''
      const fill = run.isInverse ? COLOURS.paper : colour
      // textLength keeps the columns where they are, whatever font draws it.
      drawn += `<text x="${x}" y="${y + 14}" textLength="${width}" fill="${fill}"${weight}>${escapeXml(run.text)}</text>`
    }
    column += characters.length
  }
  return drawn === '' ? '' : `${drawn}\n`
}

function escapeXml(text: string): string {
  return text.replace(/[&<>]/g, (char) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;' })[char] ?? char)
}
