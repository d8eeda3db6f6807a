import { access, constants, mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { startProcess } from './process.ts'

export type Accel = 'kvm' | 'tcg'

const probeLimitMs = 5_000
let probed: Promise<Accel> | undefined

/** Which way guests can run here, found out once per process. /dev/kvm may open, answer and still run no guest (seen:
 *  "KVM internal error" at the first instruction), so a real kernel is started. `KEYSTONE_ACCEL=tcg|kvm` overrides. */
export function findAccel(kernel: string, say: (text: string) => void = () => {}): Promise<Accel> {
  probed ??= decide(kernel).then(({ accel, why }) => {
    say(`virtual machines run with ${accel === 'kvm' ? 'KVM' : 'emulation (TCG)'}: ${why}`)
    return accel
  })
  return probed
}

async function decide(kernel: string): Promise<{ accel: Accel; why: string }> {
  const wish = process.env.KEYSTONE_ACCEL
  if (wish === 'kvm' || wish === 'tcg') return { accel: wish, why: 'KEYSTONE_ACCEL says so' }
  if (wish) throw new Error(`KEYSTONE_ACCEL must be kvm or tcg, not ${wish}`)
  const hasDevice = await access('/dev/kvm', constants.R_OK | constants.W_OK).then(
    () => true,
    () => false,
  )
  if (!hasDevice) return { accel: 'tcg', why: '/dev/kvm cannot be opened' }
  return (await kvmRunsKernel(kernel))
    ? { accel: 'kvm', why: 'a kernel started with it' }
    : { accel: 'tcg', why: 'no kernel starts with KVM here' }
}

async function kvmRunsKernel(kernel: string): Promise<boolean> {
  const dir = await mkdtemp(join(tmpdir(), 'keystone-kvm-'))
  const serial = join(dir, 'serial')
  const qemu = startProcess(
    [
      'qemu-system-x86_64',
      '-nodefaults',
      '-no-user-config',
      '-display',
      'none',
      '-monitor',
      'none',
      '-no-reboot',
      '-machine',
      'q35',
      '-accel',
      'kvm',
      '-cpu',
      'host',
      '-m',
      '256',
      '-nic',
      'none',
      '-serial',
      `file:${serial}`,
      '-kernel',
      kernel,
      '-append',
      'console=ttyS0 earlyprintk=serial panic=-1',
    ],
    { logFile: join(dir, 'log') },
  )
  try {
    const end = Date.now() + probeLimitMs
    // Without a root it panics, which is all we want to hear: user space would be the same instructions.
    while (Date.now() < end) {
      if (/Linux version[\s\S]*(Kernel panic|Run .* as init)/.test(await readFile(serial, 'utf8').catch(() => '')))
        return true
      if (!qemu.isRunning()) return false
      await delay(50)
    }
    return false
  } finally {
    await qemu.kill().catch(() => {})
    await rm(dir, { recursive: true, force: true })
  }
}
