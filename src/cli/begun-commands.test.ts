import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { hashShownKey } from '../credentials/shown-key.ts'
import type { InstallRequest } from '../install/install-request.ts'
import { JOURNAL_FILE } from '../model/paths.ts'
import type { JournalRecord, SavedInstall } from '../model/saved-install.ts'
import { Secret } from '../model/secret.ts'
import { ANSWERS, AT, journalBytes, recordsUntil, savedInstall, VERSION } from '../testing/begun-journal.ts'
import type { FakeSystem } from '../testing/fake-system.ts'
import { copyProduct, handsOn } from '../testing/hands.ts'
import { machineSystem } from '../testing/machine.ts'
import { type Command, readCommandLine } from './arguments.ts'
import { resume } from './begun-commands.ts'
import { runCommand } from './commands.ts'
import { describeError } from './describe-error.ts'

const KEY = 'dddddddd-bbbbbbbb-cbdefghi-jklnrtuv-tuvcbdef-gggggggg-hhhhhhhh-iiiiiiii'
const _root = new URL('../..', import.meta.url).pathname

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'begun-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

type Given = {
  readonly records?: readonly JournalRecord[]
  readonly version?: string
  readonly files?: Readonly<Record<string, string>>
  readonly typed?: readonly string[]
  readonly saved?: Partial<SavedInstall>
}

async function setUp({
  records = recordsUntil('build'),
  version = VERSION,
  files = {},
  typed = [],
  saved = {},
}: Given = {}) {
  const system: FakeSystem = machineSystem('two-virtio-uefi-tpm')
  await system.writeBytes(JOURNAL_FILE, journalBytes({ ...(await savedInstall(version)), ...saved }, records), {
    mode: 0o600,
  })
  await system.writeFile('/answers.yaml', ANSWERS, { mode: 0o600 })
  await copyProduct(system)
  for (const [path, text] of Object.entries(files)) await system.writeFile(path, text, { mode: 0o600 })
  const out: string[] = []
  const err: string[] = []
  const questions: string[] = []
  const answers = [...typed]
  const hands = handsOn(system, { lockFile: join(folder, 'lock') })
  const terminal = {
    stdout: (text: string) => out.push(text),
    stderr: (text: string) => err.push(text),
    isTTY: false,
    ...(typed.length > 0 && {
      async askHidden(question: string) {
        questions.push(question)
        const answer = answers.shift()
        return answer === undefined ? null : new Secret(answer)
      },
    }),
  }
  return { system, hands, terminal, out: () => out.join(''), err: () => err.join(''), questions }
}

async function run(given: Given, ...argv: string[]) {
  const here = await setUp(given)
  const command = readCommandLine(argv) as Command
  const ending = await runCommand(command, here.hands, here.terminal, new AbortController().signal)
  return { ...here, ending, out: here.out(), err: here.err() }
}

/** `keystone resume`, with an install that only remembers what it was asked to do. */
async function resumed(given: Given, ...argv: string[]) {
  const here = await setUp(given)
  const installs: InstallRequest[] = []
  const ending = await resume(
    readCommandLine(['resume', ...argv]) as Command,
    here.hands,
    here.terminal,
    new AbortController().signal,
    {
      async install(request) {
        installs.push(request)
        return { status: 'installed' }
      },
    },
  )
  return { ...here, ending, installs, out: here.out(), err: here.err() }
}

test('look shows what was begun, and changes nothing', async () => {
  const { ending, out, system } = await run({}, 'look')
  expect(ending).toBe('done')
  expect(out).toContain('Begun           30 May 2026, 10:00 UTC\n')
  expect(out).toContain('Machine name    primer\n')
  expect(out).toContain('Disks           vdb, 8 GiB, serial keystone-a\n')
  expect(out).toContain('Nothing is in the way of going on.\n')
  expect(out).toContain('  ✓ Keep the configuration in git     done\n')
  expect(out).toContain('  ! Build the system                  begun, not finished\n')
  expect(system.runs()).toEqual([])
})

test('look --json is for programs; without a begun install it says null', async () => {
  const { out } = await run({}, 'look', '--json')
  const { begun } = JSON.parse(out)
  expect(begun).toMatchObject({ startedAt: AT, hostName: 'primer', place: 'memory', isInstalled: false, problems: [] })
  expect(begun.tasks[5]).toEqual({ id: 'build', stand: 'begun' })
  // Only looked at the machine, and erased nothing: there is nothing to go on with.
  const { out: nothing } = await run({ records: [{ at: AT, state: 'started', task: 'preflight' }] }, 'look', '--json')
  expect(JSON.parse(nothing)).toEqual({ begun: null })
})

test('an install stops where one was begun, with the offer in words and as an event', async () => {
  const { ending, out, err, system } = await run({}, 'install', '--answers', '/answers.yaml')
  expect(ending).toBe('machine-unfit')
  expect(JSON.parse(out)).toMatchObject({ type: 'begun-found', startedAt: AT, differs: [] })
  expect(err).toContain('An install was begun on this machine and has not come to its end.\n')
  expect(err).toContain('  tasks    5 of 13, the last: Keep the configuration in git\n')
  expect(err).toContain('keystone resume')
  expect(err).toContain('--begun start-over')
  expect(system.runs()).toEqual([])
})

test('another installer does not go on, and says so with the same exit code', async () => {
  const given = { version: '0.4.9' }
  const { ending, out, err } = await run(given, 'install', '--answers', '/answers.yaml', '--begun', 'continue')
  expect(ending).toBe('machine-unfit')
  expect(JSON.parse(out).differs.map(({ code }: { code: string }) => code)).toEqual(['other-version'])
  expect(err).toContain('The install that was begun here cannot go on:\n')
  expect(err).toContain('it was begun by Keystone 0.4.9, and this is 0.5.0')
  expect((await run(given, 'install', '--answers', '/answers.yaml')).err).not.toContain('keystone resume  ')
})

test('answers that make another plan do not go on', async () => {
  const files = { '/answers.yaml': ANSWERS.replace('hostName: primer', 'hostName: other') }
  const { ending, out, err } = await run({ files }, 'install', '--answers', '/answers.yaml', '--begun', 'continue')
  expect(ending).toBe('machine-unfit')
  expect(JSON.parse(out).differs[0].code).toBe('other-plan')
  expect(err).toContain('answers.yaml makes another plan')
})

test('an install that runs at this moment is not gone on with', async () => {
  const here = await setUp()
  writeFileSync(join(folder, 'lock'), `${process.pid}\n`)
  const ending = await runCommand(
    readCommandLine(['look']) as Command,
    here.hands,
    here.terminal,
    new AbortController().signal,
  )
  expect(ending).toBe('done')
  expect(here.out()).toContain('An installation is running on this machine at this moment')
})

test('resume asks for each secret that is needed, twice where no disk can judge it, and makes a new recovery key', async () => {
  const typed = ['four random words here', 'a password', 'a passwort', 'a password', 'a password']
  const { ending, installs, err, questions, out } = await resumed({ typed })
  expect(ending).toBe('done')
  const twice = ['Password of the admin: ', 'The same once more: ']
  expect(questions).toEqual(['Passphrase of the disks: ', ...twice, ...twice])
  expect(err).toContain('The two differ. Type both again.\n')
  const [request] = installs
  expect(request?.begun?.saved.startedAt).toBe(AT)
  expect(request?.plan.hash).toBe(request?.begun?.saved.planHash)
  expect(request?.secrets.passphrase?.reveal()).toBe('four random words here')
  expect(request?.secrets.password?.reveal()).toBe('a password')
  expect(err).toContain('The recovery key that was shown before opens nothing. This one takes its place.\n')
  expect(err).toContain(request?.secrets.recoveryKey?.reveal())
  expect(out).not.toContain('four random words here')
})

test('resume takes no password that the page of its first time would not take', async () => {
  const typed = ['four random words here', 'short', 'short']
  await expect(resumed({ typed })).rejects.toThrow('the password of the admin cannot be taken: ')
})

test('resume takes the secrets of the answer file, and the key from its file', async () => {
  const files = { '/run/key': `${KEY}\n` }
  const { installs, err } = await resumed({ files }, '--answers', '/answers.yaml', '--recovery-key-file', '/run/key')
  expect(installs[0]?.secrets.recoveryKey?.reveal()).toBe(KEY)
  expect(installs[0]?.secrets.passphrase).not.toBeNull()
  expect(installs[0]?.secrets.pin).toBeNull()
  expect(err).toBe('')
})

test('resume takes secrets from a JSON file, and quotes nothing of a bad one', async () => {
  const secrets = { passphrase: 'four random words here', password: 'a password', recoveryKey: KEY }
  const { installs, err } = await resumed({ files: { '/run/s': JSON.stringify(secrets) } }, '--secrets-from', '/run/s')
  expect(installs[0]?.secrets.passphrase?.reveal()).toBe('four random words here')
  expect(installs[0]?.secrets.recoveryKey?.reveal()).toBe(KEY)
  expect(err).toBe('')
  const bad = resumed({ files: { '/run/s': '{"passphras": "canary"}' } }, '--secrets-from', '/run/s')
  await expect(bad).rejects.toThrow('/run/s has something else in it')
})

test('resume refuses a recovery key that differs in one letter from the one that was shown', async () => {
  const saved = { recoveryKeyHash: await hashShownKey(new Secret(KEY)) }
  const wrong = KEY.replace('iiiiiiii', 'iiiiiiij')
  const secrets = JSON.stringify({ passphrase: 'four random words here', password: 'a password', recoveryKey: wrong })
  const byFile = resumed({ saved, files: { '/run/s': secrets } }, '--secrets-from', '/run/s')
  await expect(byFile).rejects.toMatchObject({ problems: [{ code: 'recovery-key-differs' }] })
  const byKeyFile = resumed(
    { saved, files: { '/run/key': `${wrong}\n` } },
    ...['--answers', '/answers.yaml', '--recovery-key-file', '/run/key'],
  )
  const error = await byKeyFile.catch((reason: unknown) => reason)
  const { text, ending } = describeError(error)
  expect(ending).toBe('bad-answers')
  expect(text).toBe(`keystone: the install does not go on with the recovery key in /run/key; nothing was changed
  this is not the recovery key that was shown when the install was begun
  - compare it with the paper, letter by letter
  - or leave it out: a new one is made and shown, and the old one is to be thrown away
`)
  // As it stands in the QR code.
  const right = { saved, files: { '/run/key': KEY.toUpperCase() } }
  const { installs } = await resumed(right, '--answers', '/answers.yaml', '--recovery-key-file', '/run/key')
  expect(installs[0]?.secrets.recoveryKey?.reveal()).toBe(KEY)
})

test('a key that is lost is made anew, whatever the journal knows of the old one', async () => {
  const saved = { recoveryKeyHash: await hashShownKey(new Secret(KEY)) }
  const { installs, err } = await resumed({ saved }, '--answers', '/answers.yaml')
  expect(installs[0]?.secrets.recoveryKey?.reveal()).not.toBe(KEY)
  expect(err).toContain('The recovery key that was shown before opens nothing.')
})

test('resume without anybody there says what is missing', async () => {
  await expect(resumed({})).rejects.toThrow('the passphrase of the disks is needed to go on')
})

test('resume where nothing was begun ends with 3', async () => {
  const { ending, installs, err } = await resumed({ records: [{ at: AT, state: 'installed' }] })
  expect([ending, installs]).toEqual(['machine-unfit', []])
  expect(err).toContain('no install was begun on this machine that could go on')
})
