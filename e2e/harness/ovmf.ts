import { access } from 'node:fs/promises'

/** A firmware's code, and the variables that a new machine starts with. */
export type Ovmf = { code: string; vars: string }

// With Secure Boot on and Microsoft's keys in it, as machines are sold.
const securePairs: Ovmf[] = [
  { code: '/usr/share/OVMF/OVMF_CODE_4M.secboot.fd', vars: '/usr/share/OVMF/OVMF_VARS_4M.ms.fd' },
  { code: '/usr/share/OVMF/OVMF_CODE.secboot.fd', vars: '/usr/share/OVMF/OVMF_VARS.ms.fd' },
]

// Debian and Ubuntu; then where other distributions put the same build.
const pairs: Ovmf[] = [
  { code: '/usr/share/OVMF/OVMF_CODE_4M.fd', vars: '/usr/share/OVMF/OVMF_VARS_4M.fd' },
  { code: '/usr/share/OVMF/OVMF_CODE.fd', vars: '/usr/share/OVMF/OVMF_VARS.fd' },
  { code: '/usr/share/edk2/x64/OVMF_CODE.4m.fd', vars: '/usr/share/edk2/x64/OVMF_VARS.4m.fd' },
  { code: '/usr/share/edk2/ovmf/OVMF_CODE.fd', vars: '/usr/share/edk2/ovmf/OVMF_VARS.fd' },
]

/** Finds the UEFI firmware without Secure Boot. Throws when no known place has it. */
export const findOvmf = (): Promise<Ovmf> => find(pairs)

/** Finds the UEFI firmware that starts only what Microsoft's keys vouch for. Throws when no known place has it. */
export const findSecureOvmf = (): Promise<Ovmf> => find(securePairs)

async function find(known: readonly Ovmf[]): Promise<Ovmf> {
  for (const pair of known) {
    if ((await isReadable(pair.code)) && (await isReadable(pair.vars))) return pair
  }
  throw new Error(
    `no UEFI firmware for QEMU: install with "apt-get install ovmf" (looked for ${known.map((p) => p.code).join(', ')})`,
  )
}

const isReadable = (path: string) =>
  access(path).then(
    () => true,
    () => false,
  )
