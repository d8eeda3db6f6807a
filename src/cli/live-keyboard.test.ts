import { expect, test } from 'vitest'
import { createLiveLog } from '../install/live-log.ts'
import { fakeSystem } from '../testing/fake-system.ts'
import { machineSystem } from '../testing/machine.ts'
import { type Command, readCommandLine } from './arguments.ts'
import { runCommand } from './commands.ts'
import { typeWith } from './live-keyboard.ts'

const OWN = '/proc/self/fd/0'
const ON_CONSOLE = { links: { [OWN]: '/dev/tty1' }, files: { '/dev/tty1': '' } }

const ANSWERS = `version: 2
system:
  keyboard: de-latin1
disk:
  layout: single-zfs
  swap: 512MiB
  devices: [{ match: { serial: keystone-a }, wipe: true }]
encryption:
  unlock: passphrase
  passphrasePrompt: true
identity:
  hostName: primer
  userName: admin
  password: three random words
`

test('the layout of the file is in use before the first question', async () => {
  const machine = machineSystem('two-virtio-uefi-tpm')
  await machine.writeFile('/answers.yaml', ANSWERS, { mode: 0o600 })
  const heard: string[] = []
  const system: typeof machine = {
    ...machine,
    realPath: async (path) => (path === OWN ? '/dev/tty1' : machine.realPath(path)),
    async run(_, args) {
      heard.push(args.join(' '))
      return { exitCode: 0, stdout: '', stderr: '' }
    },
  }
  const places = { templates: '/templates', phases: '/phases' }
  const ending = await runCommand(
    readCommandLine(['install', '--answers', '/answers.yaml']) as Command,
    { environment: {}, places, machineDirectories: [], system, liveLog: createLiveLog(), version: '0.5.0' },
    {
      stdout: () => {},
      stderr: (text) => heard.push(text),
      isTTY: true,
      async askHidden(question) {
        heard.push(question)
        return null
      },
    },
    new AbortController().signal,
  )
  expect(heard.slice(0, 3)).toEqual([
    '-q -C /dev/tty1 de-latin1',
    'For what you type: the keyboard is de-latin1 now\n',
    'Passphrase of the disks: ',
  ])
  expect(ending).toBe('bad-answers')
})

test('a layout that the live system lacks is said, and over SSH there is nothing to say', async () => {
  const told: string[] = []
  const stderr = (text: string) => void told.push(text)
  const noKeymap = { 'loadkeys *': { exitCode: 1, stderr: 'loadkeys: Unable to open file: neo\n' } }
  await typeWith('neo', fakeSystem({ ...ON_CONSOLE, commands: noKeymap }), { stderr })
  await typeWith('neo', fakeSystem({ links: { [OWN]: '/dev/pts/0' }, files: { '/dev/pts/0': '' } }), { stderr })
  expect(told).toEqual([
    'Note: the live system cannot use the keyboard layout neo (the installed system will use it; type the passphrase as it will be typed there)\n',
  ])
})
