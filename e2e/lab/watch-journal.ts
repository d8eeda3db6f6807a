// In the guest: reads the installer's journal while it is written, and stops the installer at a wanted moment, so that the
// harness can save the machine, kill the installer or cut the power there. The product knows nothing of it.
//
//   node watch-journal.mjs --task build --moment during [--ms 500] [--ready FILE] [--journal FILE] [--lock FILE]
//
// Prints what it stopped as one JSON line. Ends with 3 when the install was over before the moment came.
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { setTimeout as pause } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { decodeJournal } from '../../src/install/journal-file.ts'
import { TASK_IDS, type TaskId } from '../../src/model/event.ts'
import { JOURNAL_FILE, RUNTIME_DIRECTORY } from '../../src/model/paths.ts'
import type { JournalRecord } from '../../src/model/saved-install.ts'

export type Moment = 'before' | 'during' | 'after'

/** `children`: programs of the installer, stopped too. `records`: how many records the journal had then. */
export type Stopped = { readonly pid: number; readonly children: readonly number[]; readonly records: number }

/** Two records within one tick of the kernel's clock give the file one time: so it is also read every now and then. */
const LOOK_MS = 8
const READ_ANYWAY_MS = 200

/** What the new records say. `before` and `during` begin with the task's record: nothing of its work is done before that. */
export function hasCome(records: readonly JournalRecord[], task: TaskId, moment: Moment): boolean {
  const state = moment === 'after' ? 'finished' : 'started'
  return records.some((record) => record.state === state && record.task === task)
}

/** Nothing comes after these. */
export const isOver = (records: readonly JournalRecord[]): boolean =>
  records.some(({ state }) => state === 'installed' || state === 'cancelled' || state === 'failed')

type Read = { readonly startedAt: string; readonly records: readonly JournalRecord[] }

function readJournal(file: string): Read | null {
  try {
    const journal = decodeJournal(readFileSync(file))
    return journal && { startedAt: journal.saved.startedAt, records: journal.records }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null
    throw error
  }
}

const changedAt = (file: string) => statSync(file, { bigint: true, throwIfNoEntry: false })?.mtimeNs

/** The process that installs holds the lock: `PID START-TIME`. */
function installerOf(lockFile: string): number {
  const pid = Number(/^\d+/.exec(readFileSync(lockFile, 'utf8'))?.[0])
  if (!(pid > 1)) throw new Error(`${lockFile} names no process`)
  return pid
}

/** All below a process, from `PID (NAME) STATE PARENT …`; a name may hold anything. */
function descendantsOf(pid: number): readonly number[] {
  const parents = new Map<number, number>()
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue
    try {
      const text = readFileSync(`/proc/${name}/stat`, 'latin1')
      parents.set(Number(name), Number(text.slice(text.lastIndexOf(')') + 2).split(' ')[1]))
    } catch {
      // It has ended since.
    }
  }
  const found = new Set([pid])
  for (let size = 0; size !== found.size; ) {
    size = found.size
    for (const [child, parent] of parents) if (found.has(parent)) found.add(child)
  }
  found.delete(pid)
  return [...found]
}

/** The installer first: it starts no more programs then. */
function stop(pid: number): readonly number[] {
  process.kill(pid, 'SIGSTOP')
  const stopped = new Set<number>()
  for (;;) {
    const fresh = descendantsOf(pid).filter((child) => !stopped.has(child) && child !== process.pid)
    if (fresh.length === 0) return [...stopped]
    for (const child of fresh) {
      stopped.add(child)
      try {
        process.kill(child, 'SIGSTOP')
      } catch {
        // It has ended since.
      }
    }
  }
}

async function main(argv: readonly string[]): Promise<number> {
  const { values } = parseArgs({
    args: [...argv],
    options: {
      task: { type: 'string' },
      moment: { type: 'string', default: 'before' },
      ms: { type: 'string', default: '0' },
      ready: { type: 'string' },
      journal: { type: 'string', default: JOURNAL_FILE },
      lock: { type: 'string', default: `${RUNTIME_DIRECTORY}/lock` },
    },
  })
  const { journal, lock, ms } = values
  const task = TASK_IDS.find((id) => id === values.task)
  const moment = (['before', 'during', 'after'] as const).find((one) => one === values.moment)
  if (task === undefined || moment === undefined) throw new Error('--task and --moment must be known ones')

  const old = readJournal(journal)
  if (values.ready !== undefined) writeFileSync(values.ready, '')
  let seenAt: bigint | undefined
  for (let readAt = 0; ; await pause(LOOK_MS)) {
    const at = changedAt(journal)
    if (at === undefined || (at === seenAt && Date.now() - readAt < READ_ANYWAY_MS)) continue
    seenAt = at
    readAt = Date.now()
    const now = readJournal(journal)
    if (now === null) continue
    // An install that goes on adds to what is there; a new one begins a new journal.
    const fresh = now.startedAt === old?.startedAt ? now.records.slice(old.records.length) : now.records
    if (hasCome(fresh, task, moment)) break
    if (isOver(fresh)) {
      process.stderr.write(`the install was over before it came ${moment} ${task}\n`)
      return 3
    }
  }
  if (moment === 'during') await pause(Number(ms))
  const pid = installerOf(lock)
  const children = stop(pid)
  const stopped: Stopped = { pid, children, records: readJournal(journal)?.records.length ?? 0 }
  process.stdout.write(`${JSON.stringify(stopped)}\n`)
  return 0
}

if (import.meta.main) process.exitCode = await main(process.argv.slice(2))
