import { copyFile, mkdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Machine } from './machine.ts'
import { places } from './qemu-args.ts'
import { framed } from './tty-error.ts'

const questions: Record<string, string> = {
  'journal.txt': 'journalctl -b --no-pager',
  'kernel.txt': 'dmesg',
  'disks.txt': 'lsblk -f; zpool status 2>&1; mount',
  'processes.txt': 'ps -ef',
  'tty1.txt': 'fold -w "$(stty -F /dev/tty1 size | cut -d " " -f 2)" /dev/vcs1',
}

/** Keeps what is needed to understand a failure in one folder, prints its path, and gives it. Never throws: the failure
 *  itself must be what is seen. Goes below KEYSTONE_EVIDENCE, or keystone-evidence in the temporary folder. */
export async function keepEvidence(machine: Machine, name: string, error: unknown): Promise<string> {
  const stamp = new Date().toISOString().replace(/[:.]/g, '-')
  const root = process.env.KEYSTONE_EVIDENCE ?? join(tmpdir(), 'keystone-evidence')
  const dir = join(root, `${name.replace(/[^\w.-]+/g, '-')}-${stamp}`)
  try {
    await mkdir(dir, { recursive: true })
    await writeFile(
      join(dir, 'error.txt'),
      error instanceof Error ? `${error.stack ?? error.message}\n` : `${String(error)}\n`,
    )
    await writeFile(
      join(dir, 'screen.txt'),
      `${framed(machine.tty.screen)}\n\n${machine.tty.screen.textWithScrollback()}\n`,
    )
    const at = places(machine.runDir)
    for (const path of [at.serialLog, at.slipLog, at.qmpLog, at.argvLog, at.tpmLog, at.processLog]) {
      await copyFile(path, join(dir, path.slice(machine.runDir.length + 1))).catch(() => {})
    }
    const served = machine.disks.served.map(({ id, nbd }) => {
      const { file, writes, flushes, marks, losses } = nbd.log()
      return { id, file, writes: writes.length, flushes: flushes.length, marks, losses }
    })
    if (served.length > 0) await writeFile(join(dir, 'nbd.json'), `${JSON.stringify(served, null, 2)}\n`)
    if (machine.isOn && machine.hardware.display)
      await machine.qmp.execute('screendump', { filename: join(dir, 'display.png'), format: 'png' })
    if (machine.isOn) await askGuest(machine, dir)
    console.error(`evidence of the failure: ${dir}`)
  } catch (problem) {
    console.error(`could not keep the evidence in ${dir}: ${String(problem)}`)
  }
  return dir
}

async function askGuest(machine: Machine, dir: string): Promise<void> {
  for (const [file, command] of Object.entries(questions)) {
    const answer = await machine.agent.exec(command, { timeoutMs: 30_000 }).catch((error: Error) => error)
    await writeFile(join(dir, file), answer instanceof Error ? `${answer.message}\n` : answer.stdout + answer.stderr)
    if (answer instanceof Error) return
  }
}

/** Removes a machine's run folder, unless KEYSTONE_KEEP=1. */
export async function removeRunDir(machine: Machine): Promise<void> {
  if (process.env.KEYSTONE_KEEP === '1') console.error(`kept: ${machine.runDir}`)
  else await rm(machine.runDir, { recursive: true, force: true })
}
