import type { System } from '../system/system.ts'

/** The same hands, but every program ends when `signal` aborts, whether the task thought of it or not. */
export function cancellableSystem(system: System, signal: AbortSignal): System {
  return {
    query: (program, args, options) => system.query(program, args, { signal, ...options }),
    run: (program, args, options) => system.run(program, args, { signal, ...options }),
    readText: (path) => system.readText(path),
    readBytes: (path) => system.readBytes(path),
    listDirectory: (path) => system.listDirectory(path),
    realPath: (path) => system.realPath(path),
    exists: (path) => system.exists(path),
    writeFile: (path, content, options) => system.writeFile(path, content, options),
    appendFile: (path, content, options) => system.appendFile(path, content, options),
    makeDirectory: (path, options) => system.makeDirectory(path, options),
    removeFile: (path) => system.removeFile(path),
    now: () => system.now(),
  }
}
