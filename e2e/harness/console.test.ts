import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { startPty } from './pty-lane.ts'

const script = join(import.meta.dirname, '../../iso/units/keystone-console')
let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'keystone-console-'))
})
afterEach(() => rm(folder, { recursive: true, force: true }))

/** Runs the live image's console script with this shell script as the wizard; `before` runs on the terminal first. */
async function start(wizard: string, before = 'true') {
  await writeFile(join(folder, 'keystone'), `#!/bin/sh\n${wizard}\n`)
  await chmod(join(folder, 'keystone'), 0o755)
  const env = { PATH: `${folder}${delimiter}${process.env.PATH}` }
  return startPty(['bash', '-c', `${before}; exec bash ${script}`], { cols: 101, rows: 31, env })
}

test('asks the terminal for its size, and keeps late answers from the wizard', async () => {
  // What systemd does when its own query is answered too late: the size unknown, the answer on its way.
  const before = String.raw`stty rows 0 cols 0 -echo; printf '\033[6n'`
  const wizard = 'stty size; stty -icanon -echo min 0 time 5; echo "left over: [$(head -c 20 | od -An -c)]"; sleep 60'
  const { tty, dispose } = await start(wizard, before)
  try {
    await tty.waitForText('31 101')
    await tty.waitForText('left over: []')
  } finally {
    dispose()
  }
})

test('tells the code of a wizard that ended, and starts it again with Enter', async () => {
  const { tty, dispose } = await start(`echo "run of $$"; exit 7`)
  try {
    await tty.waitForText('ended with code 7. Press Enter')
    const first = (await tty.waitForText(/run of (\d+)/)).groups[0]
    await tty.press('Enter')
    await tty.waitForText(/run of \d+[\s\S]*run of (?<second>\d+)/)
    expect(first).toBeDefined()
  } finally {
    dispose()
  }
})

test('Ctrl-C reaches the wizard and does not end the console', async () => {
  const { tty, dispose } = await start(`trap 'echo caught; exit 130' INT; echo up; sleep 60 & wait`)
  try {
    await tty.waitForText('up')
    await tty.press('Ctrl-C')
    await tty.waitForText('caught')
    await tty.waitForText('ended with code 130')
  } finally {
    dispose()
  }
})
