import { existsSync } from 'node:fs'
import type { LabImage } from '../lab/build-image.ts'
import type { Accel } from './accel.ts'
import { Agent } from './agent.ts'
import { type Boot, type OffReason, startBoot } from './boot.ts'
import type { DiskFaults } from './disk-faults.ts'
import { type DiskSpec, makeOverlay } from './disks.ts'
import { keepFiles, putFilesBack, removeTpm, secureFirmware } from './files-when-off.ts'
import { MachineDisks } from './machine-disks.ts'
import { type MachineSetup, mediumFor, type RebootOptions } from './machine-options.ts'
import type { NbdDisk } from './nbd-disk.ts'
import type { Keep } from './nbd-log.ts'
import { type Firmware, type Hardware, places } from './qemu-args.ts'
import type { Qmp } from './qmp.ts'
import { SerialLane } from './serial-lane.ts'
import { guestSlowness } from './speed.ts'
import { Tty } from './tty.ts'
import { waitUntilOff } from './wait-until-off.ts'

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

  constructor(setup: MachineSetup) {
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
        installer: mediumFor(boot, this),
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
    return waitUntilOff(this.#last(), timeoutMs, {
      screen: () => this.tty.snapshotText(),
      processLog: places(this.runDir).processLog,
    })
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
    this.#mustBeOff('files can only be kept')
    await keepFiles(this.runDir, this.disks.imagesToKeep())
  }

  /** Everything as it was at `mark`; as often as one likes. The machine must be off. */
  async rewind(): Promise<void> {
    this.#mustBeOff('files can only be put back')
    await putFilesBack(this.runDir, this.disks.imagesToKeep())
  }

  /** A new TPM chip for the next boot. The machine must be off. */
  async clearTpm(): Promise<void> {
    this.#mustBeOff('the TPM can only be changed')
    await removeTpm(this.runDir)
  }

  /** Switches Secure Boot on, with Microsoft's keys in the firmware and no boot entries, or off again, as it was before. What
   *  the TPM measures into PCR 7 changes with it. The machine must be off. */
  async secureBoot(isOn: boolean): Promise<void> {
    this.#mustBeOff('the firmware can only be changed')
    this.#firmware = isOn ? await secureFirmware(this.runDir) : this.#plainFirmware
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

  #mustBeOff(what: string): void {
    if (this.isOn) throw new Error(`${what} while the machine is off`)
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
