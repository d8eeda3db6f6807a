// Loads a TypeScript file of the source tree into a script: the source imports across .ts and .tsx, so Node alone cannot.
import { rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { build } from 'esbuild'
import { ROOT } from './set-up.mjs'

/** `path` from the repository's top. */
export async function loadSource(path) {
  // Beside it, so that what it reads by import.meta.url is found.
  const outfile = join(ROOT, dirname(path), `.loaded-${process.pid}.mjs`)
  try {
    await build({
      entryPoints: [join(ROOT, path)],
      outfile,
      bundle: true,
      platform: 'node',
      format: 'esm',
      packages: 'external',
      logLevel: 'warning',
    })
    return await import(outfile)
  } finally {
    await rm(outfile, { force: true })
  }
}
