import { expect, test } from 'vitest'
import type { Machine } from './harness/machine.ts'
import { answersYaml } from './install/answers.ts'
import { hostFilesWithCanary } from './install/canary.ts'
import { installHeadless } from './install/headless.ts'
import { firstBoot } from './install/installed.ts'
import { withReadyMachine } from './install/ready-machine.ts'

test('a mirror of two disks boots by the TPM with either disk taken out', async () => {
  await withReadyMachine('mirror', async (machine) => {
    const { agent } = machine
    const run = await installHeadless(
      machine,
      answersYaml({ layout: 'mirror-zfs', diskIds: ['keystone-a', 'keystone-b'], tpmUnlock: true }),
    )
    expect(run).toMatchObject({ exitCode: 0 })
    await agent.exec('systemctl reboot', { timeoutMs: 20_000 }).catch(() => {})
    await machine.reboot({ timeoutMs: 300_000, without: ['keystone-b'] })
    await expectDegradedBoot(machine)
    await shutDown(machine)
    await machine.powerOn({ boot: 'disks', without: ['keystone-a'] })
    await expectDegradedBoot(machine)
    await machine.powerCut()
    expect(await hostFilesWithCanary(machine)).toEqual([])
  })
})

/** One disk is missing: the system is up, unlocked without a question, and says that its pool is degraded. */
async function expectDegradedBoot(machine: Machine): Promise<void> {
  const result = await firstBoot(machine)
  expect(result.unlockedBy).toBe('tpm2')
  expect(await machine.agent.succeed('findmnt -no SOURCE /')).toBe('rpool/crypt/root')
  expect(await machine.agent.succeed('zpool list -H -o health rpool')).toBe('DEGRADED')
  // The phase must not call a pool with a missing disk healthy.
  expect(result.ok).toBe(false)
  expect(result.checks.some((check) => !check.ok && check.found.includes('DEGRADED'))).toBe(true)
}

async function shutDown(machine: Machine): Promise<void> {
  await machine.agent.exec('systemctl poweroff', { timeoutMs: 20_000 }).catch(() => {})
  expect(await machine.waitForExit({ timeoutMs: 300_000 })).toBe('guest-shutdown')
}
