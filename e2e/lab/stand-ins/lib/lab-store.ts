import { createHash } from 'node:crypto'
import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
  writeSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import { storePath } from './store-path.ts'

/** What the store takes for valid, one path a line, instead of nix's database. */
const VALID = 'nix/var/nix/db/lab-valid'

/** A text file of a build's output by its name. As in nix nothing of it is flushed before it is called valid, and what is
 *  called valid is not written again. */
export function addPath(store: string, path: string, files: Readonly<Record<string, string>>): void {
  if (isValid(store, path)) return
  addFiles(
    store,
    path,
    Object.entries(files).map(([name, text]) => [name, Buffer.from(text)] as const),
    { isFlushed: false },
  )
}

/** Files that are copied into the store: with `fsync-store-paths` they are on the disk before they are valid. */
export function addSource(store: string, files: readonly (readonly [name: string, content: Buffer])[]): string {
  const path = storePath(hashOfFiles(files), 'source')
  if (!isValid(store, path)) addFiles(store, path, files, { isFlushed: true })
  return path
}

/** The valid paths whose content is not what their name says. */
export function wrongPaths(store: string): readonly string[] {
  return validPaths(store).filter((path) => {
    const name = path.replace(/^\/nix\/store\/[^-]+-/, '')
    const files = filesBelow(join(store, path))
    const content = name === 'source' ? hashOfFiles(files) : (files[0]?.[1].toString() ?? '')
    return storePath(content, name) !== path
  })
}

const isValid = (store: string, path: string) => validPaths(store).includes(path)

function validPaths(store: string): readonly string[] {
  const file = join(store, VALID)
  return existsSync(file)
    ? readFileSync(file, 'utf8')
        .split('\n')
        .filter((line) => line !== '')
    : []
}

function addFiles(
  store: string,
  path: string,
  files: readonly (readonly [name: string, content: Buffer])[],
  { isFlushed }: { isFlushed: boolean },
): void {
  // What is left of a try that was cut off.
  rmSync(join(store, path), { recursive: true, force: true })
  for (const [name, content] of files) {
    const to = join(store, path, name)
    mkdirSync(dirname(to), { recursive: true })
    const file = openSync(to, 'w')
    writeSync(file, content)
    if (isFlushed) fsyncSync(file)
    closeSync(file)
  }
  mkdirSync(dirname(join(store, VALID)), { recursive: true })
  writeFileSync(join(store, VALID), `${path}\n`, { flag: 'a', flush: true })
}

function hashOfFiles(files: readonly (readonly [name: string, content: Buffer])[]): string {
  const hash = createHash('sha256')
  for (const [name, content] of files.toSorted(([a], [b]) => (a < b ? -1 : 1))) hash.update(`${name}\0`).update(content)
  return hash.digest('hex')
}

/** Also those that nobody put there: then the hash is another one. */
function filesBelow(folder: string): readonly (readonly [name: string, content: Buffer])[] {
  if (!existsSync(folder)) return []
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .map((file) => [file.slice(folder.length + 1), readFileSync(file)] as const)
}
