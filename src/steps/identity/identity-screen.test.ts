import { expect, test } from 'vitest'
import { stepScreen } from '../../testing/step-screen.ts'

const open = stepScreen('identity')

const KEY = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl anna@laptop'

test('names, password and keys', async () => {
  const { screen } = await open()
  expect(screen.body()).toEqual([
    '',
    '  ❯ Host name  [primer                                 ]',
    '    Admin user [admin                                  ]  may use sudo',
    '    Password   [                                       ]',
    '    Once more  [                                       ]',
    '    [ ] Show what is typed',
    '',
    '  SSH keys',
    '  Login by ssh works with a key only. Without one you can log in at the',
    '  console alone.',
    '    Add a key  [                                       ]  paste it, then Enter',
  ])
})

test('a pasted key is added, shown short, and removed again', async () => {
  const { screen } = await open()
  screen.press('Shift-Tab', 'Shift-Tab')
  screen.paste(`${KEY}\n`)
  screen.press('Enter')
  await screen.waitForText('1. ssh-ed25519 AAAAC3NzaC…h2l9GKJl anna@laptop')
  await screen.waitForText('Add another [  ')
  screen.press('Up', 'Enter')
  await screen.waitForText('Add a key  [  ')
  expect(screen.text()).not.toContain('1. ssh-ed25519')
})

test('several lines pasted at once: comments are passed over, and each key counts once', async () => {
  const { screen } = await open()
  screen.press('Shift-Tab', 'Shift-Tab')
  screen.paste(`# my keys\n${KEY}\n${KEY}\n\n`)
  await screen.waitForText('1. ssh-ed25519')
  expect(screen.text()).not.toContain('2. ssh-ed25519')
})

test('a private key is refused and not kept on the screen', async () => {
  const { screen } = await open()
  screen.press('Shift-Tab', 'Shift-Tab')
  screen.paste('-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNzaC1rZXktdjEAAAAA\n-----END OPENSSH PRIVATE KEY-----\n')
  await screen.waitForText('! This is a private key')
  expect(screen.text()).not.toContain('b3BlbnNza')
})

test('a key that was typed but not added is added by going on', async () => {
  const { screen } = await open()
  screen.press('Tab', 'Tab')
  screen.type('three random words\rthree random words')
  screen.press('Tab', 'Tab')
  screen.type(KEY)
  screen.press('Tab', 'Enter')
  await screen.waitForText('Step 6 of 8')
  screen.press('Esc')
  await screen.waitForText('1. ssh-ed25519 AAAAC3NzaC…h2l9GKJl anna@laptop')
})

test('a host name with a dot is refused, with what to take instead', async () => {
  const { screen } = await open()
  screen.press('Ctrl-U')
  screen.type('primer.example.org')
  screen.press('Shift-Tab', 'Enter')
  await screen.waitForText('! A host name has no dots, got "primer.example.org". Use primer.')
  expect(screen.text()).toContain('! A password is needed.')
})
