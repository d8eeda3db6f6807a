import { expect, test } from 'vitest'
import type { Machine } from './harness/machine.ts'
import type { Tty } from './harness/tty.ts'
import { HOST_NAME, typedAnswers } from './install/answers.ts'
import { bootAnswering, type Question, typeSecret } from './install/boot-questions.ts'
import { CANARY_PASSPHRASE, CANARY_PASSWORD, hostFilesWithCanary } from './install/canary.ts'
import { configRepository, firstBoot } from './install/installed.ts'
import { withReadyMachine } from './install/ready-machine.ts'
import { answerAll, confirmAndStart, noteRecoveryKey, WizardDriver } from './install/wizard.ts'

test('ext4 on LUKS2: cancelled once, installed by keystrokes, and opened by the recovery key in both its forms when the TPM is cleared', async () => {
  await withReadyMachine('ext4', async (machine) => {
    const { tty, agent } = machine
    for (const canary of [CANARY_PASSPHRASE, CANARY_PASSWORD]) tty.never(canary)
    const wizard = new WizardDriver(tty)
    await answerAll(wizard, typedAnswers({ layout: 'One disk, ext4', serials: ['keystone-a'], recoveryKey: true }))
    const recoveryKey = await noteRecoveryKey(wizard)
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
    // As the QR code has it; the next time as it is on paper.
    await answerQuestion(tty, 2, recoveryKey.toUpperCase())
    const result = await firstBoot(machine)
    // The boot cannot tell the two apart: both are typed at the same question.
    expect(result.unlockedBy).toBe('passphrase')
    await agent.putFile('/run/recovery-patterns', `${recoveryKey.slice(0, 17)}\n${recoveryKey.slice(-17)}\n`, '0600')
    const traces = 'grep -rliFf /run/recovery-patterns /etc /var /boot /nix /root /home'
    expect(await agent.exec(traces, { timeoutMs: 300_000 })).toMatchObject({ code: 1, stdout: '' })

    expect(await bootAgain(machine, recoveryKey)).toEqual(['passphrase'])
    expect((await firstBoot(machine)).unlockedBy).toBe('passphrase')
    expect(await agent.succeed('findmnt -no SOURCE,FSTYPE /')).toMatch(/^\/dev\/mapper\/cryptroot +ext4$/)
    expect(await agent.succeed('hostname')).toBe(HOST_NAME)
    expect((await configRepository(machine)).status).toBe('')
    await machine.powerCut()
    expect(await hostFilesWithCanary(machine)).toEqual([])
  })
})

/** Answers the boot's nth question for the passphrase. */
async function answerQuestion(tty: Tty, count: number, answer: string): Promise<void> {
  const question = /assphrase or recovery key for disk/
  await tty.waitUntil(`question ${count}`, (screen) => screen.text().split(question).length === count + 1, {
    timeoutMs: 300_000,
  })
  await typeSecret(tty, question, answer)
}

async function bootAgain(machine: Machine, passphrase: string): Promise<readonly Question[]> {
  await machine.agent.exec('systemctl poweroff', { timeoutMs: 20_000 }).catch(() => {})
  expect(await machine.waitForExit({ timeoutMs: 300_000 })).toBe('guest-shutdown')
  return bootAnswering(machine, {}, { passphrase })
}

/** From the failure page, by its first choice. */
async function retry(wizard: WizardDriver): Promise<void> {
  await wizard.focus(/Try again/)
  await wizard.tty.press('Enter')
  await wizard.page('Installing', { timeoutMs: 60_000 })
}
