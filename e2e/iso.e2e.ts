import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import type { Agent } from './harness/agent.ts'
import { virtualConsoleText, waitForVirtualConsole } from './harness/virtual-console.ts'
import { withMachine } from './harness/with-machine.ts'
import { answersYaml, typedAnswers } from './install/answers.ts'
import { CANARY_PASSPHRASE, CANARY_PASSWORD, filesWithCanary, hostFilesWithCanary } from './install/canary.ts'
import { firstBoot } from './install/installed.ts'
import { withLabIso } from './install/lab-iso.ts'
import { logIn } from './install/log-in.ts'
import { answerAll, confirmAndStart, WizardDriver } from './install/wizard.ts'

const minute = 60_000

test('a CD boots to the wizard on both consoles, which installs a system that boots without it', async () => {
  await withLabIso({}, async ({ image, iso }) => {
    await withMachine('iso-cd', { image, iso, boot: 'cd', display: true, say: console.log }, async (machine) => {
      const { tty, agent } = machine
      for (const canary of [CANARY_PASSPHRASE, CANARY_PASSWORD]) tty.never(canary)
      tty.never('The install stopped at')
      await machine.waitReady()
      await tty.waitForText('Everything that an install needs is here', { timeoutMs: 3 * minute })
      const console1 = await waitForVirtualConsole(agent, 1, 'Everything that an install needs is here')
      expect(console1.split('\n')[0]).toMatch(/^ Keystone +Step 1 of \d+ . Welcome/)
      await expectShellOnTty2(agent)
      await expectSshOnRequest(agent)
      expect(await agent.succeed('findmnt -no SOURCE,FSTYPE /iso')).toMatch(/^\/dev\/sr0 +iso9660$/)
      expect(await agent.succeed('findmnt -no FSTYPE /')).toBe('overlay')
      expect(await agent.succeed('systemctl --failed --no-legend')).toBe('')

      const wizard = new WizardDriver(tty)
      const answers = typedAnswers({ layout: 'One disk, ext4', serials: ['keystone-a'] })
      await answerAll(wizard, answers, {
        onDiskPage: async () => {
          const disks = await wizard.readOn()
          expect([...new Set(disks.match(/serial [\w-]+/g))]).toEqual(['serial keystone-a', 'serial keystone-b'])
          expect(disks).not.toMatch(/sr0|QEMU DVD|loop0/)
        },
      })
      await confirmAndStart(wizard)
      await wizard.page('Done', { timeoutMs: 20 * minute })
      expect(await virtualConsoleText(agent, 1)).toContain('Keystone')
      await wizard.focus('Reboot now')
      await tty.press('Enter')

      await machine.reboot({ timeoutMs: 5 * minute, boot: 'disks' })
      expect(await firstBoot(machine)).toMatchObject({ ok: true, unlockedBy: 'tpm2' })
      await logIn(tty)
      expect((await agent.exec('findmnt /iso')).code).toBe(1)
      await machine.powerCut()
      expect(await hostFilesWithCanary(machine)).toEqual([])
    })
  })
})

test('a stick with an answer file, copied to memory, installs by itself and leaves the stick alone', async () => {
  const answers = answersYaml({ layout: 'single-ext4', diskIds: ['keystone-b'], unlock: 'passphrase' })
  await withLabIso(
    { answers, kernelArguments: ['copytoram', 'keystone.answers=keystone/answers.yaml'] },
    async ({ image, iso, keystone }) => {
      const { stdout } = await promisify(execFile)(process.execPath, [keystone, 'iso', 'inspect', iso, '--json'])
      expect(JSON.parse(stdout)).toMatchObject({
        label: 'KEYSTONE_LAB',
        version: 'lab',
        boots: { asDvd: true, asStick: true },
        answers: { isUnattended: true, content: { encryption: { passphrase: '***' }, identity: { password: '***' } } },
      })
      await withMachine(
        'iso-stick',
        { image, iso, boot: 'stick', display: true, say: console.log },
        async (machine) => {
          const { tty, agent } = machine
          for (const canary of [CANARY_PASSPHRASE, CANARY_PASSWORD]) tty.never(canary)
          tty.never('The installation failed')
          await machine.waitReady()
          await tty.waitForText('Keystone installs by the answer file /iso/keystone/answers.yaml', {
            timeoutMs: 5 * minute,
          })
          await waitForVirtualConsole(agent, 1, 'Keystone installs by the answer file')
          // Nothing is mounted from the stick any more; it is known by its label.
          expect(await agent.succeed('findmnt -no FSTYPE /iso')).toBe('tmpfs')
          const { disks } = JSON.parse(await agent.succeed('keystone detect --json', { timeoutMs: minute })) as {
            disks: { serial: string; isBootMedium: boolean }[]
          }
          expect(disks.map(({ serial, isBootMedium }) => [serial, isBootMedium]).sort()).toEqual([
            ['keystone-a', false],
            ['keystone-b', false],
            ['keystone-stick', true],
          ])

          await tty.waitForText('Press Enter to restart.', { timeoutMs: 20 * minute })
          expect(await agent.succeed('cat /run/keystone-live/unattended/code')).toBe('0')
          expect(await agent.succeed('lsblk -rno PARTLABEL /dev/disk/by-id/virtio-keystone-a')).toBe('')
          expect(await agent.succeed('lsblk -rno FSTYPE /dev/disk/by-id/virtio-keystone-b')).toContain('crypto_LUKS')
          expect(await filesWithCanary(machine, ['/run/keystone-live', '/etc', '/var', '/tmp', '/root'])).toEqual([])
          await tty.press('Enter')
          expect(await machine.waitForExit({ timeoutMs: 5 * minute })).toBe('guest-reset')
          expect(await hostFilesWithCanary(machine)).toEqual([])
        },
      )
    },
  )
})

async function expectShellOnTty2(agent: Agent): Promise<void> {
  expect(await agent.succeed('systemctl is-active getty@tty2')).toBe('active')
  expect(await agent.succeed('ps -t tty2 -o args=')).toMatch(/bash/)
}

/** ssh is off, `keystone-ssh` opens it with a password of this boot, and `stop` closes it again. */
async function expectSshOnRequest(agent: Agent): Promise<void> {
  expect((await agent.exec('systemctl is-active ssh')).stdout.trim()).toBe('inactive')
  const shown = await agent.succeed('keystone-ssh', { timeoutMs: minute })
  const password = /password +(\S+)/.exec(shown)?.[1] ?? ''
  expect(password).toMatch(/^[a-z2-9]{5}-[a-z2-9]{5}-[a-z2-9]{5}$/)
  expect(shown).toContain(await agent.succeed('ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub | cut -d " " -f 2'))
  const logInWith = (word: string) =>
    agent.exec(
      `printf '#!/bin/sh\necho %s\n' ${word} >/run/ask && chmod 700 /run/ask && SSH_ASKPASS=/run/ask SSH_ASKPASS_REQUIRE=force ` +
        'ssh -o StrictHostKeyChecking=accept-new -o NumberOfPasswordPrompts=1 root@127.0.0.1 id -u </dev/null',
      { timeoutMs: minute },
    )
  expect((await logInWith(password)).stdout.trim()).toBe('0')
  expect((await logInWith('aaaaa-aaaaa-aaaaa')).code).toBe(255)
  await agent.succeed('keystone-ssh stop')
  expect((await logInWith(password)).code).toBe(255)
  await agent.succeed('rm /run/ask')
}
