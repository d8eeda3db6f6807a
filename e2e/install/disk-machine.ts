import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { bystander } from '../harness/bystander.ts'
import type { DiskSpec } from '../harness/disks.ts'
import { keepEvidence, removeRunDir } from '../harness/evidence.ts'
import { bootedInstaller } from '../harness/installer-ready.ts'
import { assertHealthy } from '../harness/invariants.ts'
import type { Machine } from '../harness/machine.ts'
import { guestSlowness } from '../harness/speed.ts'
import { startMachine } from '../harness/start-machine.ts'
import { buildImage, type LabImage } from '../lab/build-image.ts'
import { bundleHash } from '../lab/bundle-disk.ts'
import { buildInstallerBundle } from './bundle.ts'

/** What installs without a screen start from: the lab's image and the installer of now. */
export type Lab = { readonly image: LabImage; readonly bundleDir: string; readonly bundleHash: string }

/** Builds what is missing, hands it over, and removes the bundle afterwards. */
export async function withLab<T>(
  body: (lab: Lab) => Promise<T>,
  say: (text: string) => void = console.log,
): Promise<T> {
  const lab = await openLab(say)
  try {
    return await body(lab)
  } finally {
    await closeLab(lab)
  }
}

/** For several tests of one file: `closeLab` removes the bundle. */
export async function openLab(say: (text: string) => void = console.log): Promise<Lab> {
  const image = await buildImage({
    onProgress: ({ text, elapsedSeconds }) => say(`[image ${elapsedSeconds} s] ${text}`),
  })
  const bundleDir = await mkdtemp(join(tmpdir(), 'keystone-bundle-'))
  await buildInstallerBundle(bundleDir)
  return { image, bundleDir, bundleHash: await bundleHash(bundleDir) }
}

export const closeLab = ({ bundleDir }: Lab): Promise<void> => rm(bundleDir, { recursive: true, force: true })

/** Hands over a machine with these disks and one that nobody may write to, restored as the booted installer with no wizard running (saved once per image and
 *  set of disks), and the lab's switches set: keys of LUKS are derived in no time. Keeps the evidence when anything fails,
 *  always ends the machine. `folder` gets the evidence's place. */
export async function withDiskMachine<T>(
  lab: Lab,
  name: string,
  { disks, switches = [] }: { disks: readonly DiskSpec[]; switches?: readonly string[] },
  body: (machine: Machine) => Promise<T>,
): Promise<T> {
  const from = await bootedInstaller({ image: lab.image, disks: [...disks, bystander] })
  const machine = await startMachine({ image: lab.image, from, bundleDir: lab.bundleDir })
  try {
    machine.tty.timeScale = await guestSlowness(machine.agent)
    // The kernel knows the blank disk of the saved machine; see keystone-lab-start.
    await machine.agent.succeed(
      'blockdev --flushbufs /dev/disk/by-id/virtio-keystone-bundle && systemctl start opt-keystone.mount',
    )
    const settings = ['KEYSTONE_LAB_CHEAP_PBKDF=1', 'KEYSTONE_LAB_BUILD_PAUSE_MS=0', ...switches]
    await machine.agent.putFile('/run/keystone-lab.env', `${settings.join('\n')}\n`)
    const result = await body(machine)
    await assertHealthy(machine)
    return result
  } catch (error) {
    await keepEvidence(machine, name, error)
    throw error
  } finally {
    await machine.dispose()
    await removeRunDir(machine)
  }
}
