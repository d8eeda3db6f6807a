import type { MachineFacts } from '../model/failure.ts'
import { CREDSTORE_DIRECTORY, TARGET_ROOT } from '../model/paths.ts'
import type { Plan } from '../model/plan.ts'
import { programs } from '../system/programs.ts'
import type { System } from '../system/system.ts'

const EFI = '/sys/firmware/efi'
const EFIVARS = `${EFI}/efivars`
/** A boot entry takes a few hundred bytes. */
const EFI_ROOM_BYTES = 1024

export type MountLine = {
  readonly source: string
  readonly target: string
  readonly filesystem: string
  readonly isReadOnly: boolean
}

/** /proc/self/mounts, in the order they were mounted. Asks no file system, so one that hangs does not keep it. */
export async function readMountLines(system: System): Promise<readonly MountLine[]> {
  const text = (await system.readText('/proc/self/mounts')) ?? ''
  return text.split('\n').flatMap((line) => {
    const [source, target, filesystem, options] = line.split(' ').map(unescaped)
    if (source === undefined || target === undefined || filesystem === undefined) return []
    return [{ source, target, filesystem, isReadOnly: options?.split(',').includes('ro') === true }]
  })
}

export function isOfInstall({ target }: MountLine): boolean {
  return [TARGET_ROOT, CREDSTORE_DIRECTORY].some((top) => target === top || target.startsWith(`${top}/`))
}

export async function isMounted(system: System, directory: string): Promise<boolean> {
  return (await readMountLines(system)).some(({ target }) => target === directory)
}

/** Mounts of the plan that the kernel made read-only (the plan makes none so), whose ext4 has counted errors or warnings (a
 *  new one has none; a lost write of data is a warning), or which give nothing to read any more, as XFS after a shutdown. */
export async function findBrokenMounts(system: System, { storage }: Plan): Promise<readonly string[]> {
  const planned = storage.mounts.map(({ target }) => (target === '/' ? TARGET_ROOT : `${TARGET_ROOT}${target}`))
  const broken: string[] = []
  for (const mount of await readMountLines(system)) {
    if (!planned.includes(mount.target)) continue
    const isBroken =
      mount.isReadOnly ||
      (mount.filesystem === 'ext4' && (await hasExt4Errors(system, mount.source))) ||
      (mount.filesystem === 'xfs' && (await system.listDirectory(mount.target)) === null)
    if (isBroken) broken.push(mount.target)
  }
  return broken
}

/** Source: Linux, fs/ext4/sysfs.c, and fs/ext4/page-io.c for the warning. */
async function hasExt4Errors(system: System, source: string): Promise<boolean> {
  const device = await system.realPath(source)
  if (!device?.startsWith('/dev/')) return false
  const folder = `/sys/fs/ext4/${device.slice('/dev/'.length)}`
  const counts = await Promise.all(
    ['errors_count', 'warning_count'].map((name) => system.readText(`${folder}/${name}`)),
  )
  return counts.some((count) => Number(count ?? 0) > 0)
}

/** Whether the firmware's variables can be written. Their file system tells its room since Linux 6.5; a size of 0 means that
 *  the firmware does not say. */
export async function readEfiVariables(system: System): Promise<MachineFacts['efiVariables']> {
  if (!(await system.exists('/sys/firmware'))) return null
  if (!(await system.exists(EFI))) return 'missing'
  const mount = (await readMountLines(system)).findLast(({ target }) => target === EFIVARS)
  if (mount === undefined) return 'missing'
  if (mount.isReadOnly) return 'read-only'
  const args = ['--json', '--bytes', '--output', 'SIZE,AVAIL', '--mountpoint', EFIVARS]
  const { stdout } = await system.query(programs.findmnt, args, { timeoutMs: 2500 })
  const { filesystems } = JSON.parse(stdout) as { filesystems: readonly { size: unknown; avail: unknown }[] }
  const size = Number(filesystems[0]?.size ?? 0)
  const available = Number(filesystems[0]?.avail ?? 0)
  return size > 0 && available < EFI_ROOM_BYTES ? 'full' : 'writable'
}

/** Mounts are written with `\040` for a space. Source: proc_pid_mounts(5). */
function unescaped(text: string): string {
  return text.replace(/\\([0-7]{3})/g, (_, octal: string) => String.fromCharCode(Number.parseInt(octal, 8)))
}
