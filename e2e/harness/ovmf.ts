import { access } from 'node:fs/promises'

export type Ovmf = { code: string; vars: string }

// Debian and Ubuntu; then where other distributions put the same build.
const pairs: Ovmf[] = [
  { code: '/usr/share/OVMF/OVMF_CODE_4M.fd', vars: '/usr/share/OVMF/OVMF_VARS_4M.fd' },
  { code: '/usr/share/OVMF/OVMF_CODE.fd', vars: '/usr/share/OVMF/OVMF_VARS.fd' },
  { code: '/usr/share/edk2/x64/OVMF_CODE.4m.fd', vars: '/usr/share/edk2/x64/OVMF_VARS.4m.fd' },
  { code: '/usr/share/edk2/ovmf/OVMF_CODE.fd', vars: '/usr/share/edk2/ovmf/OVMF_VARS.fd' },
]

/** Finds the UEFI firmware without Secure Boot keys. Throws when no known place has it. */
export async function findOvmf(): Promise<Ovmf> {
  for (const pair of pairs) {
    if ((await isReadable(pair.code)) && (await isReadable(pair.vars))) return pair
  }
  throw new Error(
    `no UEFI firmware for QEMU: install with "apt-get install ovmf" (looked for ${pairs.map((p) => p.code).join(', ')})`,
  )
}

const isReadable = (path: string) =>
  access(path).then(
    () => true,
    () => false,
  )
