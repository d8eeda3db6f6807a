import { execFile } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { lookForTools, toolPath } from '../lab/tools.ts'
import { type NbdOptions, serveNbd } from './nbd-disk.ts'
import { readNbdLog } from './nbd-log.ts'

const MIB = 2 ** 20
const run = promisify(execFile)
const env = { ...process.env, PATH: toolPath() }
const { areHere, reason } = await lookForTools('qemu-io', 'qemu-img')
let folder: string
let count = 0

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ks-nbd-'))
})
afterAll(() => rm(folder, { recursive: true }))

const start = (options: Partial<NbdOptions> = {}) => {
  count += 1
  const socket = join(folder, `${count}.sock`)
  return serveNbd({ socket, sizeBytes: 64 * MIB, logFile: join(folder, `${count}.log`), ...options })
}

/** Lets qemu-io do the commands over one connection; gives what it said, its failures too. It flushes where it is told to
 *  and when it ends; that a flush failed only its exit code says. */
async function io(socket: string, ...commands: string[]): Promise<string> {
  const words = commands.flatMap((command) => ['-c', command])
  const target = `nbd+unix:///?socket=${socket}`
  const { stdout, stderr, code } = await run('qemu-io', ['-f', 'raw', '-t', 'writeback', ...words, target], { env })
    .then((result) => ({ ...result, code: 0 }))
    .catch((error: { stdout: string; stderr: string; code: number }) => error)
  return `${stdout}${stderr}exit ${code}\n`
}

describe.skipIf(!areHere)(`with QEMU's client (${reason})`, () => {
  test('QEMU reads back what it wrote, and finds the size', async () => {
    const disk = await start()
    const { stdout } = await run('qemu-img', ['info', '--output=json', `nbd+unix:///?socket=${disk.socket}`], { env })
    expect(JSON.parse(stdout)).toMatchObject({ 'virtual-size': 64 * MIB })
    const said = await io(disk.socket, 'write -P 7 4000 100000', 'flush', 'read -P 7 4000 100000', 'read -P 0 0 4000')
    expect(said).not.toMatch(/failed/i)
    // In one write of 32 MiB too.
    expect(await io(disk.socket, 'write -P 9 1M 32M', 'read -P 9 1M 32M')).not.toMatch(/failed/i)
    expect(await io(disk.socket, 'write -z 2M 1M', 'discard 4M 1M', 'read -P 0 2M 1M', 'read -P 0 4M 1M')).not.toMatch(
      /failed/i,
    )
    expect(disk.log().flushes.length).toBeGreaterThan(1)
    await disk.close()
  })

  test('a cut gives what was flushed before, and what is written on it goes to a log of its own', async () => {
    const disk = await start()
    disk.mark('partition')
    await io(disk.socket, 'write -P 1 0 64k', 'flush', 'write -P 2 0 4k', 'write -P 3 1M 4k', 'flush')
    disk.mark('build')
    const { file } = disk.log()
    await disk.close()
    const log = await readNbdLog(file)
    expect(log.marks.map(({ name, writesBefore }) => [name, writesBefore])).toEqual([
      ['partition', 0],
      ['build', 3],
    ])
    const [first, second] = log.flushes
    expect([first?.writesBefore, second?.writesBefore]).toEqual([1, 3])

    const before = await start({ base: { log, cut: { flush: 2, keep: 'none', seed: 0 } } })
    expect(await io(before.socket, 'read -P 1 0 64k', 'read -P 0 1M 4k', 'write -P 4 0 512')).not.toMatch(/failed/i)
    expect(await io(before.socket, 'read -P 4 0 512', 'read -P 1 512 65024')).not.toMatch(/failed/i)
    expect(before.writesTo()).toBe(1)
    await before.close()
    const after = await start({ base: { log, cut: { flush: 3, keep: 'none', seed: 0 } } })
    expect(await io(after.socket, 'read -P 2 0 4k', 'read -P 1 4k 60k', 'read -P 3 1M 4k')).not.toMatch(/failed/i)
    await after.close()
    await expect(readNbdLog(after.log().file)).rejects.toThrow('began on another log')
  })

  test('what was not flushed is lost with the power', async () => {
    const disk = await start()
    await io(disk.socket, 'write -P 1 0 8k', 'flush')
    disk.rule({ on: 'flush', drop: true })
    await io(disk.socket, 'write -P 2 0 4k', 'flush')
    disk.rule(null)
    await disk.powerLoss('none', 0)
    expect(await io(disk.socket, 'read -P 1 0 8k')).not.toMatch(/failed/i)
    await disk.close()
  })

  test('rules: errors, writes and flushes that are dropped, and answers that come late', async () => {
    const disk = await start()
    disk.rule([
      { on: 'write', fromByte: MIB },
      { on: 'flush', errno: 28 },
    ])
    expect(await io(disk.socket, 'write -P 1 0 4k')).not.toMatch(/write failed/)
    expect(await io(disk.socket, 'write -P 1 1M 4k')).toMatch(/write failed: Input\/output error/)
    expect(await io(disk.socket, 'write -P 1 0 4k', 'flush')).toMatch(/exit 1/)
    disk.rule({ on: 'read' })
    expect(await io(disk.socket, 'read 0 4k')).toMatch(/read failed: Input\/output error/)
    disk.rule({ on: 'write', stall: true })
    const late = io(disk.socket, 'write -P 5 0 4k', 'read -P 5 0 4k')
    const isAsked = async () => (await Promise.race([late, disk.stalled()])) === undefined
    expect(await isAsked()).toBe(true)
    const writes = disk.writesTo()
    disk.rule(null)
    expect(await late).not.toMatch(/failed/i)
    expect(disk.writesTo()).toBe(writes + 1)
    await disk.close()
  })

  test.each(['error', 'drop'] as const)('a disk that claims more than it has: %s', async (beyond) => {
    const disk = await start({ really: { bytes: 8 * MIB, beyond } })
    const said = await io(disk.socket, 'write -P 1 0 8M', 'write -P 1 8191k 2k', 'read -P 1 8191k 2k')
    if (beyond === 'error') expect(said).toMatch(/write failed: Input\/output error/)
    else expect(said).not.toMatch(/write failed/)
    expect(await io(disk.socket, 'read -P 1 0 8M')).not.toMatch(/failed/i)
    if (beyond === 'drop') expect(await io(disk.socket, 'read -P 0 8M 4k')).not.toMatch(/failed/i)
    await disk.close()
  })
})
