import { spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { createWriteStream } from 'node:fs'
import { mkdir, readdir, readFile, rename, rm, stat, statfs, utimes, writeFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { createInterface } from 'node:readline'
import { cacheDir, isAlive, withLock } from './cache.ts'
import { fetchNewerQemu } from './newer-qemu.ts'
import { type Recipe, readRecipe } from './recipe.ts'
import { imageTools, requireTools, rootlessTools, toolPath } from './tools.ts'

/** A complete lab image in the cache. */
export type LabImage = {
  /** The recipe's hash, 16 hex digits. */
  hash: string
  /** Names this build of the recipe: the same recipe built again has other blocks, and a state saved on the first does
   *  not fit the second. */
  build: string
  dir: string
  /** Raw, sparse, bootable by UEFI; never written: machines use overlays. */
  disk: string
  kernel: string
  initrd: string
  /** Holds root.squashfs, initrd and BOOTX64.EFI: the slow parts of the bootable ISO (see build-iso.ts). */
  isoParts: string
}

export type Progress = { text: string; elapsedSeconds: number; expectedSeconds: number }

// Measured on 2 cores with a near mirror (e2e/lab/README.md); only shown, nothing depends on them.
const baseSeconds = 300
const assembleSeconds = 60
const neededBytes = 8 * 2 ** 30

/** Returns the image of the present recipe, building what is missing. First time about 6 minutes, after a change
 *  of our own files about one, otherwise nothing. KEYSTONE_LAB_IMAGE=<dir> uses that one as it is. Throws with the last
 *  lines of the build's log when a program fails. */
export async function buildImage({
  onProgress,
}: {
  onProgress?: (progress: Progress) => void
} = {}): Promise<LabImage> {
  // While somebody works on the recipe others can stay on an image that is known to be good.
  const pinned = process.env.KEYSTONE_LAB_IMAGE
  if (pinned) return labImage(basename(pinned), pinned)
  await fetchNewerQemu((text) => onProgress?.({ text, elapsedSeconds: 0, expectedSeconds: 10 }))
  const recipe = await readRecipe()
  const cache = cacheDir()
  const dir = join(cache, `image-${recipe.imageHash}`)
  if (await exists(join(dir, 'complete'))) {
    const now = new Date()
    await utimes(dir, now, now)
    return labImage(recipe.imageHash, dir)
  }

  return withLock(join(cache, 'image.lock'), async () => {
    if (await exists(join(dir, 'complete'))) return labImage(recipe.imageHash, dir)
    await requireTools(isRoot() ? imageTools : { ...imageTools, ...rootlessTools })
    await requireSpace(cache)
    await removeLeftOvers(cache)
    const base = join(cache, `base-${recipe.baseHash}.tar.zst`)
    const expectedSeconds = (await exists(base)) ? assembleSeconds : baseSeconds + assembleSeconds
    const started = Date.now()
    const say = (text: string) =>
      onProgress?.({ text, elapsedSeconds: Math.round((Date.now() - started) / 1000), expectedSeconds })
    if (!(await exists(base))) await buildBase(recipe, base, say)
    await assemble(recipe, base, dir, say)
    await removeOthers(cache, [`image-${recipe.imageHash}`, `base-${recipe.baseHash}.tar.zst`])
    say('the lab image is ready')
    return labImage(recipe.imageHash, dir)
  })
}

async function labImage(hash: string, dir: string): Promise<LabImage> {
  const at = (name: string) => join(dir, name)
  const build = (await readFile(at('complete'), 'utf8')).trim()
  return { hash, build, dir, disk: at('disk.raw'), kernel: at('vmlinuz'), initrd: at('initrd'), isoParts: at('iso') }
}

async function buildBase(recipe: Recipe, base: string, say: (text: string) => void): Promise<void> {
  const partial = join(cacheDir(), `tmp-${process.pid}-base.tar.zst`)
  say('installing Debian packages and building the ZFS module')
  await runLogged([join(recipe.imageDir, 'build-base.sh'), partial], `${partial}.log`, (line) => {
    if (/^I: |Building module/.test(line)) say(line.replace(/^I: /, ''))
  })
  await rename(partial, base)
  await rm(`${partial}.log`, { force: true })
}

async function assemble(recipe: Recipe, base: string, dir: string, say: (text: string) => void): Promise<void> {
  const partial = join(cacheDir(), `tmp-${process.pid}-image`)
  await mkdir(partial, { recursive: true })
  const command = [join(recipe.imageDir, 'assemble.sh'), base, recipe.nodeBinary, partial]
  // Without root the files' owners only exist in a user namespace of our own.
  if (!isRoot())
    command.unshift('unshare', '--user', '--map-root-user', '--map-auto', '--mount', '--', 'env', 'KEYSTONE_ROOTLESS=1')
  await runLogged(command, join(partial, 'build.log'), (line) => {
    if (line.startsWith('STEP ')) say(line.slice(5))
  })
  await writeFile(join(partial, 'complete'), `${new Date().toISOString()} ${randomUUID()}\n`)
  await rm(dir, { recursive: true, force: true })
  await rename(partial, dir)
}

async function runLogged(command: string[], log: string, onLine: (line: string) => void): Promise<void> {
  const [program = '', ...args] = command
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, PATH: toolPath() } })
  const file = createWriteStream(log)
  for (const stream of [child.stdout, child.stderr]) {
    createInterface({ input: stream }).on('line', (line) => {
      file.write(`${line}\n`)
      onLine(line)
    })
  }
  const code = await new Promise<number | null>((resolve, reject) => child.on('error', reject).on('close', resolve))
  await new Promise((resolve) => file.end(resolve))
  if (code === 0) return
  const tail = (await readFile(log, 'utf8')).trimEnd().split('\n').slice(-15).join('\n')
  throw new Error(`building the lab image failed: ${program} ended with ${code}\n${tail}\nwhole log: ${log}`)
}

async function requireSpace(cache: string): Promise<void> {
  await mkdir(cache, { recursive: true })
  const { bavail, bsize } = await statfs(cache)
  const free = bavail * bsize
  if (free >= neededBytes) return
  const gib = (bytes: number) => (bytes / 2 ** 30).toFixed(1)
  throw new Error(`the lab image needs ${gib(neededBytes)} GiB in ${cache}, ${gib(free)} are free: set KEYSTONE_CACHE`)
}

async function removeLeftOvers(cache: string): Promise<void> {
  for (const name of await readdir(cache)) {
    const pid = Number(/^tmp-(\d+)-/.exec(name)?.[1])
    if (pid && pid !== process.pid && !isAlive(pid)) await rm(join(cache, name), { recursive: true, force: true })
  }
}

/** Other recipes' images go, except one that somebody used within the hour: its machines may still run. */
async function removeOthers(cache: string, keep: string[]): Promise<void> {
  for (const name of await readdir(cache)) {
    if (!/^(image-[0-9a-f]{16}|base-[0-9a-f]{16}\.tar\.zst)$/.test(name) || keep.includes(name)) continue
    const { mtimeMs } = await stat(join(cache, name))
    if (Date.now() - mtimeMs > 3_600_000) await rm(join(cache, name), { recursive: true, force: true })
  }
}

const isRoot = () => process.getuid?.() === 0

const exists = (path: string) =>
  stat(path).then(
    () => true,
    () => false,
  )

if (import.meta.main) {
  const image = await buildImage({
    onProgress: ({ text, elapsedSeconds, expectedSeconds }) =>
      console.log(`[${elapsedSeconds} of about ${expectedSeconds} s] ${text}`),
  })
  console.log(image.dir)
}
