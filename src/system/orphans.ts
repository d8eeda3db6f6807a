import { readdir, readFile } from 'node:fs/promises'
import { setTimeout as pause } from 'node:timers/promises'
import { isAlive, startTimeOf } from './process-name.ts'

/** In the environment of every program that changes something, and so of all that it starts: whose it is. No secret. */
const MARK = 'KEYSTONE_STARTED_BY'

export type Orphan = { readonly pid: number; readonly name: string }

const PAUSE_MS = 50
/** A program that waits for a disk that does not answer cannot be ended; nobody waits for it for good. */
const LIMIT_MS = 10_000

/** `{ KEYSTONE_STARTED_BY: '4711:123456' }`, of this process. */
export async function startedByUs(): Promise<Record<string, string>> {
  return { [MARK]: `${process.pid}:${(await startTimeOf(process.pid)) ?? ''}` }
}

/** An installer that was killed leaves its programs behind, and they go on formatting and copying. Ends all whose installer
 *  is gone: SIGTERM, then SIGKILL. Gives those that were ended. */
export async function endOrphans(killDelayMs: number): Promise<readonly Orphan[]> {
  const orphans = await findOrphans()
  for (const { pid } of orphans) signal(pid, 'SIGTERM')
  await untilGone(orphans, killDelayMs)
  // What they have started meanwhile is there too.
  const late = await findOrphans()
  for (const { pid } of late) signal(pid, 'SIGKILL')
  await untilGone(late, LIMIT_MS)
  return [...orphans, ...late.filter(({ pid }) => !orphans.some((orphan) => orphan.pid === pid))]
}

async function findOrphans(): Promise<readonly Orphan[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name)).map(Number)
  const found = await Promise.all(pids.map(async (pid) => ((await isOrphan(pid)) ? [pid] : [])))
  return Promise.all(
    found.flat().map(async (pid) => {
      const name = await readFile(`/proc/${pid}/comm`, 'utf8').catch(() => '')
      return { pid, name: name.trim() || 'a program' }
    }),
  )
}

async function isOrphan(pid: number): Promise<boolean> {
  if (pid === process.pid) return false
  const environment = await readFile(`/proc/${pid}/environ`, 'latin1').catch(() => '')
  const mark = environment.split('\0').find((line) => line.startsWith(`${MARK}=`))
  const match = /^\w+=([1-9]\d{0,9}):(\d+)$/.exec(mark ?? '')
  return match !== null && !(await isAlive({ pid: Number(match[1]), startTime: match[2] ?? null }))
}

async function untilGone(orphans: readonly Orphan[], limitMs: number): Promise<void> {
  for (let waited = 0; waited < limitMs; waited += PAUSE_MS) {
    const alive = await Promise.all(orphans.map(({ pid }) => startTimeOf(pid)))
    if (alive.every((one) => one === null)) return
    await pause(PAUSE_MS)
  }
}

function signal(pid: number, name: 'SIGTERM' | 'SIGKILL'): void {
  try {
    process.kill(pid, name)
  } catch {
    // Gone in the meantime.
  }
}
