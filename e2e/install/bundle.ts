import { createHash } from 'node:crypto'
import { cp, mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { build } from '../../scripts/build.mjs'
import { buildBundleDisk } from '../lab/bundle-disk.ts'

const labDirectory = join(import.meta.dirname, '../lab')

/** Builds the installer from the present source and puts it, with the lab's stand-ins, on a bundle disk at `out`.
 *  Returns the hash (16 hex digits) of what is on it. */
export async function buildInstallerDisk(out: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'keystone-installer-'))
  try {
    await build(join(folder, 'dist'))
    await cp(join(labDirectory, 'stand-ins'), join(folder, 'dist/stand-ins'), {
      recursive: true,
      filter: (path) => !path.endsWith('.test.ts'),
    })
    await buildBundleDisk(join(folder, 'dist'), out)
    return await hashTree(join(folder, 'dist'))
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

async function hashTree(folder: string): Promise<string> {
  const hash = createHash('sha256')
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  const paths = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name))
  for (const path of paths.sort()) hash.update(path.slice(folder.length)).update(await readFile(path))
  return hash.digest('hex').slice(0, 16)
}
