import { setTimeout as wait } from 'node:timers/promises'

/** Numbers of nix's logging protocol (libutil/logging.hh). */
const ACTIVITY = { unknown: 0, copyPath: 100, fileTransfer: 101, realise: 102, copyPaths: 103, builds: 104, build: 105 }
const RESULT = { buildLogLine: 101, setPhase: 104, progress: 105, setExpected: 106 }

type LogRecord = Readonly<Record<string, unknown>>

/** Prints one record the way `--log-format internal-json` does: on stderr, one a line. */
export function printRecord(record: LogRecord): void {
  process.stderr.write(`@nix ${JSON.stringify(record)}\n`)
}

export function printError(message: string): void {
  printRecord({ action: 'msg', level: 0, msg: `\u001b[31;1merror:\u001b[0m ${message}`, raw_msg: message })
}

const PATH_BYTES = 1_048_576

/** What nix tells while it fetches and builds: the records of a small system, in a real order, in a few seconds. A test
 *  holds their kinds against recordings of the real one. */
export async function tellBuild(
  fetched: readonly string[],
  built: readonly string[],
  pauseMs: number,
  { fetch, build = async () => {} }: { fetch?: (path: string) => Promise<void>; build?: () => Promise<void> } = {},
): Promise<void> {
  // As nix makes them: the process in the upper half.
  let last = process.pid * 2 ** 32
  const start = (type: number, text: string, parent: number, fields?: readonly unknown[]) => {
    last += 1
    printRecord({
      action: 'start',
      id: last,
      level: type === ACTIVITY.build || type === ACTIVITY.copyPath ? 3 : 0,
      type,
      text,
      parent,
      ...(fields ? { fields } : {}),
    })
    return last
  }
  const result = (id: number, type: number, fields: readonly unknown[]) =>
    printRecord({ action: 'result', id, type, fields })
  const stop = (id: number) => printRecord({ action: 'stop', id })
  const say = (msg: string) => printRecord({ action: 'msg', level: 3, msg })

  say(`these ${built.length} derivations will be built:`)
  for (const name of built) say(`  ${name}`)
  say(`these ${fetched.length} paths will be fetched:`)
  const realise = start(ACTIVITY.realise, '', 0)
  const builds = start(ACTIVITY.builds, '', 0)
  const copies = start(ACTIVITY.copyPaths, '', 0)
  // nix tells these four together, whenever one of them changes.
  const count = (copied: number, copying: number, done: number, building: number) => {
    result(builds, RESULT.progress, [done, built.length, building, 0])
    result(copies, RESULT.progress, [copied, fetched.length, copying, 0])
    result(realise, RESULT.setExpected, [ACTIVITY.fileTransfer, 0])
    result(realise, RESULT.setExpected, [ACTIVITY.copyPath, fetched.length * PATH_BYTES])
  }
  count(0, 0, 0, 0)
  for (const [index, path] of fetched.entries()) {
    const copy = start(ACTIVITY.copyPath, `copying path '${path}' from 'https://cache.nixos.org'`, copies, [
      path,
      'https://cache.nixos.org',
      'local',
    ])
    count(index, 1, 0, 0)
    // What it throws ends the build with this copy under way, as in nix.
    await fetch?.(path)
    for (const part of [0.5, 1]) {
      await wait(pauseMs)
      result(copy, RESULT.progress, [PATH_BYTES * part, PATH_BYTES, 0, 0])
    }
    stop(copy)
    count(index + 1, 0, 0, 0)
  }
  for (const [index, path] of built.entries()) {
    const work = start(ACTIVITY.build, `building '${path}'`, builds, [path, '', 1, 1])
    count(fetched.length, 0, index, 1)
    result(work, RESULT.setPhase, ['buildPhase'])
    if (index === 0) await build()
    await wait(pauseMs)
    result(work, RESULT.buildLogLine, [`built ${path.replace(/^.*?-/, '')}`])
    count(fetched.length, 0, index + 1, 0)
    stop(work)
  }
  for (const id of [copies, builds, realise]) stop(id)
}
