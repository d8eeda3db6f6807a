import { filesWithSecret } from '../harness/invariants.ts'
import type { Machine } from '../harness/machine.ts'

/** Secrets that occur nowhere else, so that any hit is a leak. Long enough for every rule of the wizard. */
export const CANARY_PASSPHRASE = 'Kanarie-passphrase-7Q2xv9'
export const CANARY_PASSWORD = 'Kanarie-password-4Zt8mw'
export const CANARY_PIN = '7306619482057'
const CANARIES = [CANARY_PASSPHRASE, CANARY_PASSWORD, CANARY_PIN]

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
  // A search that cannot find would pass: it must find the canaries where they are.
  await machine.agent.succeed('[ "$(grep -cFf /run/canary-patterns /run/canary-patterns)" = 3 ]')
  const existing = folders.join(' ')
  const inFiles = await machine.agent.exec(
    `grep -ralFf /run/canary-patterns ${existing} 2>/dev/null | grep -vx -e /run/answers.yaml -e /run/canary-patterns`,
    { timeoutMs: 600_000 },
  )
  const inJournal = await machine.agent.exec('journalctl --no-pager -o json --all | grep -cFf /run/canary-patterns', {
    timeoutMs: 300_000,
  })
  if (!/^\d+\n$/.test(inJournal.stdout)) throw new Error(`the journal could not be searched: ${inJournal.stderr}`)
  const found = lines(inFiles.stdout)
  return Number(inJournal.stdout) > 0 ? [...found, 'journal'] : found
}

/** Files the run left on the host that hold a canary in the clear: the target disks' unencrypted areas, the installer's own
 *  disk, the logs. The machine must be off. */
export async function hostFilesWithCanary(machine: Machine): Promise<string[]> {
  const found = await Promise.all(CANARIES.map((canary) => filesWithSecret(machine, canary)))
  return [...new Set(found.flat())]
}

const lines = (text: string) => text.split('\n').filter((line) => line !== '')
