import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { build } from '../scripts/build.mjs'
import { startPty } from './harness/pty-lane.ts'
import { HOST_NAME, typedAnswers } from './install/answers.ts'
import { CANARY_PASSPHRASE, CANARY_PASSWORD } from './install/canary.ts'
import { answerAll, confirmAndStart, WizardDriver } from './install/wizard.ts'

// The bundled wizard in a local pseudo terminal, as a dry run on a recorded machine: the same driver as in the VM runs.

const machine = join(import.meta.dirname, '../src/testing/machines/lab/hardware.json')
const answers = typedAnswers({ layout: 'Mirror, ZFS', serials: ['keystone-a', 'keystone-b'] })
let folder = ''

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'keystone-pty-'))
  await build(join(folder, 'dist'))
})

afterAll(() => rm(folder, { recursive: true, force: true }))

async function withWizard(body: (wizard: WizardDriver) => Promise<void>): Promise<void> {
  const args = ['--dry-run', '--out', join(folder, 'out'), '--machine', machine]
  const program = startPty([process.execPath, join(folder, 'dist/keystone.mjs'), ...args], { env: { LANG: 'C.UTF-8' } })
  try {
    await body(new WizardDriver(program.tty))
  } finally {
    program.dispose()
  }
}

test('a dry run through all pages writes the configuration and the commands, without a secret', async () => {
  await withWizard(async (wizard) => {
    for (const canary of [CANARY_PASSPHRASE, CANARY_PASSWORD]) wizard.tty.never(canary)
    await answerAll(wizard, answers)
    await confirmAndStart(wizard)
    await wizard.page('Done')
    await wizard.tty.waitForText('The dry run is complete. Nothing was changed.')
    wizard.tty.assertNothingForbidden()
  })
  const commands = await readFile(join(folder, 'out/commands.txt'), 'utf8')
  expect(commands).toContain('disko --mode destroy,format,mount --yes-wipe-all-disks')
  const configuration = join(folder, `out/rendered/etc/nixos/hosts/${HOST_NAME}/configuration.nix`)
  expect(await readFile(configuration, 'utf8')).toContain(`"${HOST_NAME}"`)
  const exported = await readFile(join(folder, 'out/answers.yaml'), 'utf8')
  expect(exported).toContain('mirror-zfs')
  for (const text of [commands, exported]) expect(text).not.toMatch(/Kanarie/)
})

test('Ctrl-C asks on every page, and Esc there goes on where the person was', async () => {
  await withWizard(async (wizard) => {
    const { tty } = wizard
    const ask = async (title: string) => {
      await tty.press('Ctrl-C')
      await tty.waitForText('No, stay')
      await tty.press('Esc')
      await tty.waitUntilGone('No, stay')
      await wizard.page(title)
    }
    await wizard.page('Welcome')
    await tty.waitForText('Everything that an install needs is here')
    await ask('Welcome')
    await answerAll(wizard, answers)
    await ask('Review')
    for (const title of ['Cluster', 'Identity', 'Network', 'Encryption', 'Disk', 'System']) {
      await tty.press('Esc')
      await wizard.page(title)
      await ask(title)
    }
  })
})
