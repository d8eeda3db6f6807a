import { randomBytes } from 'node:crypto'
import { link, mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'

export type Lock = { release(): Promise<void> }

/** Two wizards run, on the screen and on the serial line; only one may install. Gives the lock, or the process that has it.
 *  The file holds the owner's pid; one whose owner is gone is taken over. */
export async function takeLock(path: string): Promise<Lock | { readonly heldBy: number }> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 })
  // Written first and linked into place: nobody can see a lock without its owner in it.
  const own = `${path}.${process.pid}.${randomBytes(4).toString('hex')}`
  await writeFile(own, `${process.pid}\n`, { mode: 0o600, flag: 'wx' })
  try {
    for (;;) {
      if (await linkIfFree(own, path)) return { release: () => rm(path, { force: true }) }
      const heldBy = Number((await readFile(path, 'utf8').catch(() => '')).trim())
      if (isAlive(heldBy)) return { heldBy }
      await rm(path, { force: true })
    }
  } finally {
    await rm(own, { force: true })
  }
}

async function linkIfFree(from: string, to: string): Promise<boolean> {
  try {
    await link(from, to)
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false
    throw error
  }
}

function isAlive(pid: number): boolean {
  if (!Number.isSafeInteger(pid) || pid <= 0) return false
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    // EPERM: it is there, and somebody else's.
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}
