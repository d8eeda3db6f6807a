import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { cp, mkdir, mkdtemp, open, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join, relative } from 'node:path'
import { promisify } from 'node:util'
import { toolPath } from './tools.ts'

const run = promisify(execFile)

/** Every bundle disk has this size, also the blank one: a saved machine is restored on another bundle than it was
 *  booted with, and a disk must not change its size under a running kernel. */
export const BUNDLE_DISK_BYTES = 64 * 2 ** 20

/** Makes the read-only disk that brings the installer into the lab (ext4, no journal).
 *  `dir` holds keystone.mjs, templates/, phases/, stand-ins/*.ts; whatever is missing is simply not there.
 *  Takes about 0.1 s. Throws when the content is larger than BUNDLE_DISK_BYTES. */
export async function buildBundleDisk(dir: string, out: string): Promise<void> {
  await mkdir(dirname(out), { recursive: true })
  const folder = await mkdtemp(join(tmpdir(), 'keystone-bundle-'))
  const partial = `${out}.${process.pid}`
  try {
    await buildBundleDir(dir, folder)
    await blankBundleDisk(partial)
    const options = ['-q', '-t', 'ext4', '-O', '^has_journal', '-m', '0', '-E', 'root_owner=0:0', '-L', 'keystone']
    await run('mke2fs', [...options, '-d', folder, partial], { env: { ...process.env, PATH: toolPath() } })
    await rename(partial, out)
  } finally {
    await rm(folder, { recursive: true, force: true })
    await rm(partial, { force: true })
  }
}

/** Copies the installer to `out` as it is found at /opt/keystone in the lab. */
export async function buildBundleDir(dir: string, out: string): Promise<void> {
  await cp(dir, out, { recursive: true, dereference: true })
  // Without it Node warns on stderr that it had to guess the module type of each stand-in.
  const manifest = join(out, 'package.json')
  if (!(await stat(manifest).catch(() => undefined))) await writeFile(manifest, '{"type":"module"}\n')
}

/** A hash over the names, modes and contents of a bundle's files: two bundles of one hash behave the same.
 *  The disk's own bytes differ from build to build (times, ids). */
export async function bundleHash(dir: string): Promise<string> {
  const hash = createHash('sha256')
  const entries = await readdir(dir, { recursive: true, withFileTypes: true })
  const files = entries.filter((entry) => !entry.isDirectory()).map((entry) => join(entry.parentPath, entry.name))
  for (const file of files.sort()) {
    const { mode } = await stat(file)
    hash.update(`\0${relative(dir, file)}\0${mode & 0o111}\0`).update(await readFile(file))
  }
  return hash.digest('hex').slice(0, 16)
}

/** A bundle disk without a bundle: the machine boots and starts no wizard. */
export async function blankBundleDisk(out: string): Promise<void> {
  const file = await open(out, 'w')
  await file.truncate(BUNDLE_DISK_BYTES)
  await file.close()
}
