import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { bystander } from '../harness/bystander.ts'
import { defaultDisks } from '../harness/disks.ts'
import { keepEvidence, removeRunDir } from '../harness/evidence.ts'
import { readyInstaller } from '../harness/installer-ready.ts'
import { assertHealthy } from '../harness/invariants.ts'
import type { Machine } from '../harness/machine.ts'
import { guestSlowness } from '../harness/speed.ts'
import { startMachine } from '../harness/start-machine.ts'
import { buildImage } from '../lab/build-image.ts'
import { buildInstallerBundle } from './bundle.ts'

/** The first words of the wizard's first page. */
export const FIRST_PAGE = 'Welcome'

/** Hands `body` a machine with two blank 8 GiB disks, one that nobody may write to, and a TPM2, restored with the wizard on its first page at 80x24 on the
 *  serial line (saved once per version of the installer). Checks the machine's health after it; keeps the evidence when
 *  anything fails; always ends the machine. `attack` comes after the check: what it does is meant to end badly. */
export async function withReadyMachine(
  name: string,
  body: (machine: Machine) => Promise<void>,
  attack?: (machine: Machine) => Promise<void>,
): Promise<void> {
  const image = await buildImage({
    onProgress: ({ text, elapsedSeconds }) => console.log(`[image ${elapsedSeconds} s] ${text}`),
  })
  const bundleDir = await mkdtemp(join(tmpdir(), 'keystone-bundle-'))
  let machine: Machine | undefined
  try {
    await buildInstallerBundle(bundleDir)
    const from = await readyInstaller({
      image,
      bundleDir,
      disks: [...defaultDisks, bystander],
      size: { cols: 80, rows: 24 },
      name: 'first-page',
      isReady: async (booted) => {
        await booted.tty.waitForText(FIRST_PAGE, { timeoutMs: 120_000 })
      },
    })
    machine = await startMachine({ image, from })
    machine.tty.timeScale = await guestSlowness(machine.agent)
    await body(machine)
    await assertHealthy(machine)
    await attack?.(machine)
  } catch (error) {
    if (machine) await keepEvidence(machine, name, error)
    throw error
  } finally {
    await machine?.dispose()
    if (machine) await removeRunDir(machine)
    await rm(bundleDir, { recursive: true, force: true })
  }
}
