// Takes the README's pictures of the wizard from a real run in a virtual machine: `node e2e/take-pictures.ts`.
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { pictureOf } from './harness/picture.ts'
import { withReadyMachine } from './install/ready-machine.ts'
import { WizardDriver } from './install/wizard.ts'

const folder = join(import.meta.dirname, '../docs')
await mkdir(folder, { recursive: true })
await withReadyMachine('pictures', async ({ tty }) => {
  const wizard = new WizardDriver(tty)
  const take = (name: string) => writeFile(join(folder, `wizard-${name}.svg`), pictureOf(tty.screen))
  await wizard.page('Welcome')
  await tty.waitForText('Everything that an install needs is here', { timeoutMs: 60_000 })
  await wizard.wholeFrame()
  await take('welcome')
  await wizard.goOn('System')
  await wizard.goOn('Disk')
  await take('disk')
})
