import { createHash } from 'node:crypto'
import { readdir, readFile, readlink, realpath, stat } from 'node:fs/promises'
import { join, relative } from 'node:path'

const labDir = import.meta.dirname
const repoDir = join(labDir, '..', '..')

/** Files that decide the slow half (packages and ZFS module). */
const baseFiles = ['packages.txt', 'build-base.sh', 'no-initrd.sh', 'finish-base.sh']

export type Recipe = {
  imageDir: string
  /** 16 hex digits over the base's files. */
  baseHash: string
  /** 16 hex digits over everything that goes into the disk. */
  imageHash: string
  nodeBinary: string
}

/** Reads the recipe from the repository: which files, which Node, and their hashes. */
export async function readRecipe(): Promise<Recipe> {
  const imageDir = join(labDir, 'image')
  const nodeBinary = await realpath(join(repoDir, 'node_modules', '.bin', 'node'))
  const base = createHash('sha256')
  for (const name of baseFiles) base.update(await readFile(join(imageDir, name)))
  const baseHash = base.digest('hex').slice(0, 16)

  const image = createHash('sha256').update(baseHash)
  for (const folder of [imageDir, join(labDir, 'target'), join(repoDir, 'iso', 'units')]) await addTree(image, folder)
  const { size } = await stat(nodeBinary)
  image.update(`node ${size} ${await readFile(join(nodeBinary, '..', '..', 'package.json'), 'utf8').catch(() => '')}`)
  return { imageDir, baseHash, imageHash: image.digest('hex').slice(0, 16), nodeBinary }
}

// Notes and tests beside the recipe do not change the image.
const isIngredient = (name: string) => !/\.(md|ts|tsx)$/.test(name)

async function addTree(hash: ReturnType<typeof createHash>, folder: string): Promise<void> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => [])
  const paths = entries.filter((entry) => !entry.isDirectory()).map((entry) => join(entry.parentPath, entry.name))
  for (const path of paths.sort()) {
    if (!isIngredient(path)) continue
    hash.update(`\0${relative(repoDir, path)}\0`)
    const link = await readlink(path).catch(() => undefined)
    const { mode } = link === undefined ? await stat(path) : { mode: 0 }
    hash.update(link ?? (await readFile(path))).update(String(mode & 0o111))
  }
}
