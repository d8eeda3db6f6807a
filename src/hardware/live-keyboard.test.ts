import { expect, test } from 'vitest'
import { fakeSystem } from '../testing/fake-system.ts'
import { applyKeyboard } from './live-keyboard.ts'

const OWN = '/proc/self/fd/0'

test('on a virtual console the keymap is loaded at once', async () => {
  const system = fakeSystem({
    links: { [OWN]: '/dev/tty1' },
    files: { '/dev/tty1': '' },
    commands: { 'loadkeys *': '' },
  })
  expect(await applyKeyboard(system, 'de-latin1')).toMatchObject({
    good: ['the keyboard is de-latin1 now'],
    problems: [],
  })
  expect(system.runs()).toEqual(['loadkeys -q -C /dev/tty1 de-latin1'])
})

test.each(['/dev/ttyS0', '/dev/ttyAMA0', '/dev/pts/3', '/dev/hvc0'])(
  'on %s nothing is done, and it is said',
  async (at) => {
    const system = fakeSystem({ links: { [OWN]: at }, files: { [at]: '' } })
    expect((await applyKeyboard(system, 'fr')).unknown).toEqual([
      'this is not the console of the machine: here the keyboard layout of your own terminal counts',
    ])
    expect(system.runs()).toEqual([])
  },
)

test('a keymap that the live system lacks is told, and is no failure', async () => {
  const system = fakeSystem({
    links: { [OWN]: '/dev/tty2' },
    files: { '/dev/tty2': '' },
    commands: {
      'loadkeys *': { exitCode: 1, stderr: 'loadkeys: Unable to open file: colemak: No such file or directory\n' },
    },
  })
  const { problems } = await applyKeyboard(system, 'colemak')
  expect(problems.map(({ code }) => code)).toEqual(['keyboard-not-applied'])
})
