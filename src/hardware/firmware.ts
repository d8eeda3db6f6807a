import type { SecureBoot } from '../model/hardware.ts'
import type { System } from '../system/system.ts'
import { hardwareProblem, type Part } from './part.ts'

const EFIVARS = '/sys/firmware/efi/efivars'
/** EFI_GLOBAL_VARIABLE. Source: UEFI specification, section 3.3. */
const GLOBAL_VARIABLE = '8be4df61-93ca-11d2-aa0d-00e098032b8c'
/** efivarfs puts the variable's attributes before its value. Source: Linux, Documentation/filesystems/efivarfs.rst. */
const ATTRIBUTE_BYTES = 4

/** An efivarfs file that holds one byte: true for 1, false for 0, 'odd' for anything else, null when there is none. */
export function parseEfiFlag(bytes: Uint8Array | null): boolean | 'odd' | null {
  if (bytes === null) return null
  const value = bytes[ATTRIBUTE_BYTES]
  if (bytes.length !== ATTRIBUTE_BYTES + 1 || (value !== 0 && value !== 1)) return 'odd'
  return value === 1
}

/** From the bytes of the variables SecureBoot and SetupMode of a UEFI machine. Firmware without Secure Boot has neither. */
export function parseSecureBoot(secureBoot: Uint8Array | null, setupMode: Uint8Array | null): SecureBoot {
  const isEnabled = parseEfiFlag(secureBoot)
  if (isEnabled === null) return 'unsupported'
  if (isEnabled === 'odd') return 'unknown'
  if (isEnabled) return 'enabled'
  // In setup mode whoever comes first may enrol keys; the firmware then reports SecureBoot = 0.
  return parseEfiFlag(setupMode) === true ? 'setup-mode' : 'disabled'
}

export async function readFirmware(system: System): Promise<Part<'firmware' | 'secureBoot'>> {
  const [hasEfi, hasSysfs, variables, secureBootBytes, setupModeBytes] = await Promise.all([
    system.exists('/sys/firmware/efi'),
    system.exists('/sys/firmware'),
    system.listDirectory(EFIVARS),
    system.readBytes(`${EFIVARS}/SecureBoot-${GLOBAL_VARIABLE}`),
    system.readBytes(`${EFIVARS}/SetupMode-${GLOBAL_VARIABLE}`),
  ])
  if (!hasEfi && !hasSysfs) {
    const problem = hardwareProblem(
      'firmware',
      'cannot-read-firmware',
      'cannot tell UEFI from BIOS: /sys/firmware is missing',
    )
    return { value: { firmware: 'unknown', secureBoot: 'unknown' }, problems: [problem] }
  }
  if (!hasEfi) return { value: { firmware: 'bios', secureBoot: 'unsupported' }, problems: [] }

  const secureBoot = variables?.length ? parseSecureBoot(secureBootBytes, setupModeBytes) : 'unknown'
  const problem = hardwareProblem(
    'secureBoot',
    'cannot-read-secure-boot',
    'cannot read the state of Secure Boot from the firmware variables',
    `check that ${EFIVARS} is mounted`,
  )
  return { value: { firmware: 'uefi', secureBoot }, problems: secureBoot === 'unknown' ? [problem] : [] }
}
