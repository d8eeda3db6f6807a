/** A fact, or null when the machine does not give it in time or not at all: a disk that hangs must not keep the reason of a
 *  failure from the screen. What was asked goes on in the background; nothing can take a system call back. */
export async function within<Fact>(limitMs: number, look: () => Promise<Fact>): Promise<Fact | null> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<null>((resolve) => {
    timer = setTimeout(() => resolve(null), limitMs)
  })
  try {
    return await Promise.race([look(), late])
  } catch {
    return null
  } finally {
    clearTimeout(timer)
  }
}
