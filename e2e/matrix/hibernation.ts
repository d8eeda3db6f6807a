import type { Machine } from '../harness/machine.ts'
import { bootAnswering } from '../install/boot-questions.ts'

const MINUTE = 60_000

/** Hibernates the running machine and starts it again: what was in memory must be there. Tells what is not. */
export async function tryHibernation(machine: Machine): Promise<readonly string[]> {
  const { agent } = machine
  const swap = await agent.succeed('swapon --noheadings --show=NAME')
  if (!swap.split('\n').includes('/swapfile')) return [`the swap file is not in use, but ${swap || 'nothing'}`]
  await agent.succeed('mkdir -p /run/kept && echo here >/run/kept/in-memory')
  const boot = await agent.succeed('cat /proc/sys/kernel/random/boot_id')
  const asked = await agent.exec('systemctl hibernate', { timeoutMs: 20_000 }).catch(() => null)
  if (asked !== null && asked.code !== 0) return [`systemctl hibernate ended with ${asked.code}: ${asked.stderr}`]
  const reason = await machine.waitForExit({ timeoutMs: 5 * MINUTE })
  if (reason !== 'guest-shutdown') return [`hibernating ended with ${reason}`]
  await bootAnswering(machine)
  const after = await agent.succeed('cat /proc/sys/kernel/random/boot_id')
  const kept = await agent.exec('cat /run/kept/in-memory')
  return after === boot && kept.stdout === 'here\n' ? [] : ['the machine started anew instead of going on']
}
