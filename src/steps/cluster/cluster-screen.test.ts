import { expect, test } from 'vitest'
import { stepScreen } from '../../testing/step-screen.ts'

const open = stepScreen('cluster')

test('the first Primer: roles with what they mean, and a name', async () => {
  const { screen } = await open()
  expect(screen.body()).toEqual([
    '',
    '  Role of this machine',
    '  ❯ (*) First Primer',
    '        Starts a new cluster and holds its state. Others join it later.',
    '    ( ) Joining Primer',
    '        Joins a cluster that runs, and holds its state too.',
    '    ( ) Worker',
    '        Joins a cluster that runs, and runs programs for it.',
    '    ( ) Storage node',
    '        As a worker, and its disks serve the whole cluster.',
    '',
    '    Cluster name [home                              ]  short, in lower case',
    '    Domain       [                                  ]  may be empty',
    '    Mesh         [                                  ]  https://…, may be empty',
  ])
})

test('a name in upper case is refused, with what to take instead', async () => {
  const { screen } = await open()
  screen.press('Tab', 'Ctrl-U')
  screen.type('Home')
  screen.press('Tab', 'Tab', 'Tab', 'Enter')
  await screen.waitForText('! A cluster name is in lower case, got "Home". Use home.')
})

test('a machine that joins asks for address, token and hash, and hides the token', async () => {
  const { screen } = await open()
  screen.press('Down', 'Down', 'Space')
  await screen.waitForText('Join token')
  screen.press('Tab', 'Tab')
  screen.type('https://primer.home:6443')
  screen.press('Tab')
  screen.type('abcdef.0123456789abcdef')
  await screen.waitForText('[***********************')
  await screen.waitForText('https://primer.home:6443')
  expect(screen.text()).not.toContain('abcdef')
})

test('spaces around what was pasted do not count', async () => {
  const { screen } = await open()
  screen.press('Down', 'Down', 'Space', 'Tab', 'Tab')
  screen.paste(' https://primer.home:6443 ')
  await screen.waitForText('Address      [https://primer.home:6443    ')
})

test('the cluster is asked when there is all it needs, and what it says is shown', async () => {
  const asked: string[] = []
  const { screen } = await open('two-virtio-uefi-tpm', {
    checkCluster: async ({ server, token, caHash }, hostName) => {
      asked.push([server, token.reveal(), caHash, hostName].join(' '))
      const problem = {
        code: 'token-refused',
        path: ['cluster', 'token'],
        message: 'the cluster does not take this token',
      }
      return { problems: [problem], good: ['the cluster answers'], unknown: [], found: [] }
    },
  })
  screen.press('Down', 'Down', 'Space')
  screen.press('Tab', 'Tab')
  screen.type(`https://primer.home:6443\rabcdef.0123456789abcdef\r\rsha256:${'0'.repeat(64)}\r\r`)
  await screen.waitForText('! The cluster does not take this token.')
  expect(screen.text()).toContain('✓ The cluster answers.')
  expect(asked).toEqual([`https://primer.home:6443 abcdef.0123456789abcdef sha256:${'0'.repeat(64)} primer`])
})
