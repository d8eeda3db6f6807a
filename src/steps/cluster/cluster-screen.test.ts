import { expect, test } from 'vitest'
import { stepScreen } from '../../testing/step-screen.ts'

const open = stepScreen('cluster')

test('a name and the role', async () => {
  const { screen } = await open()
  expect(screen.body()).toEqual([
    '',
    '  This machine becomes the first node of a Kubernetes cluster.',
    '',
    '  ❯ Cluster name [home                                 ]  short, in lower case',
    '',
    '  Role of this machine',
    '    (*) Primer',
    '        Starts the cluster and holds its state. Other machines join it later.',
  ])
})

test('a name in upper case is refused, with what to take instead', async () => {
  const { screen } = await open()
  screen.press('Ctrl-U')
  screen.type('Home\r\r')
  await screen.waitForText('! A cluster name is in lower case, got "Home". Use home.')
  screen.press('Backspace', 'Backspace', 'Backspace', 'Backspace')
  screen.type('attic\r\r')
  await screen.waitForText('Step 7 of 8')
  expect(screen.text()).not.toContain('Home')
})
