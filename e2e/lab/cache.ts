import { mkdir, open, readFile, rm } from 'node:fs/promises'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'

/** Where images and saved machines are kept, outside the repository: they are gigabytes and belong to no commit. */
export function cacheDir(): string {
  const root = process.env.KEYSTONE_CACHE
  if (root) return root
  return join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'keystone-lab')
}

/** Debian trixie's QEMU for hosts whose own is too old (newer-qemu.ts). */
export const newerQemuDir = () => join(cacheDir(), 'qemu-trixie')

/** Runs `work` while holding a lock file that names our pid; a lock of a dead process is taken over.
 *  Two test runs that need the same image must build it once. */
export async function withLock<T>(path: string, work: () => Promise<T>): Promise<T> {
  await mkdir(join(path, '..'), { recursive: true })
  while (!(await tryLock(path))) await delay(500)
  try {
    return await work()
  } finally {
    await rm(path, { force: true })
  }
}

async function tryLock(path: string): Promise<boolean> {
  try {
    const file = await open(path, 'wx')
    await file.writeFile(String(process.pid))
    await file.close()
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
  }
  const owner = Number(await readFile(path, 'utf8').catch(() => ''))
  if (owner > 0 && !isAlive(owner)) await rm(path, { force: true })
  return false
}

/** True when a process with this id exists, also when it is not ours. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}
