import { readFile } from 'node:fs/promises'

/** A pid alone is given out again; with the time of its start it means one process of this boot. Null: not known. */
export type ProcessName = { readonly pid: number; readonly startTime: string | null }

/** In clock ticks since the boot. Null where the process is gone, or has ended and nobody has taken note of it yet. Its name,
 *  in brackets, may hold anything. Source: proc_pid_stat(5), fields 3 and 22. */
export async function startTimeOf(pid: number): Promise<string | null> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '')
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return fields[0] === 'Z' ? null : (fields[19] ?? null)
}

export async function isAlive({ pid, startTime }: ProcessName): Promise<boolean> {
  const now = await startTimeOf(pid)
  return now !== null && (startTime === null || now === startTime)
}
