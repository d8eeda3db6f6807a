import { cp, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { build } from '../../scripts/build.mjs'

const standIns = join(import.meta.dirname, '../lab/stand-ins')

/** Builds the installer from the present source into `folder`, with the lab's stand-ins: what goes on a bundle disk. */
export async function buildInstallerBundle(folder: string): Promise<string> {
  await build(folder)
  await rm(join(folder, 'stand-ins'), { recursive: true, force: true })
  await cp(standIns, join(folder, 'stand-ins'), { recursive: true, filter: (path) => !path.endsWith('.test.ts') })
  return folder
}
