import type { LaidFile } from './system.ts'

const TYPE = { folder: 0o040000, file: 0o100000, link: 0o120000 }

function pad(size: number): Buffer {
  return Buffer.alloc((4 - (size % 4)) % 4)
}

function entry(inode: number, path: string, mode: number, data: Buffer): Buffer {
  const name = Buffer.from(`${path.replace(/^\//, '')}\0`)
  const hex = (value: number) => value.toString(16).padStart(8, '0')
  // newc: ino mode uid gid nlink mtime filesize devmajor devminor rdevmajor rdevminor namesize check
  const numbers = [inode, mode, 0, 0, 1, 0, data.length, 0, 0, 0, 0, name.length, 0]
  const head = Buffer.from(`070701${numbers.map(hex).join('')}`)
  return Buffer.concat([head, name, pad(head.length + name.length), data, pad(data.length)])
}

/** Files as a cpio archive in the form the kernel unpacks (newc), with all folders above them, padded to 512 bytes so
 *  that a compressed archive may follow. Source: Linux, Documentation/driver-api/early-userspace/buffer-format.rst. */
export function cpioArchive(files: readonly LaidFile[]): Buffer {
  const folders = new Set<string>()
  for (const { path } of files) {
    const parts = path.split('/').slice(1, -1)
    for (let depth = 1; depth <= parts.length; depth += 1) folders.add(`/${parts.slice(0, depth).join('/')}`)
  }
  const entries = [...folders].map((path, index) => entry(index + 1, path, TYPE.folder | 0o755, Buffer.alloc(0)))
  files.forEach((file, index) => {
    const inode = folders.size + index + 1
    entries.push(
      'link' in file
        ? entry(inode, file.path, TYPE.link | 0o777, Buffer.from(file.link))
        : entry(inode, file.path, TYPE.file | file.mode, Buffer.from(file.content)),
    )
  })
  const archive = Buffer.concat([...entries, entry(0, 'TRAILER!!!', 0, Buffer.alloc(0))])
  return Buffer.concat([archive, Buffer.alloc((512 - (archive.length % 512)) % 512)])
}
