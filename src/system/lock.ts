import { randomBytes } from 'node:crypto'
import { link, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { isAlive, type ProcessName, startTimeOf } from './process-name.ts'

export type Lock = { release(): Promise<void> }

/** Two wizards run, on the screen and on the serial line; only one may install. Gives the lock, or the process that has it.
 *  The file holds the owner's pid and when it was started, because a pid is given out again; one whose owner is gone is
 *  taken over. */
export async function takeLock(path: string): Promise<Lock | { readonly heldBy: number }> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 })
  const own = `${path}.${process.pid}.${randomBytes(4).toString('hex')}`
  const content = `${process.pid} ${(await startTimeOf(process.pid)) ?? '-'}\n`
  // Written first and linked into place: nobody can see a lock without its owner in it.
  await writeFile(own, content, { mode: 0o600, flag: 'wx' })
  try {
    for (;;) {
      if (await linkIfFree(own, path)) return { release: () => releaseIfOwn(path, content) }
      const found = await readIfThere(path)
      // Released in this moment.
      if (found === null) continue
      const owner = readOwner(found)
      if (owner !== null && (await isAlive(owner))) return { heldBy: owner.pid }
      await takeAway(path, found, `${own}.stale`)
    }
  } finally {
    await rm(own, { force: true })
  }
}

/** Two may see the same stale lock. Removing it by its name could remove the lock that the other has just put there; a
 *  rename gives what was there to one of them alone, and that one looks what it got. */
async function takeAway(path: string, stale: string, aside: string): Promise<void> {
  try {
    await rename(path, aside)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return
    throw error
  }
  // Somebody else's new lock: give it back at once. Only a third process that takes the lock in this very moment could
  // stand beside its owner, and three of ours are never started together.
  if ((await readFile(aside, 'utf8').catch(() => stale)) !== stale) await linkIfFree(aside, path)
  await rm(aside, { force: true })
}

async function readIfThere(path: string): Promise<string | null> {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null
    throw error
  }
}

async function releaseIfOwn(path: string, content: string): Promise<void> {
  if ((await readFile(path, 'utf8').catch(() => null)) === content) await rm(path, { force: true })
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

function readOwner(text: string): ProcessName | null {
  const match = /^([1-9]\d{0,9})(?: (\d+|-))?\n?$/.exec(text)
  if (match === null) return null
  return { pid: Number(match[1]), startTime: match[2] === undefined || match[2] === '-' ? null : match[2] }
}
