import type { LabImage } from '../lab/build-image.ts'
import { bundleHash } from '../lab/bundle-disk.ts'
import { type DiskSpec, defaultDisks } from './disks.ts'
import { keepEvidence, removeRunDir } from './evidence.ts'
import type { Machine } from './machine.ts'
import type { Size } from './screen.ts'
import { type SavedMachine, savedMachine } from './snapshot.ts'
import { startMachine } from './start-machine.ts'

export type InstallerHardware = {
  disks?: DiskSpec[]
  ports?: string[]
  tpm?: boolean
  net?: boolean
  memoryMiB?: number
  size?: Size
}
type Common = InstallerHardware & { image: LabImage; say?: (text: string) => void }

const hardwareKey = ({
  disks = defaultDisks,
  ports = [],
  tpm = true,
  net = true,
  memoryMiB = 1536,
  size,
}: InstallerHardware) => JSON.stringify({ disks, ports, tpm, net, memoryMiB, size })

/** The installer's system booted, without a bundle: does not change with our code, so a new bundle costs seconds and
 *  not a boot. First time about 40 s under emulation. */
export function bootedInstaller({ image, say, ...hardware }: Common): Promise<SavedMachine> {
  return savedMachine('booted', [image.build, hardwareKey(hardware)], async () => {
    say?.('booting the installer once, to save it')
    const machine = await startMachine({ image, ...hardware, ...(say && { say }) })
    await orKeepEvidence(machine, async () => {
      await machine.waitReady()
      await machine.agent.succeed('systemctl is-system-running --wait || true; udevadm settle', { timeoutMs: 600_000 })
    })
    return machine
  })
}

/** The wizard of `bundleDir` started on ttyS0 and tty1 and brought to where `isReady` returns (its first screen, say).
 *  `name` stands for what isReady does: it is part of the key, the function is not. First time of a bundle: the restore
 *  of the booted installer, the wizard's start (about 10 s), a save of 0.5 s. */
export async function readyInstaller({
  image,
  bundleDir,
  name,
  isReady,
  say,
  ...hardware
}: Common & {
  bundleDir: string
  name: string
  isReady: (machine: Machine) => Promise<void>
}): Promise<SavedMachine> {
  const booted = await bootedInstaller({ image, ...hardware, ...(say && { say }) })
  const key = [booted.id, await bundleHash(bundleDir), name]
  return savedMachine('ready', key, async () => {
    say?.('starting the wizard once, to save it')
    const machine = await startMachine({ image, bundleDir, from: booted })
    await orKeepEvidence(machine, async () => {
      await machine.agent.succeed('keystone-lab-start')
      await isReady(machine)
    })
    return machine
  })
}

async function orKeepEvidence(machine: Machine, work: () => Promise<void>): Promise<void> {
  try {
    await work()
  } catch (error) {
    await keepEvidence(machine, 'installer-ready', error)
    await machine.dispose()
    await removeRunDir(machine)
    throw error
  }
}
