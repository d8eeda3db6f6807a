import { afterEach, expect, test } from 'vitest'
import type { Lane } from './lane.ts'
import { Tty } from './tty.ts'

/** A lane whose other side is the test itself. */
class TestLane implements Lane {
  readonly name = 'test'
  readonly paceMs = 40
  readonly written: { data: string; at: number }[] = []
  say: (data: string) => void = () => {}
  end: (reason: string) => void = () => {}
  write(data: string): void {
    this.written.push({ data, at: Date.now() })
  }
  onData(listener: (data: string) => void): void {
    this.say = listener
  }
  onEnd(listener: (reason: string) => void): void {
    this.end = listener
  }
  close(): void {}
}

const open: Tty[] = []
function start(): { lane: TestLane; tty: Tty } {
  const lane = new TestLane()
  const tty = new Tty(lane, { cols: 40, rows: 5 })
  open.push(tty)
  return { lane, tty }
}
afterEach(() => {
  for (const tty of open.splice(0)) tty.close()
})

test('finds text that is there and text that comes later', async () => {
  const { lane, tty } = start()
  lane.say('ready')
  await tty.waitForText('ready')
  setTimeout(() => lane.say('\r\nversion 42'), 50)
  expect((await tty.waitForText(/version (\d+)/)).groups).toEqual(['42'])
})

test('a time-out shows what was looked for, the screen and the cursor', async () => {
  const { lane, tty } = start()
  lane.say('Disk layout\r\n> mirror')
  await expect(tty.waitForText('raidz1', { timeoutMs: 60 })).rejects.toThrow(
    /\[test\] no "raidz1" after 0\.1 s\n┌─{40}\n│Disk layout\n│> mirror\n│\n│\n│\n└─{40}\n40x5, cursor at column 9, row 2/,
  )
})

test('two matches that stay are an error', async () => {
  const { lane, tty } = start()
  lane.say('yes or yes')
  await expect(tty.waitForText('yes', { timeoutMs: 8_000 })).rejects.toThrow(
    '"yes" is on the screen 2 times, wanted once',
  )
})

test('two matches that become one are none', async () => {
  const { lane, tty } = start()
  lane.say('yes yes')
  setTimeout(() => lane.say('\x1b[2J\x1b[Hyes'), 100)
  await tty.waitForText('yes')
})

test('waitForAny tells which', async () => {
  const { lane, tty } = start()
  lane.say('login:')
  expect((await tty.waitForAny(['passphrase', 'login:'])).index).toBe(1)
})

test('waitUntilGone waits for the screen to change', async () => {
  const { lane, tty } = start()
  lane.say('Formatting')
  setTimeout(() => lane.say('\x1b[2J'), 50)
  await tty.waitUntilGone('Formatting')
})

test('what must never be seen fails the running wait, even when it is gone again', async () => {
  const { lane, tty } = start()
  tty.never('hunter2')
  setTimeout(() => lane.say('hunter2'), 20)
  setTimeout(() => lane.say('\x1b[2J\x1b[Hdone'), 60)
  await expect(tty.waitForText('done')).rejects.toThrow('"hunter2" must never be on the screen')
  expect(() => tty.assertNothingForbidden()).toThrow('hunter2')
})

test('an ended program fails the wait at once, with its last words', async () => {
  const { lane, tty } = start()
  lane.say('fatal: no disk')
  lane.end('the program ended with code 1')
  await expect(tty.waitForText('Welcome', { timeoutMs: 60_000 })).rejects.toThrow(
    /ended with code 1 while waiting for "Welcome"[\s\S]*fatal: no disk/,
  )
})

test('one write a key, the next one only after the answer or the pace', async () => {
  const { lane, tty } = start()
  await tty.press('Down', 'Down')
  await tty.type('text')
  expect(lane.written.map(({ data }) => data)).toEqual(['\x1b[B', '\x1b[B', 'text'])
  const [first, second] = lane.written
  expect((second?.at ?? 0) - (first?.at ?? 0)).toBeGreaterThanOrEqual(38)
})

test('a paste is marked when the program asked for it', async () => {
  const { lane, tty } = start()
  lane.say('\x1b[?2004hpaste here')
  await tty.waitForText('paste here')
  await tty.paste('a\nb')
  expect(lane.written.at(-1)?.data).toBe('\x1b[200~a\nb\x1b[201~')
})
