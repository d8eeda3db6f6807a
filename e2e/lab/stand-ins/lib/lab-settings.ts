import { readFileSync } from 'node:fs'
import { UsageError } from './arguments.ts'

/** Lab-only switches, one NAME=VALUE a line. A file, because the installer hands no unknown variables on to programs. */
const FILE = '/run/keystone-lab.env'

const SWITCHES: Readonly<Record<string, RegExp>> = {
  KEYSTONE_LAB_CHEAP_PBKDF: /./,
  KEYSTONE_LAB_BUILD_PAUSE_MS: /^\d+$/,
  KEYSTONE_LAB_SHIM: /./,
  KEYSTONE_LAB_BUILD_EATS_MIB: /^[1-9]\d*$/,
  KEYSTONE_LAB_BUILD_FILLS_MIB: /^[1-9]\d*$/,
  KEYSTONE_LAB_FETCH: /^[\w.-]+:\d+$/,
  KEYSTONE_LAB_NIX_REPLAY: /^[\w-]+:\d{1,3}$/,
  KEYSTONE_LAB_INSTALL_FAILS: /^(trace|loader)$/,
  KEYSTONE_DISKO: /^\//,
  KEYSTONE_NIXPKGS_LIB: /^\//,
}

/** What the lab wants of its stand-ins: from the environment, else from the file.
 *
 *  KEYSTONE_LAB_CHEAP_PBKDF   any value: LUKS keys are derived in no time instead of ten seconds under emulation
 *  KEYSTONE_LAB_BUILD_PAUSE_MS  pause between two steps of the make-believe build
 *  KEYSTONE_LAB_SHIM  any value: what is installed boots with Secure Boot on, too
 *  KEYSTONE_LAB_BUILD_EATS_MIB  the build takes so much memory, and gives it back when it ends
 *  KEYSTONE_LAB_BUILD_FILLS_MIB  it writes so much into the target's store, flushed, and removes it when it ends well
 *  KEYSTONE_LAB_FETCH  HOST:PORT that each path is downloaded from, a megabyte each (e2e/harness/fetch-server.ts)
 *  KEYSTONE_LAB_NIX_REPLAY  NAME:CODE  instead of a build: what a real nix said (streams/NAME.txt), and its exit code
 *  KEYSTONE_LAB_INSTALL_FAILS  `trace`: nixos-install ends with an error of an evaluation; `loader`: its boot loader does
 *  KEYSTONE_DISKO, KEYSTONE_NIXPKGS_LIB  source folders: the real disko's own script runs instead of ours
 *
 *  @throws UsageError for a switch that does not exist or has a value that it does not take: a fault that is not there would
 *  make a test pass. */
export function labSettings(
  environment: Readonly<Record<string, string | undefined>> = process.env,
  text: string = readOrEmpty(FILE),
): Readonly<Record<string, string | undefined>> {
  const lines = text.split('\n').flatMap((line) => {
    const match = /^(KEYSTONE_\w+)=(.*)$/.exec(line)
    return match ? [[match[1] as string, match[2] as string] as const] : []
  })
  for (const [name, value] of lines) {
    const form = SWITCHES[name]
    if (form === undefined) throw new UsageError(`the lab has no switch ${name}`)
    if (!form.test(value)) throw new UsageError(`the switch ${name} does not take '${value}'`)
  }
  return { ...Object.fromEntries(lines), ...environment }
}

function readOrEmpty(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return ''
  }
}
