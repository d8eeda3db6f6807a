import { expect, test } from 'vitest'
import { stepScreen } from '../../testing/step-screen.ts'

const open = stepScreen('identity')
const openNetwork = stepScreen('network')

const KEY = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl anna@laptop'

test('names, password and keys', async () => {
  const { screen } = await open()
  expect(screen.body()).toEqual([
    '',
    '  ❯ Host name  [primer                        ]',
    '    Admin user [admin                         ]  may use sudo',
    '    Password   [                              ]',
    '    Once more  [                              ]',
    '    [ ] Show what is typed',
    '',
    '  SSH keys',
    '  Login by ssh works with a key only. Without one you can log in at the',
    '  console alone.',
    '    Add a key  [                              ]  key, file, https, github:NAME',
  ])
})

test('a pasted key is added, shown short, and removed again', async () => {
  const { screen } = await open()
  screen.press('Shift-Tab', 'Shift-Tab')
  screen.paste(`${KEY}\n`)
  screen.press('Enter')
  await screen.waitForText('1. anna@laptop SHA256:+DiY3wvvV6TuJJhbpZisF/zLDA0zPMSvHdkr4UvCOqU')
  await screen.waitForText('Add another [  ')
  screen.press('Up', 'Enter')
  await screen.waitForText('Add a key  [  ')
  expect(screen.text()).not.toContain('1. anna@laptop')
})

test('several lines pasted at once: comments are passed over, and each key counts once', async () => {
  const { screen } = await open()
  screen.press('Shift-Tab', 'Shift-Tab')
  screen.paste(`# my keys\n${KEY}\n${KEY}\n\n`)
  await screen.waitForText('1. anna@laptop')
  expect(screen.text()).not.toContain('2. anna@laptop')
})

test('a key that a terminal broke into lines is one key, wherever it was broken', async () => {
  const { screen } = await open()
  screen.press('Shift-Tab', 'Shift-Tab')
  const [type = '', data = '', comment = ''] = KEY.split(' ')
  screen.paste(`${type} ${data.slice(0, 20)}\n${data.slice(20)} ${comment}\n`)
  await screen.waitForText('1. anna@laptop SHA256:+DiY3wvvV6TuJJhbpZisF/zLDA0zPMSvHdkr4UvCOqU')
  screen.press('Up', 'Enter')
  await screen.waitForText('❯ Add a key  [  ')
  screen.paste(`${type} ${data}\n${comment}\n`)
  await screen.waitForText('1. anna@laptop SHA256:+DiY3wvvV6TuJJhbpZisF/zLDA0zPMSvHdkr4UvCOqU')
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
  await screen.waitForText('Step 7 of 10')
  screen.press('Esc')
  await screen.waitForText('1. anna@laptop SHA256:+DiY3wvvV6TuJJhbpZisF/zLDA0zPMSvHdkr4UvCOqU')
})

test('a host name with a dot is refused, with what to take instead', async () => {
  const { screen } = await open()
  screen.press('Ctrl-U')
  screen.type('primer.example.org')
  screen.press('Shift-Tab', 'Enter')
  await screen.waitForText('! A host name has no dots, got "primer.example.org". Use primer.')
  expect(screen.text()).toContain('! A password is needed.')
})

test('keys from elsewhere are shown with their fingerprints, and added one by one by Enter', async () => {
  const asked: unknown[] = []
  const { screen } = await open('two-virtio-uefi-tpm', {
    findKeys: async (...given) => {
      asked.push(...given)
      return { problems: [], good: [], unknown: ['1 line is passed over: it is odd'], found: [KEY] }
    },
  })
  screen.press('Shift-Tab', 'Shift-Tab')
  screen.type('github:anna\r')
  await screen.waitForText('Add anna@laptop SHA256:+DiY3wvvV6TuJJhbpZisF/zLDA0zPMSvHdkr4UvCOqU')
  await screen.waitForText('? 1 line is passed over: it is odd.')
  expect(asked).toEqual([{ kind: 'url', url: 'https://github.com/anna.keys', name: 'github:anna' }, null])
  screen.press('Up', 'Enter')
  await screen.waitForText('1. anna@laptop SHA256:')
  expect(screen.text()).not.toContain('Add anna@laptop')
})

test('Continue does not pass by keys that were found and not added, but only once', async () => {
  const { screen } = await open('two-virtio-uefi-tpm', {
    findKeys: async () => ({ problems: [], good: [], unknown: [], found: [KEY] }),
  })
  screen.press('Tab', 'Tab')
  screen.type('three random words\rthree random words')
  screen.press('Tab', 'Tab')
  screen.type('github:anna\r')
  await screen.waitForText('Add anna@laptop')
  screen.press('Enter')
  await screen.waitForText('── Enter takes what was found; Continue once more goes on without it.')
  expect(screen.text()).toContain('❯ Add anna@laptop')
  screen.press('Shift-Tab', 'Shift-Tab')
  screen.press('Tab', 'Tab', 'Tab', 'Tab', 'Enter')
  await screen.waitForText('Step 7 of 10')
})

test('keys are fetched by the proxy of the network page', async () => {
  const asked: unknown[] = []
  const { screen } = await openNetwork('two-virtio-uefi-tpm', {
    findKeys: async (...given) => {
      asked.push(given[1])
      return { problems: [], good: [], unknown: [], found: [KEY] }
    },
  })
  screen.press('Shift-Tab', 'Shift-Tab', 'Shift-Tab', 'Space')
  await screen.waitForText('Proxy')
  screen.press('Tab', 'Tab', 'Tab')
  screen.type('http://proxy.example:3128')
  screen.press('Tab', 'Tab', 'Enter')
  await screen.waitForText('Step 6 of 10')
  screen.press('Shift-Tab', 'Shift-Tab')
  screen.type('github:anna\r')
  await screen.waitForText('Add anna@laptop')
  expect(asked).toEqual(['http://proxy.example:3128'])
})
