import type { Machine } from '../harness/machine.ts'
import { installHeadless } from '../install/headless.ts'
import { firstBoot, zfsGet } from '../install/installed.ts'

/** Installs with these answers, boots the result and looks at it. True when all is as it should be; says what it did. */
export async function tryHeadless(machine: Machine, answers: string, say: (line: string) => void): Promise<boolean> {
  await machine.agent.waitReady({ timeoutMs: 600_000 })
  say('The installer has booted. Installing with the default answers:')
  const run = await installHeadless(machine, answers, {
    args: ['--progress', 'plain'],
    onLines: (text) => {
      for (const line of text.trimEnd().split('\n')) say(`  ${line}`)
    },
  })
  if (run.exitCode !== 0) {
    say(`The install failed with exit code ${run.exitCode}:`)
    for (const line of run.stderr.trimEnd().split('\n').slice(-20)) say(`  ${line}`)
    return false
  }
  say('Rebooting from the installed disk; the installer is unplugged …')
  await machine.agent.exec('systemctl reboot', { timeoutMs: 20_000 }).catch(() => {})
  await machine.reboot({ timeoutMs: 300_000 })
  const result = await firstBoot(machine)
  const checks = [
    ...result.checks,
    await look('root dataset is encrypted', 'aes-256-gcm', zfsGet(machine, 'encryption', 'rpool/crypt/root')),
    await look('its key is loaded', 'available', zfsGet(machine, 'keystatus', 'rpool/crypt/root')),
    await look('admin user', 'admin', machine.agent.succeed('id -un admin')),
  ]
  const text = machine.tty.snapshotText()
  checks.push({
    name: 'login prompt on the serial line',
    ok: /login: *$/m.test(text),
    found: lastLine(text),
    expected: 'login:',
  })
  say('\nWhat was checked in the installed system:')
  for (const check of checks) {
    say(
      `  ${check.ok ? 'ok  ' : 'FAIL'} ${check.name}: ${check.found}${check.ok ? '' : ` (expected ${check.expected})`}`,
    )
  }
  const failed = checks.filter((check) => !check.ok).length
  say(failed === 0 ? `\nAll ${checks.length} checks passed.` : `\n${failed} of ${checks.length} checks failed.`)
  return failed === 0
}

async function look(name: string, expected: string, found: Promise<string>) {
  const value = await found.catch((error: Error) => error.message)
  return { name, ok: value === expected, found: value, expected }
}

const lastLine = (text: string) => text.trimEnd().split('\n').at(-1) ?? ''
