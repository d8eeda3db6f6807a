import { constants } from 'node:fs'
import {
  access,
  link,
  mkdir,
  open,
  readdir,
  readFile,
  realpath,
  rename,
  rm,
  rmdir,
  stat,
  statfs,
} from 'node:fs/promises'
import { basename, delimiter, dirname, join } from 'node:path'
import { Bug } from './errors.ts'
import type { ByteRange } from './system.ts'

/** Null when it is not there or cannot be read: sysfs and efivars answer with all kinds of errors, and to us they all
 *  mean "not known". */
async function orNull<T>(work: Promise<T>): Promise<T | null> {
  try {
    return await work
  } catch {
    return null
  }
}

export const readTextOrNull = (path: string) => orNull(readFile(path, 'utf8'))
export const readBytesOrNull = (path: string, range?: ByteRange) =>
  orNull<Uint8Array>(range ? readRange(path, range) : readFile(path))
export const realPathOrNull = (path: string) => orNull(realpath(path))
export const listOrNull = (path: string) => orNull(readdir(path).then((names) => names.sort()))
export const doesExist = async (path: string) => (await orNull(access(path).then(() => true))) === true

/** Of a program by its name, in the directories of a PATH. */
export async function isExecutable(program: string, path: string): Promise<boolean> {
  for (const directory of path.split(delimiter)) {
    const place = join(directory, program)
    const isRunnable = async () => (await stat(place)).isFile() && access(place, constants.X_OK).then(() => true)
    if (directory !== '' && (await orNull(isRunnable()))) return true
  }
  return false
}

/** Of one name for each file, so that what a power cut or a kill leaves of it goes with the next write, or with the file. */
const temporaryOf = (path: string) => join(dirname(path), `.${basename(path)}.keystone-new`)

/** Whoever looks sees the old file or the new one, never a half; after a power cut too. The temporary file is 0600 until
 *  the content is complete, so that a secret is never readable in between; the umask has no say in the final mode. */
export async function replaceFile(path: string, content: string | Uint8Array, mode: number): Promise<void> {
  const temporary = temporaryOf(path)
  await rm(temporary, { force: true })
  const file = await open(temporary, 'wx', 0o600)
  try {
    await file.writeFile(content)
    await file.chmod(mode)
    await file.sync()
  } catch (error) {
    await file.close()
    await rm(temporary, { force: true })
    throw error
  }
  await file.close()
  await rename(temporary, path).catch(async (error) => {
    await rm(temporary, { force: true })
    throw error
  })
  await syncDirectory(dirname(path))
}

/** The content is on the disk when this returns: a journal is worth nothing otherwise. */
export async function appendToFile(path: string, content: string, mode: number): Promise<void> {
  const file = await open(path, 'a', mode)
  try {
    await file.chmod(mode)
    await file.writeFile(content)
    await file.datasync()
  } finally {
    await file.close()
  }
}

/** With missing parents, which get the usual mode. */
export async function makeDirectoryWithMode(path: string, mode: number): Promise<void> {
  await mkdir(path, { recursive: true })
  const directory = await open(path, 'r')
  try {
    await directory.chmod(mode)
  } finally {
    await directory.close()
  }
}

/** A name that was removed comes back by a power cut unless its directory is on the disk. */
export async function removeFileIfThere(path: string): Promise<void> {
  await rm(path, { force: true })
  await rm(temporaryOf(path), { force: true })
  await orNull(syncDirectory(dirname(path)))
}

/** Never what is in it: that is for whoever knows what it is. */
export async function removeEmptyDirectory(path: string): Promise<void> {
  try {
    await rmdir(path)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
  }
}

/** Only the bytes change: on FAT a file that grows changes the table and the directory too, and of those a power cut can
 *  lose one without the other. */
export async function overwrite(path: string, bytes: Uint8Array, offset: number): Promise<void> {
  const file = await open(path, 'r+')
  try {
    const { size } = await file.stat()
    if (offset + bytes.length > size) throw new Bug(`${path} has ${size} bytes, too few to write up to byte ${offset}`)
    for (let done = 0; done < bytes.length; ) {
      done += (await file.write(bytes, done, bytes.length - done, offset + done)).bytesWritten
    }
    await file.datasync()
  } finally {
    await file.close()
  }
}

export const freeBytesOrNull = (path: string) => orNull(statfs(path).then(({ bavail, bsize }) => bavail * bsize))
/** FAT and btrfs have no such limit and say 0 of 0. */
export const freeInodesOrNull = async (path: string) =>
  (await orNull(statfs(path).then(({ files, ffree }) => ({ free: files === 0 ? null : ffree }))))?.free ?? null

async function readRange(path: string, { start, length }: ByteRange): Promise<Uint8Array> {
  const file = await open(path, 'r')
  try {
    const bytes = new Uint8Array(length)
    let filled = 0
    // One read may give less than there is.
    while (filled < length) {
      const { bytesRead } = await file.read(bytes, filled, length - filled, start + filled)
      if (bytesRead === 0) break
      filled += bytesRead
    }
    return bytes.subarray(0, filled)
  } finally {
    await file.close()
  }
}

/** A hard link is refused where something is, in one step; `rename` would replace it. */
export async function moveToFreeName(from: string, to: string): Promise<void> {
  try {
    await link(from, to)
    await rm(from)
  } catch (error) {
    if (await doesExist(to)) throw error
    // FAT and exFAT, as on most USB sticks, have no hard links.
    await rename(from, to)
  }
  await syncDirectory(dirname(to))
}

/** A rename survives a power cut only once its directory is on the disk. */
async function syncDirectory(path: string): Promise<void> {
  const directory = await open(path, 'r')
  try {
    await directory.sync()
  } catch {
    // Some file systems (efivarfs, 9p) refuse this; the file itself is safe.
  } finally {
    await directory.close()
  }
}
