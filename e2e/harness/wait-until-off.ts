import type { Boot, OffReason } from './boot.ts'

/** Resolves when the guest has switched itself off or asked for a reset. Throws after the limit, with what is on the screen,
 *  and when QEMU crashed. */
export async function waitUntilOff(
  { off }: Boot,
  timeoutMs: number,
  { screen, processLog }: { screen(): string; readonly processLog: string },
): Promise<OffReason> {
  const reason = await Promise.race([off, timeout(timeoutMs)])
  if (reason === undefined) throw new Error(`the guest did not switch off within ${timeoutMs / 1000} s\n${screen()}`)
  if (reason === 'crashed') throw new Error(`QEMU ended by itself, see ${processLog}`)
  return reason
}

const timeout = (ms: number) => new Promise<undefined>((resolve) => setTimeout(resolve, ms, undefined).unref())
