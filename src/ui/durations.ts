/** `0:07`, `12:34`, `1:02:03` */
export function formatClock(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000))
  const [h, m, s] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60]
  const two = (value: number) => String(value).padStart(2, '0')
  return h > 0 ? `${h}:${two(m)}:${two(s)}` : `${m}:${two(s)}`
}

/** A guess should not look exact: `less than a minute`, `about 4 minutes`, `about 1 h 20 min`. */
export function formatGuess(ms: number): string {
  const minutes = Math.round(ms / 60_000)
  if (minutes < 1) return 'less than a minute'
  if (minutes === 1) return 'about a minute'
  if (minutes < 60) return `about ${minutes} minutes`
  return `about ${Math.floor(minutes / 60)} h ${minutes % 60} min`
}
