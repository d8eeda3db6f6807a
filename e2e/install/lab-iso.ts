import { execFile } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { buildImage, type LabImage } from '../lab/build-image.ts'
import { buildLabIso } from '../lab/build-iso.ts'
import { buildInstallerBundle } from './bundle.ts'

/** Builds a lab ISO of the present source and hands it over, with the installer (`keystone`) that made it; removes it afterwards. With `answers` it is a finished ISO onto
 *  which `keystone iso prepare` has put them, as a person would. */
export async function withLabIso(
  { kernelArguments, answers }: { kernelArguments?: readonly string[]; answers?: string },
  body: (made: { image: LabImage; iso: string; keystone: string }) => Promise<void>,
): Promise<void> {
  const image = await buildImage({
    onProgress: ({ text, elapsedSeconds }) => console.log(`[image ${elapsedSeconds} s] ${text}`),
  })
  const folder = await mkdtemp(join(tmpdir(), 'keystone-iso-'))
  try {
    const bundleDir = await buildInstallerBundle(join(folder, 'bundle'))
    const iso = join(folder, 'lab.iso')
    await buildLabIso({ image, bundleDir, out: iso, ...(kernelArguments && { kernelArguments }) })
    const keystone = join(bundleDir, 'keystone.mjs')
    if (answers === undefined) return await body({ image, iso, keystone })
    const file = join(folder, 'answers.yaml')
    await writeFile(file, answers, { mode: 0o600 })
    const prepared = join(folder, 'prepared.iso')
    const words = ['iso', 'prepare', iso, '--answers', file, '--out', prepared]
    await promisify(execFile)(process.execPath, [keystone, ...words])
    await body({ image, iso: prepared, keystone })
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}
