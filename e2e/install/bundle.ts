import { cp, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { build } from '../../scripts/build.mjs'
import { buildLabPrograms } from '../lab/build-programs.ts'

const standIns = join(import.meta.dirname, '../lab/stand-ins')

/** Builds the installer from the present source into `folder`, with the lab's stand-ins and its own programs: what goes on a
 *  bundle disk. */
export async function buildInstallerBundle(folder: string): Promise<string> {
  await build(folder)
  await rm(join(folder, 'stand-ins'), { recursive: true, force: true })
  await cp(standIns, join(folder, 'stand-ins'), { recursive: true, filter: (path) => !path.endsWith('.test.ts') })
  await buildLabPrograms(join(folder, 'lab'))
  return folder
}
