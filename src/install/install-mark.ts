import { posix } from 'node:path'
import type { InstallMark } from '../model/install-mark.ts'
import { TARGET_MARK_FILE } from '../model/paths.ts'
import type { Plan } from '../model/plan.ts'
import { answersHashOf } from '../plan/answers-hash.ts'
import type { System } from '../system/system.ts'
import { onEsps } from './target-mounts.ts'
import { isSystemError } from './task-failure.ts'

/** On every esp, so that it is found whichever disk is left, and so that the copying of one esp to the others
 *  (modules/keystone/boot-copies.nix) neither adds nor takes one. On the disk when this returns: who removes the journal after it
 *  never leaves a finished machine without one of both. An esp that takes none stops nothing: the machine is installed. */
export async function leaveMarks(
  system: System,
  { plan, installerVersion, log }: { readonly plan: Plan; readonly installerVersion: string; log(line: string): void },
): Promise<void> {
  const mark: InstallMark = {
    format: 1,
    planHash: plan.hash,
    answersHash: answersHashOf(plan),
    hostName: plan.hostName,
    installerVersion,
    finishedAt: system.now().toISOString(),
  }
  for (const file of onEsps(plan, TARGET_MARK_FILE)) {
    try {
      await system.makeDirectory(posix.dirname(file), { mode: 0o700 })
      await system.writeFile(file, `${JSON.stringify(mark)}\n`, { mode: 0o600 })
    } catch (error) {
      if (!isSystemError(error)) throw error
      log(`${file} cannot be written, so the disk does not tell that it is installed: ${error.message}`)
    }
  }
}

/** Anybody may write such a file, and it is shown on a terminal: what does not look as we write it is none. */
const SHAPES: Readonly<Record<Exclude<keyof InstallMark, 'format'>, RegExp>> = {
  planHash: /^[0-9a-f]{1,64}$/,
  answersHash: /^[0-9a-f]{64}$/,
  hostName: /^[A-Za-z0-9-]{1,63}$/,
  installerVersion: /^[\w.+ -]{1,64}$/,
  finishedAt: /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/,
}

/** The text of a file that may be a mark. Null when it is none. */
export function readMark(text: string): InstallMark | null {
  let read: unknown
  try {
    read = JSON.parse(text)
  } catch {
    return null
  }
  if (typeof read !== 'object' || read === null || Array.isArray(read)) return null
  const fields = read as Readonly<Record<string, unknown>>
  const isSound = Object.entries(SHAPES).every(([name, shape]) => {
    const value = fields[name]
    return typeof value === 'string' && shape.test(value)
  })
  return fields.format === 1 && isSound ? (read as InstallMark) : null
}

/** Whether what is installed there came from the same answers, on these disks or on others. */
export function isMarkOf(mark: InstallMark, plan: Plan): boolean {
  return mark.planHash === plan.hash || mark.answersHash === answersHashOf(plan)
}
