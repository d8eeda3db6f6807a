export const KIB = 1024
export const MIB = 1024 * KIB
export const GIB = 1024 * MIB
export const TIB = 1024 * GIB

const UNITS = [
  ['TiB', TIB],
  ['GiB', GIB],
  ['MiB', MIB],
  ['KiB', KIB],
] as const

/** Bytes as a person reads them, in binary units with at most one decimal: `8 GiB`, `931.5 GiB`, `512 B`. */
export function formatSize(bytes: number): string {
  for (const [unit, factor] of UNITS) {
    if (bytes >= factor) return `${Number((bytes / factor).toFixed(1))} ${unit}`
  }
  return `${bytes} B`
}

/** `4GiB`, `512 MiB`, `0` -> bytes; null when the text is no size. Only binary units, so that nobody has to guess. */
export function parseSize(text: string): number | null {
  const match = /^\s*(\d+(?:\.\d+)?)\s*(TiB|GiB|MiB|KiB|B)?\s*$/.exec(text)
  if (!match) return null
  const unit = match[2]
  if (unit === undefined && match[1] !== '0') return null
  const factor = UNITS.find(([name]) => name === unit)?.[1] ?? 1
  return Math.round(Number(match[1]) * factor)
}
