import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { build } from '../scripts/build.mjs'
import { WALK } from '../src/testing/screen-walk.ts'
import { type PtyOptions, startPty } from './harness/pty-lane.ts'
import { HOST_NAME, SSH_KEY, typedAnswers } from './install/answers.ts'
import { answerAll, confirmAndStart, WizardDriver } from './install/wizard.ts'

// The whole wizard by keystrokes on each kind of terminal, as a dry run on a recorded machine.

const MACHINES = join(import.meta.dirname, '../src/testing/machines')
const answers = typedAnswers({ layout: 'Mirror, ZFS', serials: ['keystone-a', 'keystone-b'] })
const UTF8 = { LANG: 'C.UTF-8' }
let folder = ''

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'keystone-terminals-'))
  await build(join(folder, 'dist'))
})

afterAll(() => rm(folder, { recursive: true, force: true }))

function start(name: string, options: PtyOptions, machine = 'lab') {
  const out = join(folder, name)
  const args = ['--dry-run', '--out', out, '--machine', join(MACHINES, machine, 'hardware.json')]
  const program = startPty([process.execPath, join(folder, 'dist/keystone.mjs'), ...args], options)
  return { ...program, out }
}

const configuration = (out: string) =>
  readFile(join(out, `rendered/etc/nixos/hosts/${HOST_NAME}/configuration.nix`), 'utf8')

test.each<[string, PtyOptions]>([
  ['xterm 80x24', { term: 'xterm', env: UTF8 }],
  ['xterm 100x37 without colour', { term: 'xterm', cols: 100, rows: 37, env: { ...UTF8, NO_COLOR: '1' } }],
  ['xterm 132x50', { term: 'xterm', cols: 132, rows: 50, env: UTF8 }],
  ['the Linux console', { term: 'linux', env: UTF8 }],
  ['a vt100 of 115200 baud', { term: 'vt100', env: { LANG: 'C' }, baud: 115_200 }],
])('the whole wizard on %s', async (name, options) => {
  const program = start(name.replaceAll(' ', '-'), options)
  try {
    const wizard = new WizardDriver(program.tty)
    await answerAll(wizard, answers)
    await confirmAndStart(wizard)
    await wizard.page('Done')
    expect(await configuration(program.out)).toContain(SSH_KEY)
  } finally {
    program.dispose()
  }
})

test('a window shrunk to 20x5 on every page and back: nothing is lost', async () => {
  const program = start('shrunk', { env: UTF8 })
  const { tty } = program
  try {
    const wizard = new WizardDriver(tty)
    const shrink = async (title: string) => {
      await wizard.wholeFrame()
      const before = tty.snapshotText()
      await tty.resize(20, 5)
      await tty.waitForText('This window')
      await tty.resize(80, 24)
      await wizard.page(title)
      expect(tty.snapshotText()).toBe(before)
    }
    await wizard.page('Welcome')
    await answerAll(wizard, answers, { onPage: shrink })
    await shrink('Review')
    await confirmAndStart(wizard)
    await wizard.page('Done')
    expect(await configuration(program.out)).toContain(SSH_KEY)
  } finally {
    program.dispose()
  }
})

/** The groups of the recovery key that the page asks for, as a person copies them. */
function askedGroups(written: string): string {
  const page = written.split('Step 9 of').at(-1) ?? ''
  const groups = page.match(/\b[cbdefghijklnrtuv]{8}\b/g) ?? []
  const asked = [...page.matchAll(/Group (\d) \[/g)].map(([, number]) => groups[Number(number) - 1])
  return `${asked[0]}\r${asked[1]}\r\r`
}

test.each<[string, PtyOptions]>([
  ['a terminal that only prints (TERM=dumb)', { term: 'dumb', env: { LANG: 'C' } }],
  ['a screen reader (INK_SCREEN_READER)', { term: 'xterm', env: { ...UTF8, INK_SCREEN_READER: 'true' } }],
])('the whole wizard on %s, line after line and without an escape sequence', async (name, options) => {
  const program = start(name.split(' ')[1] ?? name, options, 'two-virtio-uefi-tpm')
  const { tty } = program
  let written = ''
  program.onData((data) => {
    written += data
  })
  try {
    const told = (sign: string) => tty.waitUntil(sign, () => written.includes(sign), { timeoutMs: 60_000 })
    await told('Everything that an install needs is here')
    for (const [page, keys, sign] of WALK) {
      await tty.type(page === 'recovery' ? askedGroups(written) : keys)
      // A dry run installs faster than lines are told: its page may never be.
      if (page !== 'confirm') await told(sign)
    }
    await told('The dry run is complete.')
    // biome-ignore lint/suspicious/noControlCharactersInRegex: it is what is looked for
    expect(written.match(/\x1b[^\r]{0,20}/)).toBeNull()
    expect(await readdir(program.out)).toContain('rendered')
  } finally {
    program.dispose()
  }
})
