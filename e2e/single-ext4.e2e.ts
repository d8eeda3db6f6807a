import { expect, test } from 'vitest'
import { HOST_NAME, typedAnswers } from './install/answers.ts'
import { CANARY_PASSPHRASE, CANARY_PASSWORD, hostFilesWithCanary } from './install/canary.ts'
import { configRepository, firstBoot } from './install/installed.ts'
import { withReadyMachine } from './install/ready-machine.ts'
import { answerAll, confirmAndStart, WizardDriver } from './install/wizard.ts'

// systemd writes the question first, turns the echo off, and only then says so: what is typed in between would be seen.
const PROMPT = /[Pp]assphrase for disk [\s\S]*\(press TAB\s+for no echo\)/

test('ext4 on LUKS2: cancelled once, installed by keystrokes, and opened by the passphrase when the TPM is cleared', async () => {
  await withReadyMachine('ext4', async (machine) => {
    const { tty, agent } = machine
    for (const canary of [CANARY_PASSPHRASE, CANARY_PASSWORD]) tty.never(canary)
    const wizard = new WizardDriver(tty)
    await answerAll(wizard, typedAnswers({ layout: 'One disk, encrypted ext4', serials: ['keystone-a'] }))
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
    await tty.waitForText(PROMPT, { timeoutMs: 300_000 })
    await tty.type('not the passphrase\r')
    await tty.waitUntil(
      'the prompt to come again',
      (screen) => PROMPT.test(screen.text()) && screen.text().split('assphrase for disk').length === 3,
      { timeoutMs: 120_000 },
    )
    await tty.type(`${CANARY_PASSPHRASE}\r`)
    const result = await firstBoot(machine)
    expect(result.unlockedBy).toBe('passphrase')
    expect(await agent.succeed('findmnt -no SOURCE,FSTYPE /')).toMatch(/^\/dev\/mapper\/cryptroot +ext4$/)
    expect(await agent.succeed('hostname')).toBe(HOST_NAME)
    expect((await configRepository(machine)).status).toBe('')
    await machine.powerCut()
    expect(await hostFilesWithCanary(machine)).toEqual([])
  })
})

/** From the failure page, by its first choice. */
async function retry(wizard: WizardDriver): Promise<void> {
  await wizard.focus(/Try again/)
  await wizard.tty.press('Enter')
  await wizard.page('Installing', { timeoutMs: 60_000 })
}
