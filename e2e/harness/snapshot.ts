import { execFile } from 'node:child_process'
import { createHash, randomUUID } from 'node:crypto'
import { copyFile, mkdir, readdir, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { cacheDir, withLock } from '../lab/cache.ts'
import { toolPath } from '../lab/tools.ts'
import type { Machine } from './machine.ts'
import { type Hardware, hardwareFingerprint, places } from './qemu-args.ts'
import type { Size } from './screen.ts'

/** A machine stopped in the middle of running, from which any number of machines can go on at the same time. */
export type SavedMachine = {
  /** Names this very save: made again under the same key it has another one. */
  id: string
  dir: string
  state: string
  hardware: Hardware
  bundleDisk: string
  serialLog: string
  /** The escape sequences that draw its screen. */
  screen: string
  size: Size
  /** The frozen counterpart of one of a machine's disk files. */
  frozen(path: string): string
}

// The caller's key names its own hardware; this is for changes of how the harness builds any.
const anyHardware: Hardware = { memoryMiB: 1, net: true, tpm: true, diskIds: ['a', 'b'], ports: ['b'] }
const keptOfOneName = 10

type Meta = { id: string; hardware: Hardware; size: Size; screen: string }

/** Returns the saved machine of this key, making it first when it is not there: `make` brings a machine to the wanted
 *  point; its disks and memory are kept (about 300 MB), the machine itself is used up. `key` must name all that the
 *  state depends on (the image's build, the save it grew from, bundle, hardware); QEMU's version is added here. */
export async function savedMachine(name: string, key: string[], make: () => Promise<Machine>): Promise<SavedMachine> {
  const hash = createHash('sha256')
    .update([...key, await qemuVersion(), hardwareFingerprint(anyHardware)].join('\n'))
    .digest('hex')
    .slice(0, 16)
  const dir = join(cacheDir(), 'saved', `${name}-${hash}`)
  return withLock(`${dir}.lock`, async () => {
    if (!(await isFile(join(dir, 'meta.json')))) {
      const machine = await make()
      try {
        await save(machine, dir)
      } finally {
        await machine.dispose()
        await rm(machine.runDir, { recursive: true, force: true })
      }
    }
    const now = new Date()
    await utimes(dir, now, now)
    await removeOldest(name, dir)
    return open(dir)
  })
}

/** Keeps the few of one name that were used last: each is 300 MB, and every change of code makes a new one. */
async function removeOldest(name: string, keep: string): Promise<void> {
  const root = dirname(keep)
  const found: { dir: string; usedAt: number }[] = []
  for (const entry of await readdir(root)) {
    if (!new RegExp(`^${name}-[0-9a-f]{16}$`).test(entry)) continue
    const dir = join(root, entry)
    found.push({ dir, usedAt: (await stat(dir)).mtimeMs })
  }
  for (const { dir } of found.sort((a, b) => b.usedAt - a.usedAt).slice(keptOfOneName))
    await rm(dir, { recursive: true, force: true })
}

async function open(dir: string): Promise<SavedMachine> {
  const { id, hardware, size, screen } = JSON.parse(await readFile(join(dir, 'meta.json'), 'utf8')) as Meta
  return {
    id,
    dir,
    state: join(dir, 'memory.state'),
    hardware,
    bundleDisk: join(dir, 'bundle.raw'),
    serialLog: join(dir, 'serial.log'),
    screen,
    size,
    frozen: (path) => join(dir, basename(path)),
  }
}

async function save(machine: Machine, dir: string): Promise<void> {
  const partial = `${dir}.tmp-${process.pid}`
  await rm(partial, { recursive: true, force: true })
  await mkdir(partial, { recursive: true })
  const { qmp, tty } = machine
  const images = machine.disks.imagesToKeep()
  const hardware = machine.disks.hardwareNow()
  await qmp.execute('stop')
  await qmp.execute('migrate-set-parameters', { 'max-bandwidth': 1e12 })
  await qmp.execute('migrate', { uri: `exec:cat >'${join(partial, 'memory.state')}'` })
  await waitForMigration(machine)
  const meta: Meta = { id: randomUUID(), hardware, size: tty.screen.size, screen: tty.screen.serialize() }
  // Gone before its files are moved: an image file has one writer.
  await qmp.execute('quit')
  await machine.waitForExit()
  const at = places(machine.runDir)
  for (const path of [at.vars, at.system, ...images]) await moveFile(path, join(partial, basename(path)))
  await copyFile(machine.bundleDisk, join(partial, 'bundle.raw'))
  await copyFile(at.serialLog, join(partial, 'serial.log'))
  await writeFile(join(partial, 'meta.json'), JSON.stringify(meta))
  await rm(dir, { recursive: true, force: true })
  await rename(partial, dir)
}

async function waitForMigration(machine: Machine): Promise<void> {
  const end = Date.now() + 120_000
  while (Date.now() < end) {
    const { status, ...rest } = (await machine.qmp.execute('query-migrate')) as {
      status?: string
      'error-desc'?: string
    }
    if (status === 'completed') return
    if (status === 'failed')
      throw new Error(`QEMU could not save the machine: ${rest['error-desc'] ?? 'no reason given'}`)
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  throw new Error('QEMU did not save the machine within 120 s')
}

// The run folder may be on another file system than the cache.
async function moveFile(from: string, to: string): Promise<void> {
  await rename(from, to).catch(async () => {
    await copyFile(from, to)
    await rm(from)
  })
}

async function qemuVersion(): Promise<string> {
  const env = { ...process.env, PATH: toolPath() }
  return (await promisify(execFile)('qemu-system-x86_64', ['--version'], { env })).stdout
}

const isFile = (path: string) =>
  stat(path).then(
    () => true,
    () => false,
  )
