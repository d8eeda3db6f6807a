import { execFile } from 'node:child_process'
import { rm } from 'node:fs/promises'
import { promisify } from 'node:util'
import { toolPath } from '../lab/tools.ts'
import type { NbdOptions } from './nbd-disk.ts'

const run = promisify(execFile)
const qemuImg = (...args: string[]) => run('qemu-img', args, { env: { ...process.env, PATH: toolPath() } })

/** A target disk; the guest finds it as /dev/disk/by-id/virtio-<serial>, which is its id unless it has another (20 characters
 *  at most). With `path` it starts with that file's content (raw, or qcow2 by its name), which is never written. */
export type DiskSpec = ({ id: string; sizeBytes: number } | { id: string; path: string }) & {
  serial?: string
  /** `nbd`: a disk that forgets what was not flushed when the power goes, see nbd-disk.ts. */
  backend?: 'qcow2' | 'nbd'
  /** Of `nbd`: what it starts as, what it really has, where its log is kept (in the run folder otherwise). */
  base?: NbdOptions['base']
  really?: NbdOptions['really']
  logFile?: string
  /** Nobody may write to it: see bystander.ts, which has it ready. */
  isBystander?: true
}

export const defaultDisks: DiskSpec[] = [
  { id: 'keystone-a', sizeBytes: 8 * 2 ** 30 },
  { id: 'keystone-b', sizeBytes: 8 * 2 ** 30 },
]

/** `count` blank disks `keystone-a`, `keystone-b`, … of a size each; the last size goes for the rest too. Sparse: what is not
 *  written takes no space here. A machine has slots for 15. */
export function blankDisks(count: number, ...gibibytes: readonly number[]): DiskSpec[] {
  if (count > 15) throw new Error(`a machine has 15 slots for disks, not ${count}`)
  return Array.from({ length: count }, (_, index) => ({
    id: `keystone-${String.fromCharCode(97 + index)}`,
    sizeBytes: Math.round((gibibytes[index] ?? gibibytes.at(-1) ?? 8) * 2 ** 30),
  }))
}

/** A blank disk as a file. Sparse. */
export async function makeBlank(sizeBytes: number, out: string): Promise<void> {
  await qemuImg('create', '-q', '-f', 'qcow2', out, String(sizeBytes))
}

/** A qcow2 file that starts as `backing` (qcow2 by its name, raw otherwise) and takes all writes. */
export async function makeOverlay(backing: string, out: string): Promise<void> {
  await rm(out, { force: true })
  await qemuImg('create', '-q', '-f', 'qcow2', '-F', backing.endsWith('.qcow2') ? 'qcow2' : 'raw', '-b', backing, out)
}

/** The firmware's variables for a new machine. qcow2, so that a saved machine can be overlaid like a disk. */
export async function makeVars(template: string, out: string): Promise<void> {
  await qemuImg('convert', '-q', '-f', 'raw', '-O', 'qcow2', template, out)
}

const MARK = 'mark'

/** Marks a qcow2 file as it is (once: a second mark takes the place of the first), or puts it back to that. */
export async function qcow2Snapshot(what: 'create' | 'apply', file: string): Promise<void> {
  if (what === 'apply') {
    await qemuImg('snapshot', '-q', '-a', MARK, file)
    return
  }
  const { stdout } = await qemuImg('snapshot', '-l', file)
  if (stdout.includes(` ${MARK} `)) await qemuImg('snapshot', '-q', '-d', MARK, file)
  await qemuImg('snapshot', '-q', '-c', MARK, file)
}
