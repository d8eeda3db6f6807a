import { expect, test } from 'vitest'
import { stepScreen } from '../../testing/step-screen.ts'

const open = stepScreen('encryption')

test('two hidden entries, the meter, the TPM and the recovery key', async () => {
  const { screen } = await open()
  expect(screen.body()).toEqual([
    '',
    '  Everything on the disk is encrypted. Without this passphrase or the recovery',
    '  key nobody can read it.',
    '',
    '  ❯ Passphrase [                                                  ]',
    '    Once more  [                                                  ]',
    '    [ ] Show what is typed',
    '    Strength: type to see it',
    '',
    '    [x] Unlock by the TPM 2.0 of this machine',
    '        Starts without a question. The passphrase works too. A disk that is',
    '        taken out stays closed.',
    '    [x] Make a recovery key',
    '        A second, long passphrase made by the machine, shown once at the end.',
    '        Keep it on paper.',
  ])
})

test('the meter has a bar and a word', async () => {
  const { screen } = await open()
  screen.type('password1234')
  await screen.waitForText('Strength: █████░░░░░░░ weak. This is a very common password.')
  screen.press('Ctrl-U')
  screen.type('correct horse battery staple')
  await screen.waitForText('Strength: ████████████ strong')
})

test('too short and different: both are said, each below its box, and the page stays', async () => {
  const { screen } = await open()
  screen.type('short\rother\r')
  screen.press('Tab', 'Tab', 'Tab', 'Enter')
  await screen.waitForText('2 things must be put right first; see the lines with !')
  expect(screen.body().slice(0, 9)).toEqual([
    '',
    '  Everything on the disk is encrypted. Without this passphrase or the recovery',
    '  key nobody can read it.',
    '',
    '  ❯ Passphrase [*****                                             ]',
    '    ! A passphrase has at least 12 characters, got 5. Four or five random',
    '      words are strong and easy to type.',
    '    Once more  [*****                                             ]',
    '    ! The two passphrases differ. Type both again.',
  ])
  // They go as soon as they are put right.
  screen.press('Ctrl-U')
  screen.type('a longer one now')
  screen.press('Tab', 'Ctrl-U')
  screen.type('a longer one now')
  await screen.waitFor((text) => !text.includes('!'), 'no problem')
})

test('shown and hidden again; hidden when the page is entered anew', async () => {
  const { screen } = await open()
  screen.type('open sesame')
  screen.press('Tab', 'Tab', 'Space')
  await screen.waitForText('Passphrase [open sesame ')
  screen.press('Space')
  await screen.waitForText('Passphrase [*********** ')
  screen.press('Space', 'Esc')
  await screen.waitForText('Step 2 of 8')
  screen.press('Tab', 'Tab', 'Enter')
  await screen.waitForText('Passphrase [*********** ')
})

test('without a usable TPM there is no toggle, and the reason is said', async () => {
  const { screen } = await open('one-nvme-uefi')
  expect(screen.text()).toContain('This machine has no TPM: the passphrase is asked for at each start.')
  expect(screen.text()).not.toContain('Unlock by the TPM')
})

test('text is edited where the cursor is, also when several keys come at once', async () => {
  const { screen } = await open()
  screen.press('Tab', 'Tab', 'Space', 'Shift-Tab', 'Shift-Tab')
  screen.send('acd\u001B[D\u001B[Db\u001B[Ce\u007F')
  await screen.waitForText('Passphrase [abcd ')
})

test('a long passphrase scrolls in its box, with the cursor in sight', async () => {
  const { screen } = await open()
  screen.press('Tab', 'Tab', 'Space', 'Shift-Tab', 'Shift-Tab')
  screen.type(`${'x'.repeat(60)}the end`)
  await screen.waitForText('xxthe end')
  expect(screen.reversed()[5]).toBe(' ')
})
