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
  // `systemctl hibernate` asks logind, which the lab's target does not have; this is what logind starts.
  await agent.succeed('systemctl start --no-block hibernate.target', { timeoutMs: 20_000 })
  const reason = await machine.waitForExit({ timeoutMs: 5 * MINUTE })
  if (reason !== 'guest-shutdown') return [`hibernating ended with ${reason}`]
  await bootAnswering(machine)
  const after = await agent.succeed('cat /proc/sys/kernel/random/boot_id')
  const kept = await agent.exec('cat /run/kept/in-memory')
  if (after === boot && kept.stdout === 'here\n') return []
  const why = await agent.exec("journalctl -b -o short-monotonic --grep 'PM:|hibernat|resume|swap' | tail -n 40")
  return [`the machine started anew instead of going on\n${why.stdout}`]
}
