import type { Screen } from './screen.ts'

// A wait is woken by changes; this is only the net under it, for conditions that depend on time.
const netMs = 500

/** Calls `look` now and at each wake until it gives a value; undefined when the time is over.
 *  What `look` throws is thrown here. */
export function deadline<T>(
  limitMs: number,
  wakers: Set<() => void>,
  look: () => T | undefined,
): Promise<T | undefined> {
  return new Promise((resolve, reject) => {
    const end = (act: () => void) => {
      clearTimeout(limit)
      clearInterval(net)
      wakers.delete(check)
      act()
    }
    const check = () => {
      try {
        const value = look()
        if (value !== undefined) end(() => resolve(value))
      } catch (error) {
        end(() => reject(error))
      }
    }
    const limit = setTimeout(() => end(() => resolve(undefined)), limitMs)
    const net = setInterval(check, netMs)
    wakers.add(check)
    check()
  })
}

/** Resolves when the screen has changed since `last` and then stayed quiet for a moment, or `paceMs` after `last`. */
export function settle(screen: Screen, last: { at: number; version: number }, paceMs: number): Promise<void> {
  const quietMs = Math.min(20, paceMs)
  const leftMs = last.at + paceMs - Date.now()
  if (leftMs <= 0) return Promise.resolve()
  return new Promise((resolve) => {
    let quiet: NodeJS.Timeout | undefined
    const end = () => {
      clearTimeout(limit)
      clearTimeout(quiet)
      stop()
      resolve()
    }
    const restart = () => {
      clearTimeout(quiet)
      quiet = setTimeout(end, quietMs)
    }
    const limit = setTimeout(end, leftMs)
    const stop = screen.onChange(restart)
    if (screen.version !== last.version) restart()
  })
}
