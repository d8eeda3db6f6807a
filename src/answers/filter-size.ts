import { GIB, KIB, MIB, TIB } from '../model/size.ts'

/** Decimal as disk makers count, and binary. */
const UNIT_BYTES: Readonly<Record<string, number>> = {
  B: 1,
  kB: 1e3,
  KB: 1e3,
  MB: 1e6,
  GB: 1e9,
  TB: 1e12,
  PB: 1e15,
  KiB: KIB,
  MiB: MIB,
  GiB: GIB,
  TiB: TIB,
  PiB: 1024 * TIB,
}

/** The size of a disk in a filter, in bytes: `500 GB`, `1.8TB`, `465GiB`. Null when the text is none; a bare number is none,
 *  because nobody could tell its unit. */
export function parseFilterSize(text: string): number | null {
  const match = /^(\d{1,9}(?:\.\d{1,6})?) ?([A-Za-z]{1,3})$/.exec(text.trim())
  const factor = UNIT_BYTES[match?.[2] ?? '']
  return match && factor !== undefined ? Math.round(Number(match[1]) * factor) : null
}
