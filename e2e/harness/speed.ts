import type { Agent } from './agent.ts'

/** What `node -e 0` takes in an idle guest under emulation on the machine the time-outs were chosen on (measured there,
 *  1.3 s, rounded up). */
const referenceMs = 1_500
const largestScale = 10

let measured: Promise<number> | undefined

/** How much slower guests are here and now than where the time-outs were chosen: 1 to 10. Measured once per process. */
export function guestSlowness(agent: Agent): Promise<number> {
  measured ??= measure(agent)
  return measured
}

async function measure(agent: Agent): Promise<number> {
  // The second run: the first one also reads Node from the disk.
  await agent.succeed('node -e 0', { timeoutMs: 120_000 })
  const started = Date.now()
  await agent.succeed('node -e 0', { timeoutMs: 120_000 })
  return Math.min(largestScale, Math.max(1, (Date.now() - started) / referenceMs))
}
