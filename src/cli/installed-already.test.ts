import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { finishedMachine } from '../testing/finished-machine.ts'
import { handsOn } from '../testing/hands.ts'
import { type Command, readCommandLine } from './arguments.ts'
import { runCommand } from './commands.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'installed-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

async function run({ system, ran }: Awaited<ReturnType<typeof finishedMachine>>, ...argv: string[]) {
  const out: string[] = []
  const err: string[] = []
  const ending = await runCommand(
    readCommandLine(argv) as Command,
    handsOn(system, { lockFile: join(folder, 'lock') }),
    { stdout: (text) => out.push(text), stderr: (text) => err.push(text), isTTY: false },
    new AbortController().signal,
  ).catch((error: unknown) => error)
  return { ending, out: out.join(''), err: err.join(''), ran }
}
const install = ['install', '--answers', '/answers.yaml']
const LOOKED = [
  'mount -t vfat -o ro,nodev,noexec,nosuid /dev/vdb1 /run/keystone/begun/0',
  'umount /run/keystone/begun/0',
]

test.each([[[]], [['--begun', 'continue']], [['--begun', 'stop']]])(
  'install %j stops where these answers were installed already, and has changed nothing',
  async (more) => {
    const { ending, out, err, ran } = await run(await finishedMachine(), ...install, ...more)
    expect(ending).toBe('machine-unfit')
    expect(err).toBe(`This machine was installed from the answers in /answers.yaml already. Nothing was changed.
  finished  22 November 2026, 16:03 UTC, by Keystone 0.5.0
  machine   primer
  disk      vdb, 8 GiB, serial keystone-a
Remove the installation medium and restart: the machine then starts from its disks.
If it is to be erased and installed again, say so:
  keystone install --answers /answers.yaml --begun start-over
or open the wizard, where the names of the disks are typed.
`)
    expect(JSON.parse(out)).toMatchObject({
      type: 'installed-found',
      hostName: 'primer',
      finishedAt: '2026-11-22T16:03:51.000Z',
      problem: {
        code: 'installed-already',
        path: ['hardware', 'disks', '/dev/disk/by-id/virtio-keystone-a'],
        message: 'this machine was installed from these answers on 22 November 2026, 16:03 UTC',
      },
    })
    expect(ran).toEqual(LOOKED)
  },
)

test('the same answers on other disks than then are refused too, and that is said', async () => {
  const { ending, err } = await run(await finishedMachine({ planHash: 'cafe' }), ...install)
  expect(ending).toBe('machine-unfit')
  expect(err).toContain('Its disks were not all the same then, or another version of Keystone installed it.\n')
})

/** What goes on gets as far as the files of the product, which this machine has not. */
const GOES_ON = expect.objectContaining({ message: expect.stringContaining('phase scripts') })

test('said on purpose, it is installed again', async () => {
  expect((await run(await finishedMachine(), ...install, '--begun', 'start-over')).ending).toEqual(GOES_ON)
})

test.each([
  ['a mark of other answers', { planHash: 'cafe', answersHash: '0'.repeat(64) }, 'vdb'],
  ['a mark on a disk that is not erased', {}, 'vdc'],
  ['an esp without a mark', null, 'vdb'],
])('%s is in the way of nothing', async (_, mark, on) => {
  expect((await run(await finishedMachine(mark, on), ...install)).ending).toEqual(GOES_ON)
})

test('look tells of a finished install', async () => {
  const { out } = await run(await finishedMachine(), 'look')
  expect(out).toBe(
    'No install was begun on this machine that has not come to its end.\n/dev/vdb holds primer, installed on 22 November 2026, 16:03 UTC\n',
  )
  const { out: json } = await run(await finishedMachine(), 'look', '--json')
  expect(JSON.parse(json)).toMatchObject({ begun: null, finished: [{ diskPath: '/dev/vdb' }] })
})
