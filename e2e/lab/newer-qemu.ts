import { execFile } from 'node:child_process'
import { access, mkdir, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { cacheDir, newerQemuDir, withLock } from './cache.ts'
import { toolPath } from './tools.ts'

const run = promisify(execFile)

/** From here on emulation does AES with the host's own instructions (a quarter less time for boots and encrypted file
 *  systems, measured with 7.2 and 10.0), and no longer trips over code that a kernel patches (emulator-slip.ts). */
const GOOD_ENOUGH = { major: 8, minor: 1 }

/** `QEMU emulator version 7.2.22 (Debian …)` -> whether that is new enough; true for what it cannot read. */
export function isGoodEnough(version: string): boolean {
  const [, major = '', minor = ''] = /version (\d+)\.(\d+)/.exec(version) ?? []
  if (major === '') return true
  return (
    Number(major) > GOOD_ENOUGH.major || (Number(major) === GOOD_ENOUGH.major && Number(minor) >= GOOD_ENOUGH.minor)
  )
}

/** Puts Debian trixie's QEMU into the cache where the host's is too old; toolPath finds it there. Without a network, or on
 *  a host without apt, the host's stays in use, and that is said. */
export async function fetchNewerQemu(say: (text: string) => void): Promise<void> {
  const dir = newerQemuDir()
  if ((await exists(dir)) || isGoodEnough(await hostVersion())) return
  await withLock(`${dir}.lock`, async () => {
    if (await exists(dir)) return
    say("fetching a newer QEMU than the host's: it emulates faster")
    const partial = join(cacheDir(), `tmp-${process.pid}-qemu`)
    try {
      await mkdir(partial, { recursive: true })
      await run(join(import.meta.dirname, 'fetch-qemu.sh'), [partial], { env: { ...process.env, PATH: toolPath() } })
      await rename(partial, dir)
    } catch (error) {
      await rm(partial, { recursive: true, force: true })
      const { stderr = '' } = error as { stderr?: string }
      say(
        `no newer QEMU could be fetched, going on with the host's: ${stderr.trim().split('\n').at(-1) || String(error)}`,
      )
    }
  })
}

const hostVersion = async () =>
  (await run('qemu-system-x86_64', ['--version'], { env: { ...process.env, PATH: toolPath() } })).stdout

const exists = (path: string) =>
  access(path).then(
    () => true,
    () => false,
  )
