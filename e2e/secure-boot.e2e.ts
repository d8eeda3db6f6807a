import { expect, test } from 'vitest'
import { defaultDisks } from './harness/disks.ts'
import type { Machine } from './harness/machine.ts'
import { answersYaml } from './install/answers.ts'
import { bootAnswering, type Question, typeSecret } from './install/boot-questions.ts'
import { CANARY_PASSPHRASE, CANARY_PIN, hostFilesWithCanary } from './install/canary.ts'
import { withDiskMachine, withLab } from './install/disk-machine.ts'
import { installHeadless } from './install/headless.ts'
import { firstBoot } from './install/installed.ts'

const MINUTE = 60_000
/** Typed at every enrolment, and asked for at every boot that the TPM opens. */
const ANSWERS: Record<Question, string> = { passphrase: CANARY_PASSPHRASE, pin: CANARY_PIN }

// XFS: ZFS's module is signed by nobody, and with Secure Boot the kernel takes none that is not.
test('TPM2 with PIN: when Secure Boot is turned on, or off with the TPM cleared, the passphrase opens the disk, and one command sets it right', async () => {
  await withLab((lab) =>
    withDiskMachine(lab, 'secure-boot', { disks: defaultDisks, switches: ['KEYSTONE_LAB_SHIM=1'] }, async (machine) => {
      const { agent } = machine
      const run = await installHeadless(
        machine,
        answersYaml({ layout: 'single-xfs', unlock: 'tpm-pin', diskIds: ['keystone-a'] }),
      )
      expect(run).toMatchObject({ exitCode: 0 })
      await agent.exec('systemctl poweroff', { timeoutMs: 20_000 }).catch(() => {})
      await machine.waitForExit({ timeoutMs: 5 * MINUTE })
      expect(await bootAnswering(machine)).toEqual(['pin'])
      expect(await state(machine)).toMatchObject({ secureBoot: expect.stringMatching(/^off/), state: 'ok' })

      await powerOff(machine)
      await machine.secureBoot(true)
      await expectRefused(machine, { secureBoot: 'on', state: 'pcr-changed' })
      await reEnroll(machine)
      await powerOff(machine)
      expect(await bootAnswering(machine)).toEqual(['pin'])
      expect(await state(machine)).toMatchObject({ secureBoot: 'on', state: 'ok' })

      // Both at once, as when a board is replaced.
      await powerOff(machine)
      await machine.secureBoot(false)
      await machine.clearTpm()
      await expectRefused(machine, { state: expect.stringMatching(/^(tpm|pcr)-changed$/) })
      await reEnroll(machine)
      await powerOff(machine)
      expect(await bootAnswering(machine)).toEqual(['pin'])
      expect(await firstBoot(machine)).toMatchObject({ ok: true })
      await machine.powerCut()
      expect(await hostFilesWithCanary(machine)).toEqual([])
    }),
  )
})

/** The TPM does not give its key; the passphrase, asked for at the end, opens the disk, and the machine says what is wrong. */
async function expectRefused(machine: Machine, wanted: object): Promise<void> {
  const asked = await bootAnswering(machine)
  expect(asked.at(-1)).toBe('passphrase')
  // The phase cannot tell what was typed; that the TPM refuses, is what it finds wrong.
  expect(await firstBoot(machine)).toMatchObject({ ok: false, unlockedBy: 'PIN or passphrase' })
  expect(await state(machine)).toMatchObject(wanted)
}

async function state({ agent }: Machine): Promise<unknown> {
  // Its exit code says that something is not as it should be; what, stands in the answer.
  return JSON.parse((await agent.exec('keystone tpm status --json', { timeoutMs: 2 * MINUTE })).stdout)
}

/** As a person does on the serial line: the passphrase, then the new PIN, twice. */
async function reEnroll(machine: Machine): Promise<void> {
  const { agent, tty } = machine
  await agent.succeed('systemctl stop serial-getty@ttyS0', { timeoutMs: MINUTE })
  await tty.screen.write('\x1bc')
  const ended = agent.exec('setsid --ctty --wait keystone tpm re-enroll <>/dev/ttyS0 >&0 2>&1', {
    timeoutMs: 5 * MINUTE,
  })
  const typeAt = async (question: RegExp, answer: string) => {
    await tty.waitForText(question, { timeoutMs: 2 * MINUTE })
    await typeSecret(tty, question, answer)
  }
  await typeAt(/passphrase for disk[^\n]*:/, ANSWERS.passphrase)
  await typeAt(/enter TPM2 PIN[^\n]*:/, ANSWERS.pin)
  await typeAt(/enter TPM2 PIN \(repeat\)[^\n]*:/, ANSWERS.pin)
  expect(await ended).toMatchObject({ code: 0 })
  expect(await state(machine)).toMatchObject({ state: 'ok' })
  await agent.succeed('systemctl start serial-getty@ttyS0', { timeoutMs: MINUTE })
}

async function powerOff(machine: Machine): Promise<void> {
  await machine.agent.exec('systemctl poweroff', { timeoutMs: 20_000 }).catch(() => {})
  expect(await machine.waitForExit({ timeoutMs: 5 * MINUTE })).toBe('guest-shutdown')
}
