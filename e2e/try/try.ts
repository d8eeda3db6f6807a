import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Machine } from '../harness/machine.ts'
import { startMachine } from '../harness/start-machine.ts'
import { buildInstallerBundle } from '../install/bundle.ts'
import { buildImage } from '../lab/build-image.ts'
import { tryHeadless } from './try-headless.ts'
import { tryInTerminal } from './try-in-terminal.ts'

const answersFile = join(import.meta.dirname, '../../src/testing/cases/default/answers.yaml')

/** The whole way in a virtual machine: in the person's own terminal, or headless when there is none.
 *  Resolves to the exit code. */
async function main(): Promise<number> {
  const isInteractive = process.stdin.isTTY === true && process.stdout.isTTY === true
  console.log('Keystone: a virtual machine with UEFI, a TPM2 and two blank disks. Your own disks are not touched.')
  const image = await buildImage({
    onProgress: ({ text, elapsedSeconds, expectedSeconds }) =>
      console.log(`[lab image, ${elapsedSeconds} of about ${expectedSeconds} s] ${text}`),
  })
  const runDir = await mkdtemp(join(tmpdir(), 'keystone-try-'))
  const bundleDir = join(runDir, 'bundle')
  let machine: Machine | undefined
  // Ctrl-C without a terminal in raw mode, or a kill: the machine must not outlive us.
  const stop = async () => {
    await machine?.dispose()
    await rm(runDir, { recursive: true, force: true })
    process.exit(130)
  }
  process.once('SIGINT', stop)
  process.once('SIGTERM', stop)
  try {
    await buildInstallerBundle(bundleDir)
    const size = { cols: process.stdout.columns ?? 80, rows: process.stdout.rows ?? 24 }
    console.log('Starting the machine …')
    machine = await startMachine({ image, runDir, bundleDir, size, say: console.log })
    if (isInteractive) return await tryInTerminal(machine)
    const ok = await tryHeadless(machine, await readFile(answersFile, 'utf8'), (line) => console.log(line))
    return ok ? 0 : 1
  } finally {
    await machine?.dispose()
    await rm(runDir, { recursive: true, force: true })
  }
}

process.exitCode = await main().catch((error: Error) => {
  console.error(`\n${error.message}`)
  return 1
})
