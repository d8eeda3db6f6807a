import { expect, test } from 'vitest'
import type { Screen } from './harness/screen.ts'
import type { Tty } from './harness/tty.ts'
import { HOST_NAME, typedAnswers } from './install/answers.ts'
import { CANARY_PASSPHRASE, CANARY_PASSWORD, hostFilesWithCanary } from './install/canary.ts'
import { configRepository, firstBoot } from './install/installed.ts'
import { withReadyMachine } from './install/ready-machine.ts'
import { answerAll, confirmAndStart, WizardDriver } from './install/wizard.ts'

test('ext4 on LUKS2: cancelled once, installed by keystrokes, and opened by the passphrase when the TPM is cleared', async () => {
  await withReadyMachine('ext4', async (machine) => {
    const { tty, agent } = machine
    for (const canary of [CANARY_PASSPHRASE, CANARY_PASSWORD]) tty.never(canary)
    const wizard = new WizardDriver(tty)
    await answerAll(wizard, typedAnswers({ layout: 'One disk, ext4', serials: ['keystone-a'] }))
    await confirmAndStart(wizard)

    // Cancelled while the disk is being formatted or filled: nothing stays mounted or open, and the wizard says so.
    await agent.succeed("timeout 300 bash -c 'until findmnt /mnt >/dev/null; do sleep 0.2; done'", {
      timeoutMs: 310_000,
    })
    await tty.press('Ctrl-C')
    await tty.waitForText('Cancel the install?', { timeoutMs: 60_000 })
    await tty.press('y')
    await wizard.page('Stopped', { timeoutMs: 180_000 })
    expect((await agent.exec('findmnt /mnt')).code).toBe(1)
    expect((await agent.exec('ls /dev/mapper/cryptroot')).code).not.toBe(0)
    expect((await agent.exec('ls /run/keystone/passphrase')).code).not.toBe(0)

    await retry(wizard)
    await wizard.page('Done', { timeoutMs: 20 * 60_000 })
    await wizard.focus('Reboot now')
    await tty.press('Enter')

    // With its TPM the machine asks nothing; with another one it asks, refuses a wrong answer, and takes the right one.
    expect(await machine.waitForExit({ timeoutMs: 300_000 })).toBe('guest-reset')
    await machine.clearTpm()
    await machine.powerOn({ boot: 'disks' })
    await answerQuestion(tty, 1, 'not the passphrase')
    await answerQuestion(tty, 2, CANARY_PASSPHRASE)
    const result = await firstBoot(machine)
    expect(result.unlockedBy).toBe('passphrase')
    expect(await agent.succeed('findmnt -no SOURCE,FSTYPE /')).toMatch(/^\/dev\/mapper\/cryptroot +ext4$/)
    expect(await agent.succeed('hostname')).toBe(HOST_NAME)
    expect((await configRepository(machine)).status).toBe('')
    await machine.powerCut()
    expect(await hostFilesWithCanary(machine)).toEqual([])
  })
})

/** Types an answer to the boot's nth question for the passphrase. systemd turns the echo off a moment after it has drawn the
 *  question, and what is typed in between is seen: so first a sign that is not of the answer. It comes back as a dot once the
 *  echo is off, and is taken away again. */
async function answerQuestion(tty: Tty, count: number, answer: string): Promise<void> {
  const questions = (screen: Screen) => screen.text().split('assphrase for disk')
  await tty.waitUntil(`question ${count}`, (screen) => questions(screen).length === count + 1, { timeoutMs: 300_000 })
  await tty.type('x')
  await tty.waitUntil('the echo to be off', (screen) => questions(screen).at(-1)?.includes('•') === true, {
    timeoutMs: 60_000,
  })
  await tty.type(`\x7f${answer}\r`)
}

/** From the failure page, by its first choice. */
async function retry(wizard: WizardDriver): Promise<void> {
  await wizard.focus(/Try again/)
  await wizard.tty.press('Enter')
  await wizard.page('Installing', { timeoutMs: 60_000 })
}
