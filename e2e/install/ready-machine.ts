import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Machine, startMachine } from '../harness/machine.ts'
import { savedMachine } from '../harness/snapshot.ts'
import { buildImage } from '../lab/build-image.ts'
import { buildInstallerDisk } from './bundle.ts'

/** 80x24, the size every screen must fit. */
const SIZE = { cols: 80, rows: 24 }

/** A machine with two blank 8 GiB disks and a TPM2 that has booted the installer image, the wizard started on its serial
 *  line. Restored from a saved boot (made on the first call, about a minute), so that it takes seconds. The saved boot
 *  has no installer in it: a change of our code needs no new one. */
export async function readyMachine(): Promise<Machine> {
  const image = await buildImage({ onProgress: ({ text, elapsedSeconds }) => console.log(`[image ${elapsedSeconds} s] ${text}`) })
  const saved = await savedMachine('installer', [image.hash, JSON.stringify(SIZE)], async () => {
    const machine = await startMachine({ image, size: SIZE })
    await machine.agent.waitReady({ timeoutMs: 600_000 })
    // What still starts up would be saved half-way and go on in every test.
    await machine.agent.succeed('systemctl is-system-running --wait || true', { timeoutMs: 300_000 })
    return machine
  })
  const runDir = await mkdtemp(join(tmpdir(), 'keystone-vm-'))
  const bundleDisk = join(runDir, 'bundle.raw')
  await buildInstallerDisk(bundleDisk)
  const machine = await startMachine({ image, from: saved, runDir, bundleDisk })
  await machine.agent.succeed(`stty -F /dev/ttyS0 rows ${SIZE.rows} cols ${SIZE.cols} || true`)
  await machine.agent.succeed('keystone-lab-start', { timeoutMs: 120_000 })
  return machine
}
