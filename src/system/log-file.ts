import { closeSync, fchmodSync, mkdirSync, openSync, writeSync } from 'node:fs'
import { dirname } from 'node:path'
import { UserError } from './errors.ts'

export type LogFile = { append(line: string): void; close(): void }

/** Opens a file for `createLog`, 0600, created with its folder when it is not there. Each line is written before `append`
 *  returns, so that a crash of ours loses nothing. A full disk must not stop an install: then lines are dropped. */
export function openLogFile(path: string): LogFile {
  let file: number
  try {
    mkdirSync(dirname(path), { recursive: true })
    file = openSync(path, 'a', 0o600)
    fchmodSync(file, 0o600)
  } catch (cause) {
    throw new UserError(`cannot write the log ${path}`, { nextSteps: ['choose another place for the log'], cause })
  }
  return {
    append(line) {
      try {
        writeSync(file, line)
      } catch {
        // The screen still shows the line; there is nowhere better to complain.
      }
    },
    close: () => closeSync(file),
  }
}
