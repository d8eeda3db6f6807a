import type { LabImage } from '../lab/build-image.ts'
import type { Accel } from './accel.ts'
import type { AttachedDisk } from './attached-disks.ts'
import type { DiskSpec } from './disks.ts'
import { type Hardware, type InstallerMedium, places } from './qemu-args.ts'
import type { Size } from './screen.ts'
import type { SavedMachine } from './snapshot.ts'

/** `installer`: the lab's system disk with the bundle disk; `cd`, `stick`: the machine's ISO, put in so; `disks`: none of
 *  them, what the target disks hold. */
export type BootFrom = 'installer' | 'cd' | 'stick' | 'disks'

export type MachineOptions = {
  image: LabImage
  /** The folder with the installer (see buildBundleDisk), or a disk made of it. Without either the machine boots and
   *  starts no wizard. */
  bundleDir?: string
  bundleDisk?: string
  /** What `boot: 'cd'` and `boot: 'stick'` put in (see buildLabIso). It is never written. */
  iso?: string
  disks?: DiskSpec[]
  /** Ids of empty places behind the disks: a disk of that id can be plugged in while the machine runs. */
  ports?: string[]
  tpm?: boolean
  net?: boolean
  /** Something to download for the guest, see fetch-server.ts. */
  fetchServer?: boolean
  /** A screen for tty1 and the firmware, of which the evidence holds a picture. */
  display?: boolean
  memoryMiB?: number
  /** Where the machine's files go; a new folder in the temporary folder otherwise. Keep it short (unix sockets). */
  runDir?: string
  boot?: BootFrom
  /** A saved machine to go on from; then hardware and disks are the saved one's, and the bundle unless one is given
   *  (only sensible when the saved one has not mounted its own). */
  from?: SavedMachine
  size?: Size
  say?: (text: string) => void
}

/** What a machine is made of when its files are there. */
export type MachineSetup = {
  readonly runDir: string
  readonly image: LabImage
  readonly hardware: Hardware
  readonly bundleDisk: string
  readonly iso: string | undefined
  readonly accel: Accel
  readonly attached: readonly AttachedDisk[]
  readonly firmwareCode: string
  readonly size?: Size | undefined
  readonly say?: ((text: string) => void) | undefined
}

export type RebootOptions = { boot?: BootFrom; without?: string[]; tpm?: boolean; timeoutMs?: number }

/** What is put into the machine for this boot; undefined for its own disks. */
export function mediumFor(
  boot: BootFrom,
  {
    runDir,
    bundleDisk,
    iso,
  }: { readonly runDir: string; readonly bundleDisk: string; readonly iso: string | undefined },
): InstallerMedium | undefined {
  if (boot === 'disks') return undefined
  if (boot === 'installer') return { systemDisk: places(runDir).system, bundleDisk }
  if (iso === undefined) throw new Error(`this machine has no ISO to boot as a ${boot}`)
  return { iso, as: boot }
}
