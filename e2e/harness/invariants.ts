import { createReadStream } from 'node:fs'
import { readFile } from 'node:fs/promises'
import type { Machine } from './machine.ts'
import { places } from './qemu-args.ts'

const fatal: RegExp[] = [
  /Kernel panic[^\n]*/,
  /\bOops: [^\n]*/,
  /BUG: (?!soft lockup)[^\n]*/,
  /general protection fault[^\n]*/,
  /emergency mode[^\n]*/i,
  /Failed to start [^\n]*emergency[^\n]*/i,
  /Out of memory: Killed process[^\n]*/,
  /keystone-lab: [^\n]*/,
]

/** What must never be in a serial log; the found lines. Soft lockups are the emulator's, not ours. */
export function fatalLines(serialLog: string): string[] {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: escape sequences are what is removed
  const text = serialLog.replace(/\x1b\[[0-9;?]*[A-Za-z]/g, '')
  return fatal.flatMap((pattern) => pattern.exec(text)?.[0] ?? [])
}

/** Throws when the machine's serial log (all boots) holds a kernel panic, an oops, an emergency shell and the like. */
export async function assertHealthy(machine: Machine): Promise<void> {
  const found = fatalLines(await readFile(places(machine.runDir).serialLog, 'utf8'))
  if (found.length > 0) throw new Error(`the machine's serial log has:\n${found.join('\n')}`)
  machine.tty.assertNothingForbidden()
}

/** Searches a secret in everything a run left on the host: the logs, the installer's disk, the target disks.
 *  Returns the files that hold it. Looks at raw bytes: what is encrypted on a disk is not found, and should not be. */
export async function filesWithSecret(machine: Machine, secret: string): Promise<string[]> {
  const at = places(machine.runDir)
  const files = [
    at.serialLog,
    at.slipLog,
    at.qmpLog,
    at.processLog,
    at.argvLog,
    at.system,
    at.vars,
    ...machine.disks.files,
  ]
  const found: string[] = []
  for (const file of files) if (await holds(file, Buffer.from(secret))) found.push(file)
  return found
}

async function holds(file: string, needle: Buffer): Promise<boolean> {
  let tail = Buffer.alloc(0)
  try {
    for await (const chunk of createReadStream(file, { highWaterMark: 4 * 2 ** 20 })) {
      const window = Buffer.concat([tail, chunk as Buffer])
      if (window.includes(needle)) return true
      tail = window.subarray(Math.max(0, window.length - needle.length + 1))
    }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
  }
  return false
}
