import { type FileHandle, open } from 'node:fs/promises'

/** Writes `question` to a device in one piece and reads its answer from the same opening, as /dev/tpmrm0 wants it. Null when
 *  the device is not there, may not be opened, or has not answered in time. */
export async function exchangeOrNull(
  path: string,
  question: Uint8Array,
  { maxBytes, timeoutMs }: { readonly maxBytes: number; readonly timeoutMs: number },
): Promise<Uint8Array | null> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<null>((resolve) => {
    timer = setTimeout(() => resolve(null), timeoutMs)
  })
  try {
    // One that never answers stays open until the process ends: nothing can take a read back.
    return await Promise.race([ask(path, question, maxBytes), late])
  } finally {
    clearTimeout(timer)
  }
}

async function ask(path: string, question: Uint8Array, maxBytes: number): Promise<Uint8Array | null> {
  let device: FileHandle | undefined
  try {
    device = await open(path, 'r+')
    await device.write(question, 0, question.length, null)
    const { bytesRead, buffer } = await device.read(new Uint8Array(maxBytes), 0, maxBytes, null)
    return buffer.subarray(0, bytesRead)
  } catch {
    return null
  } finally {
    await device?.close().catch(() => {})
  }
}
