import { readFileSync } from 'node:fs'

/** Lab-only switches, one NAME=VALUE a line. A file, because the installer hands no unknown variables on to programs. */
const FILE = '/run/keystone-lab.env'

/** What the lab wants of its stand-ins: from the environment, else from the file.
 *
 *  KEYSTONE_LAB_CHEAP_PBKDF   any value: LUKS keys are derived in no time instead of ten seconds under emulation
 *  KEYSTONE_LAB_BUILD_PAUSE_MS  pause between two steps of the make-believe build
 *  KEYSTONE_LAB_SHIM  any value: what is installed boots with Secure Boot on, too
 *  KEYSTONE_DISKO, KEYSTONE_NIXPKGS_LIB  source folders: the real disko's own script runs instead of ours */
export function labSettings(
  environment: Readonly<Record<string, string | undefined>> = process.env,
  text: string = readOrEmpty(FILE),
): Readonly<Record<string, string | undefined>> {
  const lines = text.split('\n').flatMap((line) => {
    const match = /^(KEYSTONE_\w+)=(.*)$/.exec(line)
    return match ? [[match[1] as string, match[2] as string] as const] : []
  })
  return { ...Object.fromEntries(lines), ...environment }
}

function readOrEmpty(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return ''
  }
}
