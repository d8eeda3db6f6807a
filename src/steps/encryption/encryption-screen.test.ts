import { expect, test } from 'vitest'
import { AS_IT_IS } from '../../testing/screen-walk.ts'
import { stepScreen } from '../../testing/step-screen.ts'

const open = stepScreen('encryption')

test('four ways to encrypt, two hidden entries, the meter and the recovery key', async () => {
  const { screen } = await open()
  expect(screen.body()).toEqual([
    '',
    '  How are the disks encrypted, and how are they opened at a start?',
    '  ❯ (*) Passphrase and TPM 2.0',
    '        Starts without a question. The passphrase works too.',
    '    ( ) Passphrase, and TPM 2.0 with a PIN',
    '        Asks for a short PIN at each start. The passphrase works too.',
    '    ( ) Passphrase',
    '        Asks for it at each start.',
    '    ( ) No encryption',
    '        Whoever has a disk of this machine reads everything on it.',
    '',
    '    Passphrase [                                                  ]',
    '    Once more  [                                                  ]',
    '    Strength: type to see it',
    '    [ ] Show what is typed',
    '    [x] Make a recovery key',
    '        A second, long passphrase made by the machine, shown before anything',
    '        is erased. Keep it on paper.',
    '',
    '  What the TPM protects on this machine, and what not',
  ])
})

test('whoever goes through the page reads what the TPM protects here, with Secure Boot as it is', async () => {
  const { screen } = await open()
  screen.press('Tab', 'Tab', 'Tab', 'Tab')
  await screen.waitForText('❯ [x] Make a recovery key')
  expect(screen.body().slice(-7)).toEqual([
    '  What the TPM protects on this machine, and what not',
    '  A disk that is taken out stays closed. A thief who takes the whole machine',
    '  can start another system on it, from a USB stick, and that gets the key as',
    '  well. A PIN prevents this.',
    '  Secure Boot is off. The key is bound to that (PCR 7), which protects against',
    '  nothing by itself. When it is turned on later, the TPM refuses, the',
    '  passphrase is asked for, and "keystone tpm re-enroll" makes the key anew.',
  ])
})

test('the meter has a bar, a word, the time to guess it, and advice for a weak one', async () => {
  const { screen } = await open()
  screen.press('Tab')
  screen.type('password1234')
  await screen.waitForText('Strength: █████░░░░░░░ weak, guessed in less than a minute. This is a very')
  expect(screen.text()).toContain('common password. Add another word or two. Uncommon words are better.')
  screen.press('Ctrl-U')
  screen.type('correct horse battery staple')
  await screen.waitForText('Strength: ████████████ strong, guessed in centuries.')
})

test('too short and different: both are said, each below its box, and the page stays', async () => {
  const { screen } = await open()
  screen.press('Tab')
  screen.type('short\rother\r')
  screen.press('Enter', 'Enter')
  await screen.waitForText('2 things must be put right first; see the lines with !')
  const at = screen.body().findIndex((line) => line.includes('Passphrase ['))
  expect(screen.body().slice(at, at + 5)).toEqual([
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

test('a passphrase that is long but easy to guess holds the page', async () => {
  const { screen } = await open()
  screen.press('Tab')
  screen.type('password1234\rpassword1234')
  await screen.waitForText('weak, guessed in')
  screen.press('Enter', 'Enter', 'Enter')
  await screen.waitForText('One thing must be put right first; see the line with !')
  expect(screen.text()).toContain('! This passphrase is too easy to guess: a thief with the disk needs less')
})

test('the host name and the names of the disks are among the guesses', async () => {
  const { screen } = await open()
  screen.press('Tab')
  // Serial number and name of a disk of this machine; and its host name.
  screen.type('keystone-aprimer')
  await screen.waitFor((text) => /(very weak|weak), guessed in/u.test(text), 'a weak one')
})

test('a PIN is asked for twice, and is dropped when another way is chosen', async () => {
  const { screen } = await open()
  screen.press('Down', 'Space')
  await screen.waitForText('PIN        [')
  screen.press('Tab')
  screen.type('four random words here\rfour random words here\r123456\r123457\r\r\r')
  await screen.waitForText('2 things must be put right first; see the lines with !')
  expect(screen.text()).toContain('! A PIN is not one character again and again, and no straight row such as')
  expect(screen.text()).toContain('! The two PINs differ. Type both again.')
  screen.press('Ctrl-U')
  screen.type('274619')
  screen.press('Tab', 'Ctrl-U')
  screen.type('274619')
  await screen.waitFor((text) => !text.includes('!'), 'no problem')
  screen.press('Shift-Tab', 'Shift-Tab', 'Shift-Tab', 'Shift-Tab', 'Up', 'Space')
  await screen.waitFor((text) => !text.includes('PIN        ['), 'no PIN')
  screen.press('Down', 'Space')
  await screen.waitForText('PIN        [                                ]')
})

test('without encryption the page says what that means, and asks for nothing more', async () => {
  const { screen, services } = await open()
  screen.press('Down', 'Down', 'Down', 'Space')
  await screen.waitForText('! Nothing on the disks will be encrypted.')
  expect(screen.text()).not.toContain('[   ')
  screen.press('Enter')
  await screen.waitForText('Step 5 of 9')
  expect(services.installs).toEqual([])
})

test('shown and hidden again; hidden when the page is entered anew', async () => {
  const { screen } = await open()
  screen.press('Tab')
  screen.type('open sesame')
  screen.press('Tab', 'Tab', 'Space')
  await screen.waitForText('Passphrase [open sesame ')
  screen.press('Space')
  await screen.waitForText('Passphrase [*********** ')
  screen.press('Space', 'Esc')
  await screen.waitForText('Step 3 of 10')
  screen.type(AS_IT_IS)
  await screen.waitForText('Passphrase [*********** ')
})

test('without a usable TPM the two ways with it are blocked, with the reason', async () => {
  const { screen } = await open('one-nvme-uefi')
  expect(screen.body().slice(1, 8)).toEqual([
    '  How are the disks encrypted, and how are they opened at a start?',
    '     -  Passphrase and TPM 2.0',
    '        Cannot be chosen: this machine has no TPM',
    '     -  Passphrase, and TPM 2.0 with a PIN',
    '        Cannot be chosen: this machine has no TPM',
    '  ❯ (*) Passphrase',
    '        Asks for it at each start.',
  ])
  expect(screen.text()).not.toContain('What the TPM protects')
})

test('text is edited where the cursor is, also when several keys come at once', async () => {
  const { screen } = await open()
  screen.press('Tab', 'Tab', 'Tab', 'Space', 'Shift-Tab', 'Shift-Tab')
  screen.send('acd\u001B[D\u001B[Db\u001B[Ce\u007F')
  await screen.waitForText('Passphrase [abcd ')
})

test('a long passphrase scrolls in its box, with the cursor in sight', async () => {
  const { screen } = await open()
  screen.press('Tab', 'Tab', 'Tab', 'Space', 'Shift-Tab', 'Shift-Tab')
  screen.type(`${'x'.repeat(60)}the end`)
  await screen.waitForText('xxthe end')
  const row = screen.rows().findIndex((text) => text.includes('xxthe end'))
  expect(screen.reversed()[row]).toBe(' ')
})
