import { createLog, type Log } from '../system/log.ts'
import { type LogFile, openLogFile } from '../system/log-file.ts'

/** The log of this run: in memory from the first line, in a file once an install begins, and to whoever listens. */
export type LiveLog = {
  readonly log: Log
  /** Puts what there is so far and all that comes into the file. Throws UserError when it cannot be written. */
  keepIn(path: string): void
  /** Calls back with each line, without its time stamp. Gives the function that ends it. */
  listen(listener: (line: string, at: string) => void): () => void
  /** With time stamps, oldest first. */
  lines(): readonly string[]
  close(): void
}

/** Enough for a person; the file has all of it. */
const LINES_IN_MEMORY = 20_000

export function createLiveLog(now?: () => Date): LiveLog {
  const listeners = new Set<(line: string, at: string) => void>()
  const lines: string[] = []
  let file: LogFile | null = null
  let path: string | null = null

  const append = (stamped: string) => {
    file?.append(stamped)
    lines.push(stamped.trimEnd())
    if (lines.length > LINES_IN_MEMORY) lines.shift()
    const space = stamped.indexOf(' ')
    const at = stamped.slice(0, space)
    for (const listener of listeners) listener(stamped.slice(space + 1).trimEnd(), at)
  }

  return {
    log: createLog(now === undefined ? { append } : { append, now }),
    keepIn(wanted) {
      if (wanted === path) return
      file?.close()
      file = openLogFile(wanted)
      path = wanted
      for (const line of lines) file.append(`${line}\n`)
    },
    listen(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    lines: () => [...lines],
    close() {
      file?.close()
      file = null
      path = null
    },
  }
}
