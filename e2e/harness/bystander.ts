import { execFile } from 'node:child_process'
import { createCipheriv, createHash } from 'node:crypto'
import { constants, createReadStream, existsSync } from 'node:fs'
import { copyFile, rename, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { promisify } from 'node:util'
import { cacheDir, withLock } from '../lab/cache.ts'
import { toolPath } from '../lab/tools.ts'

const run = promisify(execFile)
const MIB = 2 ** 20
const BYTES = 16 * MIB

/** A disk that nobody chose: it belongs to somebody, and an install of other disks must not write a byte to it. Give it to a
 *  machine besides its target disks; `dispose` of the machine throws when it was written to. */
export const bystander = { id: 'bystander', sizeBytes: BYTES, isBystander: true } as const

/** How the bystander's file was left; see checkBystander. */
export type BystanderSeal = { readonly file: string; readonly sha256: string; readonly mtimeNs: bigint }

/** A bystander of one machine. Its content is made once and kept: sgdisk syncs the whole host. */
export async function makeBystander(file: string): Promise<BystanderSeal> {
  const kept = join(cacheDir(), 'bystander-1.raw')
  await withLock(`${kept}.lock`, async () => {
    if (existsSync(kept)) return
    const partial = `${kept}.tmp-${process.pid}`
    await writeBystander(partial)
    await rename(partial, kept)
  })
  await copyFile(kept, file, constants.COPYFILE_FICLONE)
  return { file, ...(await sealOf(file)) }
}

/** Writes the bystander's content: a GPT with an ext4 file system, and noise everywhere else, so that there is no place where a
 *  write would not show. The same bytes each time: the kernel of a saved machine knows some of them. */
export async function writeBystander(file: string): Promise<void> {
  const noise = createCipheriv('aes-128-ctr', Buffer.alloc(16, 'keystone'), Buffer.alloc(16))
  await writeFile(file, noise.update(Buffer.alloc(BYTES)))
  const env = { ...process.env, PATH: toolPath(), E2FSPROGS_FAKE_TIME: '1700000000', SOURCE_DATE_EPOCH: '1700000000' }
  const guid = (digit: number) => `${String(digit).repeat(8)}-0000-4000-8000-000000000000`
  const table = ['--clear', '--new=1:2048:+14M', '--change-name=1:photos', `--partition-guid=1:${guid(1)}`]
  // Noise where a table's backup belongs is no table that sgdisk should mend.
  await run('sgdisk', ['--zap-all', file], { env }).catch(() => {})
  await run('sgdisk', [...table, `--disk-guid=${guid(2)}`, file], { env })
  const options = ['-U', guid(3), '-L', 'photos', '-E', `offset=${MIB},nodiscard,hash_seed=${guid(4)},root_owner=0:0`]
  await run('mke2fs', ['-q', '-F', '-t', 'ext4', ...options, file, '14M'], { env })
}

/** Throws when anything was written to the bystander since, also when it was put back afterwards. */
export async function checkBystander(seal: BystanderSeal): Promise<void> {
  const { sha256, mtimeNs } = await sealOf(seal.file)
  if (sha256 !== seal.sha256)
    throw new Error(`the bystander disk was written to, its content has changed: ${seal.file}`)
  // QEMU writes to the file when the guest writes to the disk, and never else.
  if (mtimeNs !== seal.mtimeNs) throw new Error(`the bystander disk was written to, with what was there: ${seal.file}`)
}

async function sealOf(file: string): Promise<{ sha256: string; mtimeNs: bigint }> {
  const hash = createHash('sha256')
  await pipeline(createReadStream(file, { highWaterMark: 4 * MIB }), hash)
  return { sha256: hash.digest('hex'), mtimeNs: (await stat(file, { bigint: true })).mtimeNs }
}
