import { Cancelled } from '../system/errors.ts'
import type { System } from '../system/system.ts'

/** The same hands, but once `signal` aborts every program ends and nothing more is changed, whether the task thought of it
 *  or not. Removing a file stays possible: a secret on tmpfs must go even then. */
export function cancellableSystem(system: System, signal: AbortSignal): System {
  const unlessCancelled = async <Result>(change: () => Promise<Result>): Promise<Result> => {
    if (signal.aborted) throw new Cancelled('cancelled')
    return change()
  }
  return {
    query: (program, args, options) => system.query(program, args, { signal, ...options }),
    run: (program, args, options) => unlessCancelled(() => system.run(program, args, { signal, ...options })),
    readText: (path) => system.readText(path),
    readBytes: (path, range) => system.readBytes(path, range),
    exchange: async (path, question, options) => (await system.exchange?.(path, question, options)) ?? null,
    listDirectory: (path) => system.listDirectory(path),
    realPath: (path) => system.realPath(path),
    hasProgram: (program) => system.hasProgram(program),
    exists: (path) => system.exists(path),
    freeBytes: (path) => system.freeBytes(path),
    freeInodes: (path) => system.freeInodes(path),
    writeFile: (path, content, options) => unlessCancelled(() => system.writeFile(path, content, options)),
    writeBytes: (path, content, options) => unlessCancelled(() => system.writeBytes(path, content, options)),
    writeAt: (path, bytes, offset) => unlessCancelled(() => system.writeAt(path, bytes, offset)),
    appendFile: (path, content, options) => unlessCancelled(() => system.appendFile(path, content, options)),
    makeDirectory: (path, options) => unlessCancelled(() => system.makeDirectory(path, options)),
    removeFile: (path) => system.removeFile(path),
    removeDirectory: (path) => system.removeDirectory(path),
    moveFile: (from, to) => unlessCancelled(() => system.moveFile(from, to)),
    endOrphans: async () => (await system.endOrphans?.()) ?? [],
    httpsGet: (url, trust, timeoutMs) => system.httpsGet(url, trust, timeoutMs),
    now: () => system.now(),
  }
}
