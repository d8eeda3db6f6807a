import { readFile } from 'node:fs/promises'
import { join } from 'node:path'

/** A package of npm whose code is in the bundle. */
export type BundledPackage = {
  /** As its own package.json says, not as an alias in ours. */
  readonly name: string
  readonly version: string
  /** SPDX expression of its package.json. */
  readonly license: string
  /** Its folder, from the repository: node_modules/ink. */
  readonly folder: string
}

/** The part of esbuild's metafile that says which source became which output. */
export type Metafile = {
  readonly outputs: Readonly<
    Record<string, { readonly inputs: Readonly<Record<string, { readonly bytesInOutput: number }>> }>
  >
}

/** The packages of which at least one byte is in the outputs, sorted by folder. Everything we use is a devDependency,
 *  because it is bundled: only the bundler knows what is delivered. `root` is the folder the metafile's paths start at. */
export async function bundledPackages(metafile: Metafile, root: string): Promise<BundledPackage[]> {
  const folders = new Set<string>()
  for (const { inputs } of Object.values(metafile.outputs)) {
    for (const [path, { bytesInOutput }] of Object.entries(inputs)) {
      const folder = packageFolder(path)
      if (folder !== null && bytesInOutput > 0) folders.add(folder)
    }
  }
  return Promise.all([...folders].sort().map((folder) => readPackage(folder, root)))
}

/** node_modules/a/node_modules/@b/c/index.js → node_modules/a/node_modules/@b/c; null for our own sources. */
export function packageFolder(path: string): string | null {
  return path.match(/^(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+(?=\/)/)?.[0] ?? null
}

async function readPackage(folder: string, root: string): Promise<BundledPackage> {
  const { name, version, license } = JSON.parse(await readFile(join(root, folder, 'package.json'), 'utf8'))
  if (![name, version, license].every((word) => typeof word === 'string' && word !== '')) {
    throw new Error(`${folder}/package.json does not say name, version and licence: it cannot be delivered like this`)
  }
  return { name, version, license, folder }
}
