import type { Tpm, Unknown } from '../model/hardware.ts'
import type { Problem } from '../model/problem.ts'
import type { System } from '../system/system.ts'
import { hardwareProblem, type Part } from './part.ts'
import { ASK_PERMANENT, parseLockout } from './tpm-lockout.ts'

const TPM = '/sys/class/tpm/tpm0'
/** A TPM answers this in milliseconds; one that hangs must not keep the first screen. */
const ASK_TIMEOUT_MS = 2000

/** The text of tpm_version_major. Kernels before 5.6 do not have it. */
export function parseTpmVersion(text: string | null): Tpm['version'] {
  const major = text?.trim()
  return major === '2' ? '2.0' : major === '1' ? '1.2' : 'unknown'
}

/** Usable: a TPM2 with the kernel's resource manager, which answers when the kernel asks it for a PCR. Without a driver
 *  only the firmware's ACPI table tells that there is one. */
export async function readTpm(system: System): Promise<Part<'tpm'>> {
  const [hasClass, major, hasResourceManager, banks, pcr, hasTable, hasSysfs] = await Promise.all([
    system.exists(TPM),
    system.readText(`${TPM}/tpm_version_major`),
    system.exists('/dev/tpmrm0'),
    system.exists(`${TPM}/pcr-sha256`),
    system.readText(`${TPM}/pcr-sha256/0`),
    system.exists('/sys/firmware/acpi/tables/TPM2'),
    system.exists('/sys/class'),
  ])
  const problem = (code: string, message: string, hint?: string) => hardwareProblem('tpm', code, message, hint)
  if (!hasSysfs) {
    const tpm: Tpm = { isPresent: 'unknown', version: 'unknown', isUsable: false }
    return {
      value: { tpm },
      problems: [problem('cannot-read-tpm', 'cannot tell whether there is a TPM: /sys/class is missing')],
    }
  }
  if (!hasClass) {
    const tpm: Tpm = { isPresent: hasTable, version: hasTable ? '2.0' : 'unknown', isUsable: false }
    const without = problem('tpm-without-driver', 'the firmware announces a TPM2, but the kernel has no driver for it')
    return { value: { tpm }, problems: hasTable ? [without] : [] }
  }
  const version = parseTpmVersion(major)
  // Kernels before 5.12 have no pcr-sha256 folder; there the device is all we can see.
  const answers = hasResourceManager && (pcr !== null || !banks)
  if (version !== '2.0') return { value: { tpm: { isPresent: true, version, isUsable: false } }, problems: [] }

  const isLockedOut = answers ? await askLockout(system) : 'unknown'
  const problems: Problem[] = []
  if (!answers) {
    const hint = 'switch it off and on again in the firmware setup, or install without TPM unlock'
    problems.push(problem('tpm-not-usable', 'there is a TPM2, but it does not answer through /dev/tpmrm0', hint))
  }
  if (isLockedOut === true) {
    const message = 'the TPM2 refuses every PIN for now, because too many wrong ones were tried'
    const hint = 'wait (often for a day), clear it in the firmware setup, or install without a PIN'
    problems.push(problem('tpm-locked-out', message, hint))
  }
  return { value: { tpm: { isPresent: true, version, isUsable: answers, isLockedOut } }, problems }
}

/** No file tells it: the TPM itself must be asked, which only root may. */
async function askLockout(system: System): Promise<boolean | Unknown> {
  const reading = system.exchange?.('/dev/tpmrm0', ASK_PERMANENT, { maxBytes: 4096, timeoutMs: ASK_TIMEOUT_MS })
  return parseLockout((await reading) ?? null)
}
