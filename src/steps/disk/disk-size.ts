import { formatSize, MIB, parseSize } from '../../model/size.ts'
import { type Finding, quote } from '../field.ts'

type Bounds = {
  /** `swap`, `the boot partition`: begins the sentences. */
  readonly what: string
  readonly least: number
  readonly most: number
  /** For example. */
  readonly example: string
}

/** A size of a partition or file: binary units, whole MiB (disko cuts partitions so), within its bounds. 0 is left to the
 *  caller. */
export function sizeFinding(text: string, { what, least, most, example }: Bounds): Finding | null {
  const bytes = parseSize(text)
  if (bytes === null) {
    const message = `a size is a number with MiB, GiB or TiB, got ${quote(text)}`
    return { code: 'invalid-size', message, hint: `for example ${example}` }
  }
  const code = what.split(' ')[0]
  if (bytes < least) {
    return { code: `${code}-too-small`, message: `${what} has at least ${formatSize(least)}, got ${formatSize(bytes)}` }
  }
  if (bytes > most) {
    return { code: `${code}-too-large`, message: `${what} has at most ${formatSize(most)}, got ${quote(text)}` }
  }
  if (bytes % MIB !== 0) {
    return { code: 'invalid-size', message: `${what} is a whole number of MiB, got ${quote(text)}` }
  }
  return null
}
