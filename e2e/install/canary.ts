import { spawn } from 'node:child_process'
import { createReadStream } from 'node:fs'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { Machine } from '../harness/machine.ts'
import { places } from '../harness/qemu-args.ts'
import { toolPath } from '../lab/tools.ts'

/** Secrets that occur nowhere else, so that any hit is a leak. Long enough for every rule of the wizard. */
export const CANARY_PASSPHRASE = 'Kanarie-passphrase-7Q2xv9'
export const CANARY_PASSWORD = 'Kanarie-password-4Zt8mw'
const CANARIES = [CANARY_PASSPHRASE, CANARY_PASSWORD]

const SAMPLES = '/run/canary-samples'

/** Starts to sample every process's arguments and environment in the guest, several times a second. */
export async function sampleProcesses(machine: Machine): Promise<void> {
  // The pattern is read from a file on tmpfs by grep -f: in the sampler's own arguments it would find itself.
  await machine.agent.putFile('/run/canary-patterns', `${CANARIES.join('\n')}\n`, '0600')
  await machine.agent.putFile(
    '/run/canary-sampler',
    `#!/bin/bash
while :; do
  grep -alFf /run/canary-patterns /proc/[0-9]*/cmdline /proc/[0-9]*/environ >>${SAMPLES} 2>/dev/null
  echo sample >>${SAMPLES}.count
  sleep 0.3
done
`,
    '0755',
  )
  await machine.agent.succeed(`: >${SAMPLES}; : >${SAMPLES}.count; (/run/canary-sampler </dev/null >/dev/null 2>&1 &)`)
}

/** What the sampling found: how many samples, and the /proc files with a canary (must be none). */
export async function sampledLeaks(machine: Machine): Promise<{ samples: number; leaks: string[] }> {
  const samples = Number(await machine.agent.succeed(`wc -l <${SAMPLES}.count`))
  return { samples, leaks: lines(await machine.agent.succeed(`sort -u ${SAMPLES}`)) }
}

/** Files of the running guest that hold a canary: logs, journal, configuration, state. Tmpfs places where a test itself
 *  put the answers are left out. */
export async function filesWithCanary(machine: Machine, folders: readonly string[]): Promise<string[]> {
  await machine.agent.putFile('/run/canary-patterns', `${CANARIES.join('\n')}\n`, '0600')
  const existing = folders.join(' ')
  const inFiles = await machine.agent.exec(
    `grep -ralFf /run/canary-patterns ${existing} 2>/dev/null | grep -vx -e /run/answers.yaml -e /run/canary-patterns`,
    { timeoutMs: 600_000 },
  )
  const inJournal = await machine.agent.exec('journalctl --no-pager -o json --all | grep -cFf /run/canary-patterns', { timeoutMs: 300_000 })
  const found = lines(inFiles.stdout)
  return Number(inJournal.stdout) > 0 ? [...found, 'journal'] : found
}

/** Canaries in the clear on a target disk, or in the machine's serial log: 'keystone-a', 'serial.log'. Reads the whole disk
 *  as the guest sees it; the machine must be off. */
export async function disksWithCanary(machine: Machine): Promise<string[]> {
  const at = places(machine.runDir)
  const found: string[] = []
  for (const id of machine.hardware.diskIds) {
    const raw = join(machine.runDir, `${id}.canary.raw`)
    try {
      await finished('qemu-img', ['convert', '-O', 'raw', at.disk(id), raw])
      if (await streamHolds(raw)) found.push(id)
    } finally {
      await rm(raw, { force: true })
    }
  }
  if (await streamHolds(at.serialLog)) found.push('serial.log')
  return found
}

async function streamHolds(path: string): Promise<boolean> {
  const needles = CANARIES.map((canary) => Buffer.from(canary))
  const longest = Math.max(...needles.map((needle) => needle.length))
  let tail = Buffer.alloc(0)
  for await (const chunk of createReadStream(path, { highWaterMark: 4 * 2 ** 20 })) {
    const window = Buffer.concat([tail, chunk as Buffer])
    if (needles.some((needle) => window.includes(needle))) return true
    tail = window.subarray(-longest)
  }
  return false
}

function finished(program: string, args: string[]): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { stdio: 'ignore', env: { ...process.env, PATH: toolPath() } })
    child.on('error', reject)
    child.on('exit', (code) => (code === 0 ? resolve() : reject(new Error(`${program} ended with ${code}`))))
  })
}

const lines = (text: string) => text.split('\n').filter((line) => line !== '')
