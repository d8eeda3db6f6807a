import { appendFile, open, stat, truncate } from 'node:fs/promises'

// A fault of the emulator, not of the guest: QEMU before 8.1 may keep a breakpoint that the kernel set for a moment while
// it patched its own code, when another processor translated that code just then ("accel/tcg: Always lock pages before
// translation" ended it). The kernel then meets a breakpoint nobody set and stops: `Oops: int3`. Seen once in about 60
// cold boots, 1.6 s after the kernel's start. No program in the guest can bring it about.
const SLIP = /\bOops: int3: /

export async function sizeOf(file: string): Promise<number> {
  try {
    return (await stat(file)).size
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return 0
    throw error
  }
}

/** Whether the boot that began at byte `start` of the serial log died of such a slip. If so its part is moved to
 *  `slipLog`, since whatever reads the log later looks for the guest's own panics. */
export async function takeSlip(serialLog: string, start: number, slipLog: string): Promise<boolean> {
  const size = await sizeOf(serialLog)
  const part = Buffer.alloc(Math.max(0, size - start))
  const file = await open(serialLog, 'r')
  try {
    await file.read(part, 0, part.length, start)
  } finally {
    await file.close()
  }
  if (!SLIP.test(part.toString())) return false
  await appendFile(slipLog, part)
  await truncate(serialLog, start)
  return true
}
