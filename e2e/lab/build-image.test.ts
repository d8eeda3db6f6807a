import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, expect, test, vi } from 'vitest'
import { buildImage } from './build-image.ts'

// Found in CI: an image was built again from the same recipe, machines saved on the first build went on upon the
// second, whose files lie in other blocks, and their programs ended with segmentation faults.
afterEach(() => vi.unstubAllEnvs())

test('an image that was built again is another one to whatever was saved on it', async () => {
  const dir = await mkdtemp(join(tmpdir(), 'keystone-image-'))
  try {
    vi.stubEnv('KEYSTONE_LAB_IMAGE', dir)
    await writeFile(join(dir, 'complete'), '2026-11-23T11:17:04.100Z\n')
    const first = await buildImage()
    await writeFile(join(dir, 'complete'), '2026-11-23T12:08:23.567Z\n')
    const second = await buildImage()

    expect([first.build, second.build]).toEqual(['2026-11-23T11:17:04.100Z', '2026-11-23T12:08:23.567Z'])
    expect(second.disk).toBe(first.disk)
  } finally {
    await rm(dir, { recursive: true })
  }
})
