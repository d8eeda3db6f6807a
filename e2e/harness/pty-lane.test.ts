import { afterEach, expect, test } from 'vitest'
import { type PtyOptions, type PtyProgram, startPty } from './pty-lane.ts'

const open: PtyProgram[] = []
function start(script: string, options?: PtyOptions): PtyProgram {
  const program = startPty([process.execPath, '-e', script], options)
  open.push(program)
  return program
}
afterEach(() => {
  for (const program of open.splice(0)) program.dispose()
})

test('a program on a terminal of the given size gets keys and draws', async () => {
  const { tty } = start(
    `process.stdin.setRawMode(true); console.log(process.stdout.columns + 'x' + process.stdout.rows)
     process.stdin.on('data', (data) => console.log(JSON.stringify(String(data))))`,
    { cols: 100, rows: 30 },
  )
  await tty.waitForText('100x30')
  await tty.press('Down', 'Enter')
  await tty.waitForText('"\\u001b[B"')
  await tty.waitForText('"\\r"')
})

test('a new size reaches the program', async () => {
  const { tty } = start(
    `console.log('up'); process.stdout.on('resize', () => console.log('now ' + process.stdout.columns)); setInterval(() => {}, 1000)`,
  )
  await tty.waitForText('up')
  await tty.resize(120, 40)
  await tty.waitForText('now 120')
})

test('the terminal answers the program', async () => {
  const { tty } = start(
    `process.stdin.setRawMode(true); process.stdout.write('\\x1b[5;7H\\x1b[6n')
     process.stdin.on('data', (data) => console.log('answer ' + JSON.stringify(String(data))))`,
  )
  await tty.waitForText('answer "\\u001b[5;7R"')
})

test('tells how the program ended', async () => {
  const { tty, exit } = start(`console.log('bye'); process.exitCode = 3`)
  expect(await exit).toEqual({ code: 3, signal: 0 })
  await expect(tty.waitForText('never')).rejects.toThrow(/ended with code 3[\s\S]*bye/)
})
