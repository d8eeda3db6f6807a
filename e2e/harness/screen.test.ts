import { expect, test } from 'vitest'
import { Screen } from './screen.ts'

test('shows text where the escape sequences put it', async () => {
  const screen = new Screen({ cols: 20, rows: 3 })
  await screen.write('one\r\n\x1b[3;5Hthree é漢')
  expect(screen.rows()).toEqual(['one', '', '    three é漢'])
  expect(screen.cursor).toEqual({ col: 13, row: 2 })
})

test('keeps rows apart, so that no text matches across them', async () => {
  const screen = new Screen({ cols: 5, rows: 2 })
  await screen.write('abcdefgh')
  expect(screen.text()).toBe('abcde\nfgh')
})

test('answers a query for the cursor position', async () => {
  const replies: string[] = []
  const screen = new Screen({ cols: 100, rows: 30, onReply: (data) => replies.push(data) })
  await screen.write('\x1b[999;999H\x1b[6n')
  expect(replies).toEqual(['\x1b[30;100R'])
})

test('tells what is drawn inverse', async () => {
  const screen = new Screen({ cols: 30, rows: 2 })
  await screen.write('  first\r\n\x1b[7m> second \x1b[0m rest')
  expect(screen.inverseTexts()).toEqual(['> second'])
  expect(screen.runs(1).map(({ text, isInverse }) => [text, isInverse])).toEqual([
    ['> second ', true],
    [' rest', false],
  ])
})

test('a serialized screen draws itself again', async () => {
  const screen = new Screen({ cols: 20, rows: 2 })
  await screen.write('\x1b[1mbold\x1b[0m\r\nplain')
  const copy = new Screen({ cols: 20, rows: 2 })
  await copy.write(screen.serialize())
  expect(copy.rows()).toEqual(['bold', 'plain'])
  expect(copy.runs(0)[0]?.isBold).toBe(true)
})

test('a sign of more than one byte is drawn however the line cuts its bytes', async () => {
  for (const cuts of [[1], [2], [1, 2], [1, 2, 3]]) {
    const screen = new Screen({ cols: 20, rows: 1 })
    const bytes = Buffer.from('•é𝄞.')
    for (const [index, from] of [0, ...cuts].entries()) await screen.write(bytes.subarray(from, cuts[index]))
    expect(screen.text()).toBe('•é𝄞.')
  }
})
