import { Bug } from '../system/errors.ts'

const BLOCK = 512
/** What is left of a header's 100 and 155 bytes when a NUL ends each. */
const NAME_BYTES = 99
const PREFIX_BYTES = 154

export type TarEntry = { readonly name: string; readonly content: Uint8Array }

/** Files as a tar archive that every tar reads (ustar), owned by root, 0644. `modifiedAt` is the time of all of them.
 *  Source: POSIX.1-2017, pax, "ustar Interchange Format". */
export function tar(entries: readonly TarEntry[], modifiedAt: Date): Uint8Array {
  const blocks = entries.flatMap(({ name, content }) => [
    header(name, content.length, modifiedAt),
    content,
    new Uint8Array((BLOCK - (content.length % BLOCK)) % BLOCK),
  ])
  return Buffer.concat([...blocks, new Uint8Array(2 * BLOCK)])
}

function header(path: string, size: number, modifiedAt: Date): Uint8Array {
  const { name, prefix } = split(path)
  const bytes = Buffer.alloc(BLOCK)
  const octal = (value: number, at: number, digits: number) => bytes.write(value.toString(8).padStart(digits, '0'), at)
  bytes.write(name, 0)
  octal(0o644, 100, 7)
  octal(0, 108, 7) // owner and group: root
  octal(0, 116, 7)
  octal(size, 124, 11)
  octal(Math.max(0, Math.floor(modifiedAt.getTime() / 1000)), 136, 11)
  bytes.write('0', 156) // a regular file
  bytes.write('ustar\u000000', 257, 'latin1')
  bytes.write('root', 265)
  bytes.write('root', 297)
  bytes.write(prefix, 345)
  // The sum is taken with spaces in its own place.
  bytes.fill(' ', 148, 156)
  const sum = bytes.reduce((total, byte) => total + byte, 0)
  bytes.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148)
  return bytes
}

/** A long path is divided at a slash into two fields. */
function split(path: string): { readonly name: string; readonly prefix: string } {
  if (Buffer.byteLength(path) <= NAME_BYTES) return { name: path, prefix: '' }
  for (let at = path.indexOf('/'); at !== -1; at = path.indexOf('/', at + 1)) {
    const [prefix, name] = [path.slice(0, at), path.slice(at + 1)]
    if (Buffer.byteLength(name) <= NAME_BYTES && Buffer.byteLength(prefix) <= PREFIX_BYTES) return { name, prefix }
  }
  throw new Bug(`a name is too long for a tar archive: ${path}`)
}
