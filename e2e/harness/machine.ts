import { existsSync } from 'node:fs'
import { cp, rm } from 'node:fs/promises'
import type { LabImage } from '../lab/build-image.ts'
import { machineTools, requireTools } from '../lab/tools.ts'
import { type Accel, findAccel } from './accel.ts'
import { Agent } from './agent.ts'
import type { AttachedDisk } from './attached-disks.ts'
import { type Boot, type OffReason, startBoot } from './boot.ts'
import type { DiskFaults } from './disk-faults.ts'
import { type DiskSpec, makeOverlay, makeVars, qcow2Snapshot } from './disks.ts'
import { MachineDisks } from './machine-disks.ts'
import { makeFiles, makeRunDir } from './machine-files.ts'
import type { NbdDisk } from './nbd-disk.ts'
import type { Keep } from './nbd-log.ts'
import { findOvmf, findSecureOvmf } from './ovmf.ts'
import { type Firmware, type Hardware, type InstallerMedium, places } from './qemu-args.ts'
import type { Qmp } from './qmp.ts'
import type { Size } from './screen.ts'
import { SerialLane } from './serial-lane.ts'
import type { SavedMachine } from './snapshot.ts'
import { guestSlowness } from './speed.ts'
import { Tty } from './tty.ts'

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
  /** What the clock says at a cold boot: `1980-01-01T00:00:00`. */
  rtc?: string
  /** Where the machine's files go; a new folder in the temporary folder otherwise. Keep it short (unix sockets). */
  runDir?: string
  boot?: BootFrom
  /** A saved machine to go on from; then hardware and disks are the saved one's, and the bundle unless one is given
   *  (only sensible when the saved one has not mounted its own). */
  from?: SavedMachine
  size?: Size
  say?: (text: string) => void
}

export type RebootOptions = { boot?: BootFrom; without?: string[]; tpm?: boolean; timeoutMs?: number }

/** A virtual machine over all its boots. Its disks, firmware variables and TPM stay; each power-on is a new QEMU. */
export class Machine {
  readonly runDir: string
  readonly tty: Tty
  readonly agent = new Agent()
  readonly lane: SerialLane
  readonly image: LabImage
  readonly hardware: Hardware
  readonly bundleDisk: string
  readonly iso: string | undefined
  readonly #accel: Accel
  readonly #plainFirmware: Firmware
  readonly disks: MachineDisks
  #firmware: Firmware
  readonly #say: (text: string) => void
  #boot: Boot | undefined

  constructor(
    setup: Pick<Machine, 'runDir' | 'image' | 'hardware' | 'bundleDisk' | 'iso'> & {
      accel: Accel
      attached: readonly AttachedDisk[]
      firmwareCode: string
      size?: Size | undefined
      say?: ((text: string) => void) | undefined
    },
  ) {
    this.runDir = setup.runDir
    this.image = setup.image
    // A machine of its own: a disk that is plugged in may bring a serial.
    this.hardware = { ...setup.hardware }
    this.bundleDisk = setup.bundleDisk
    this.iso = setup.iso
    this.#accel = setup.accel
    this.disks = new MachineDisks(this.runDir, this.hardware, setup.attached, () => this.qmp)
    this.#plainFirmware = { code: setup.firmwareCode, vars: places(setup.runDir).vars, isSecure: false }
    this.#firmware = this.#plainFirmware
    this.#say = setup.say ?? console.error
    this.lane = new SerialLane(async ({ cols, rows }) => {
      await this.agent.succeed(`stty -F /dev/ttyS0 rows ${rows} cols ${cols}`)
    })
    this.tty = new Tty(this.lane, setup.size)
  }

  get isOn(): boolean {
    return this.#boot?.qemu.isRunning() ?? false
  }

  /** The running boot's control socket. Throws when the machine is off. */
  get qmp(): Qmp {
    return this.#running().qmp
  }

  /** Starts the next boot. The machine must be off. */
  async powerOn({
    boot = 'installer',
    without = [],
    tpm = true,
    incoming,
  }: Omit<RebootOptions, 'timeoutMs'> & { incoming?: string } = {}): Promise<void> {
    if (this.isOn) throw new Error('the machine is on already')
    const at = places(this.runDir)
    if (boot === 'installer' && incoming === undefined) await makeOverlay(this.image.disk, at.system)
    const started = await startBoot(
      {
        accel: this.#accel,
        hardware: { ...this.hardware, tpm: this.hardware.tpm && tpm },
        firmware: this.#firmware,
        runDir: this.runDir,
        installer: this.#medium(boot),
        disks: this.disks.attached,
        without,
        incoming,
        fetched: existsSync(at.fetched) ? at.fetched : undefined,
      },
      this.lane,
      this.agent,
      this.#say,
    )
    this.#boot = started
    const onOff = (reason: string) => {
      this.agent.end()
      this.lane.end(`the machine went off (${reason})`)
    }
    void started.off.then(onOff, onOff)
  }

  /** Waits until the guest is up (its agent answers), then fits the time-outs of the tty to how fast it is. */
  async waitReady({ timeoutMs = 600_000 }: { timeoutMs?: number } = {}): Promise<void> {
    await this.agent.waitReady({ timeoutMs })
    this.tty.timeScale = await guestSlowness(this.agent)
  }

  /** Resolves when the guest has switched itself off or asked for a reset; tells which. Throws after the limit, and
   *  when QEMU crashed. */
  async waitForExit({ timeoutMs = 300_000 }: { timeoutMs?: number } = {}): Promise<OffReason> {
    const { off } = this.#last()
    const reason = await Promise.race([off, timeout(timeoutMs)])
    if (reason === undefined)
      throw new Error(`the guest did not switch off within ${timeoutMs / 1000} s\n${this.tty.snapshotText()}`)
    if (reason === 'crashed') throw new Error(`QEMU ended by itself, see ${places(this.runDir).processLog}`)
    return reason
  }

  /** Waits for the guest's own reset, then boots again: by default from the target disks, the installer unplugged. */
  async reboot({ timeoutMs, boot = 'disks', ...rest }: RebootOptions = {}): Promise<void> {
    const reason = await this.waitForExit(timeoutMs === undefined ? {} : { timeoutMs })
    if (reason !== 'guest-reset') throw new Error(`the guest should have asked for a reset, it went off with ${reason}`)
    await this.powerOn({ boot, ...rest })
  }

  /** Pulls the plug. What the guest did not flush is gone: all of it on disks that are served by NBD (or all but a choice by
   *  the seed), its page cache alone on others. */
  async powerCut({ keep = 'none', seed = 0 }: { keep?: Keep; seed?: number } = {}): Promise<void> {
    const boot = this.#running()
    await boot.kill()
    await boot.off
    await this.disks.losePower(keep, seed)
  }

  /** What can go wrong with a target disk while the machine runs. */
  disk(id: string): DiskFaults {
    return this.disks.faults(id)
  }

  /** The server of a disk of the backend `nbd`. Throws when it has another. */
  nbd(id: string): NbdDisk {
    return this.disks.nbd(id)
  }

  /** Puts a new disk into the empty place of its id. The guest finds it in about half a second. */
  async plugDisk(spec: DiskSpec): Promise<void> {
    await this.disks.plug(spec)
  }

  /** Pulls a target disk out of the running machine: reads and writes under way fail. It is back at the next power-on. */
  async pullDisk(id: string): Promise<void> {
    await this.disk(id).pull()
  }

  /** Pulls the network cable, or puts it in again. */
  async link(isUp: boolean): Promise<void> {
    await this.qmp.execute('set_link', { name: 'net0', up: isUp })
  }

  /** Keeps disks, firmware variables and TPM as they are now, to go back to with `rewind`. The machine must be off. */
  async mark(): Promise<void> {
    if (this.isOn) throw new Error('files can only be kept while the machine is off')
    const at = places(this.runDir)
    for (const file of this.#writtenFiles()) await qcow2Snapshot('create', file)
    await rm(at.keptTpmDir, { recursive: true, force: true })
    if (existsSync(at.tpmDir)) await cp(at.tpmDir, at.keptTpmDir, { recursive: true })
  }

  /** Everything as it was at `mark`; as often as one likes. The machine must be off. */
  async rewind(): Promise<void> {
    if (this.isOn) throw new Error('files can only be put back while the machine is off')
    const at = places(this.runDir)
    for (const file of this.#writtenFiles()) await qcow2Snapshot('apply', file)
    await rm(at.tpmDir, { recursive: true, force: true })
    if (existsSync(at.keptTpmDir)) await cp(at.keptTpmDir, at.tpmDir, { recursive: true })
  }

  #writtenFiles(): readonly string[] {
    const at = places(this.runDir)
    return [at.vars, ...this.disks.imagesToKeep()]
  }

  /** A new TPM chip for the next boot. The machine must be off. */
  async clearTpm(): Promise<void> {
    if (this.isOn) throw new Error('the TPM can only be changed while the machine is off')
    await rm(places(this.runDir).tpmDir, { recursive: true, force: true })
  }

  /** Switches Secure Boot on, with Microsoft's keys in the firmware and no boot entries, or off again, as it was before. What
   *  the TPM measures into PCR 7 changes with it. The machine must be off. */
  async secureBoot(isOn: boolean): Promise<void> {
    if (this.isOn) throw new Error('the firmware can only be changed while the machine is off')
    if (!isOn) {
      this.#firmware = this.#plainFirmware
      return
    }
    const { code, vars } = await findSecureOvmf()
    const own = places(this.runDir).secureVars
    if (!existsSync(own)) await makeVars(vars, own)
    this.#firmware = { code, vars: own, isSecure: true }
  }

  /** Ends the processes and the screen; the files stay (see removeRunDir in evidence.ts). Throws at the very end when the
   *  bystander disk was written to. */
  async dispose(): Promise<void> {
    // Also between two starts of a spoilt boot, when nothing runs for a moment.
    await this.#boot?.kill()
    await this.#boot?.off.catch(() => {})
    this.agent.detach()
    this.lane.end('the machine was disposed of')
    this.tty.close()
    await this.disks.close()
  }

  #medium(boot: BootFrom): InstallerMedium | undefined {
    if (boot === 'disks') return undefined
    if (boot === 'installer') return { systemDisk: places(this.runDir).system, bundleDisk: this.bundleDisk }
    if (this.iso === undefined) throw new Error(`this machine has no ISO to boot as a ${boot}`)
    return { iso: this.iso, as: boot }
  }

  #last(): Boot {
    if (!this.#boot) throw new Error('the machine was never on')
    return this.#boot
  }

  #running(): Boot {
    if (!this.#boot || !this.isOn) throw new Error('the machine is off')
    return this.#boot
  }
}

/** Makes a machine and switches it on. Throws when a program is missing or QEMU does not start. A restored machine is
 *  ready when this returns; a cold one has just begun to boot (see waitReady). */
export async function startMachine(options: MachineOptions): Promise<Machine> {
  await requireTools(machineTools)
  const { image, from, say } = options
  const accel = await findAccel(image.kernel, say)
  const firmware = await findOvmf()
  const runDir = await makeRunDir(options.runDir)
  const { hardware, bundleDisk, attached } = await makeFiles(options, runDir, firmware)
  const size = options.size ?? from?.size
  const { iso } = options
  const setup = { runDir, image, hardware, bundleDisk, attached, iso, accel, firmwareCode: firmware.code, size, say }
  const machine = new Machine(setup)
  try {
    if (from) await machine.tty.screen.write(from.screen)
    await machine.powerOn({ boot: options.boot ?? 'installer', ...(from && { incoming: `exec:cat '${from.state}'` }) })
    if (from) {
      await machine.waitReady()
      await machine.agent.syncClock()
    }
  } catch (error) {
    await machine.dispose()
    throw error
  }
  return machine
}

const timeout = (ms: number) => new Promise<undefined>((resolve) => setTimeout(resolve, ms, undefined).unref())
