/** One line of `sgdisk --print`. */
export type FoundPartition = {
  readonly number: number
  readonly startSector: number
  readonly sectors: number
  readonly type: string
  readonly label: string
}

/** The partitions that `sgdisk --print` lists. */
export function readSgdisk(text: string): readonly FoundPartition[] {
  return [...text.matchAll(/^ +(\d+) +(\d+) +(\d+) +[\d.]+ [KMGT]iB +(\w{4}) +(\S+)$/gm)].map(
    ([, number, start, end, type = '', label = '']) => ({
      number: Number(number),
      startSector: Number(start),
      sectors: Number(end) - Number(start) + 1,
      type,
      label,
    }),
  )
}
