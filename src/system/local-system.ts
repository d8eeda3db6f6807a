import { Secret } from '../model/secret.ts'
import { commandEnvironment } from './environment.ts'
import { exchangeOrNull } from './exchange.ts'
import {
  appendToFile,
  doesExist,
  freeBytesOrNull,
  freeInodesOrNull,
  isExecutable,
  listOrNull,
  makeDirectoryWithMode,
  moveToFreeName,
  overwrite,
  readBytesOrNull,
  readTextOrNull,
  realPathOrNull,
  removeEmptyDirectory,
  removeFileIfThere,
  replaceFile,
} from './files.ts'
import { httpsGet } from './https-get.ts'
import type { Log } from './log.ts'
import { endOrphans, startedByUs } from './orphans.ts'
import { runCommand } from './run-command.ts'
import type { System } from './system.ts'

/** Between asking a program to stop and stopping it. */
const KILL_DELAY_MS = 5000

/** This machine. Every command goes to the log with its line, exit code and duration; the output of `run` does too unless
 *  the caller takes it by `onLine`. `environment` is the caller's (`process.env`, which only cli.ts may read); programs get
 *  the few variables of it that are listed in environment.ts. */
export function createLocalSystem(options: {
  readonly log: Log
  readonly environment?: Readonly<Record<string, string | undefined>>
  readonly killDelayMs?: number
}): System {
  const { log, killDelayMs = KILL_DELAY_MS } = options
  const environment = commandEnvironment(options.environment ?? {})
  return {
    query: (program, args, commandOptions = {}) =>
      runCommand(program, args, commandOptions, { log, environment, killDelayMs, logsOutput: false }),
    run: async (program, args, commandOptions = {}) => {
      const marked = { ...environment, ...(await startedByUs()) }
      return runCommand(program, args, commandOptions, { log, environment: marked, killDelayMs, logsOutput: true })
    },

    hasProgram: (program) => isExecutable(program, environment.PATH ?? ''),

    readText: readTextOrNull,
    readBytes: readBytesOrNull,
    exchange: exchangeOrNull,
    listDirectory: listOrNull,
    realPath: realPathOrNull,
    exists: doesExist,
    freeBytes: freeBytesOrNull,
    freeInodes: freeInodesOrNull,

    async writeFile(path, content, { mode }) {
      if (content instanceof Secret) log.hide(content)
      await replaceFile(path, content instanceof Secret ? content.bytes() : content, mode)
      log.write(`wrote ${path} (${mode.toString(8).padStart(4, '0')})`)
    },
    writeBytes: (path, content, { mode }) => replaceFile(path, content, mode),
    writeAt: overwrite,
    appendFile: (path, content, { mode }) => appendToFile(path, content, mode),
    makeDirectory: (path, { mode }) => makeDirectoryWithMode(path, mode),
    removeFile: removeFileIfThere,
    removeDirectory: removeEmptyDirectory,
    moveFile: moveToFreeName,
    endOrphans: () => endOrphans(killDelayMs),

    httpsGet,
    now: () => new Date(),
  }
}
