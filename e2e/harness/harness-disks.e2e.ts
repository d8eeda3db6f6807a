import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { buildImage, type LabImage } from '../lab/build-image.ts'
import type { Agent } from './agent.ts'
import { bystander } from './bystander.ts'
import type { DiskSpec } from './disks.ts'
import { FETCH_ADDRESS, FETCH_BYTES } from './fetch-server.ts'
import { bootedInstaller } from './installer-ready.ts'
import { readNbdLog } from './nbd-log.ts'
import type { SavedMachine } from './snapshot.ts'
import { startMachine } from './start-machine.ts'
import { withMachine } from './with-machine.ts'

const minute = 60_000
const MIB = 2 ** 20
const DISK = '/dev/disk/by-id/virtio-keystone-a'
const ports = ['keystone-a', 'keystone-b']
let image: LabImage
let withPlaces: SavedMachine
let folder: string

beforeAll(async () => {
  image = await buildImage({
    onProgress: ({ text, elapsedSeconds }) => console.log(`[image ${elapsedSeconds} s] ${text}`),
  })
  withPlaces = await bootedInstaller({ image, disks: [bystander], ports, say: console.log })
  folder = await mkdtemp(join(tmpdir(), 'ks-disks-'))
}, 20 * minute)
afterAll(() => rm(folder, { recursive: true, force: true }))

const blank = (id: string): DiskSpec => ({ id, sizeBytes: 256 * MIB })
const isThere = (agent: Agent) => agent.succeed(`timeout 30 bash -c 'until [ -b ${DISK} ]; do sleep 0.1; done'`)
const write = (place: number, more = '') =>
  `dd if=/dev/urandom of=${DISK} bs=4k count=1 seek=${place} oflag=direct conv=notrunc ${more} 2>&1`

test('a disk is plugged into an empty place, fails, is slow, gets well, and is pulled and plugged again', {
  timeout: 5 * minute,
}, async () => {
  await withMachine('disk-faults', { image, from: withPlaces }, async (machine) => {
    const { agent } = machine
    expect(await agent.succeed('ls /dev/disk/by-id')).not.toContain('keystone-a')
    await machine.plugDisk(blank('keystone-a'))
    await isThere(agent)
    const disk = machine.disk('keystone-a')

    await disk.fail({ iotype: 'write', sector: 8192 })
    const failed = await agent.exec(write(1024))
    expect(failed).toMatchObject({ code: 1, stdout: expect.stringContaining('Input/output error') })
    await agent.succeed(write(2048))
    await disk.fail({ iotype: 'read' })
    expect((await agent.exec(`dd if=${DISK} of=/dev/null bs=4k count=1 skip=5000 iflag=direct`)).code).toBe(1)
    await disk.heal()
    await agent.succeed(write(1024))

    const seconds = async () =>
      Number(
        await agent.succeed(`s=$(date +%s%N); dd if=/dev/zero of=${DISK} bs=64k count=64 oflag=direct 2>/dev/null
        echo $(( ($(date +%s%N) - s) / 1000000 ))`),
      ) / 1000
    await disk.slow(MIB)
    expect(await seconds()).toBeGreaterThan(3)
    await disk.heal()
    expect(await seconds()).toBeLessThan(3)

    await agent.succeed(`printf kept | dd of=${DISK} bs=4k conv=sync oflag=direct 2>/dev/null`)
    await disk.pull()
    await agent.succeed(`timeout 30 bash -c 'while [ -e ${DISK} ]; do sleep 0.1; done'`)
    await disk.plug()
    await isThere(agent)
    expect(await agent.succeed(`head -c 4 ${DISK}`)).toBe('kept')
  })
})

test('a disk forgets what was not flushed: at the end of its log, at each flush before, and with what the seed leaves', {
  timeout: 15 * minute,
}, async () => {
  const logFile = join(folder, 'recorded')
  await withMachine('nbd-recorded', { image, from: withPlaces }, async (machine) => {
    const { agent } = machine
    await machine.plugDisk({ ...blank('keystone-a'), backend: 'nbd', logFile })
    await isThere(agent)
    await agent.succeed(`mkfs.ext4 -q ${DISK} && mkdir -p /run/d && mount -o commit=300 ${DISK} /run/d`)
    machine.nbd('keystone-a').mark('mounted')
    await agent.succeed('for n in 1 2 3; do echo $n >/run/d/file && sync -f /run/d; done')
    machine.nbd('keystone-a').mark('synced')
    await agent.succeed('echo unsynced >/run/d/file && dd if=/dev/zero of=/run/d/more bs=1M count=8 oflag=direct')
    await machine.powerCut()
  })
  const log = await readNbdLog(logFile)
  expect(log.losses).toEqual([expect.objectContaining({ keep: 'none' })])
  const synced = log.marks.find(({ name }) => name === 'synced')?.flushesBefore ?? 0
  const mounted = log.marks.find(({ name }) => name === 'mounted')?.flushesBefore ?? 0
  expect(synced).toBeGreaterThan(mounted + 2)

  const content = async (flush: number, keep: 'none' | 'random', seed: number) => {
    const machine = await startMachine({ image, from: withPlaces })
    try {
      const base = { log, cut: { flush, keep, seed } }
      await machine.plugDisk({ ...blank('keystone-a'), backend: 'nbd', base })
      await isThere(machine.agent)
      return await machine.agent.succeed(`mkdir -p /run/d && mount ${DISK} /run/d && cat /run/d/file`)
    } finally {
      await machine.dispose()
    }
  }
  // Nothing was flushed after the last sync: without those writes it is what was synced.
  expect(await content(log.flushes.length + 1, 'none', 0)).toBe('3')
  for (const seed of [1, 2]) expect(['3', 'unsynced']).toContain(await content(log.flushes.length + 1, 'random', seed))
  const early = await content(mounted + 2, 'none', 0).catch((error: Error) => error.message)
  expect(early).not.toBe('3')
})

test('the power goes from a running machine with such a disk, and it boots without what was not flushed', {
  timeout: 10 * minute,
}, async () => {
  await withMachine('nbd-power-cut', { image, from: withPlaces }, async (machine) => {
    const { agent } = machine
    await machine.plugDisk({ ...blank('keystone-b'), backend: 'nbd' })
    const disk = '/dev/disk/by-id/virtio-keystone-b'
    await agent.succeed(`timeout 30 bash -c 'until [ -b ${disk} ]; do sleep 0.1; done'`)
    await agent.succeed(`printf flushed | dd of=${disk} bs=4k conv=sync,fsync 2>/dev/null`)
    // Past the page cache, and not flushed: a killed QEMU alone would have kept it.
    await agent.succeed(`printf lost | dd of=${disk} bs=4k conv=sync,notrunc oflag=direct 2>/dev/null`)
    await machine.powerCut()
    await machine.powerOn()
    await machine.waitReady()
    expect(await agent.succeed(`head -c 7 ${disk}`)).toBe('flushed')
  })
})

test('a write to the bystander fails the run, whatever it wrote', { timeout: 5 * minute }, async () => {
  for (const source of ['/dev/urandom', '/dev/disk/by-id/virtio-bystander']) {
    const machine = await startMachine({ image, from: withPlaces })
    const to = '/dev/disk/by-id/virtio-bystander'
    await machine.agent.succeed(`dd if=${source} of=${to} bs=4k count=1 skip=9 seek=9 oflag=direct conv=notrunc`)
    await expect(machine.dispose()).rejects.toThrow('the bystander disk was written to')
    await rm(machine.runDir, { recursive: true, force: true })
  }
})

test('the cable is pulled and put in again, and something can be downloaded', { timeout: 5 * minute }, async () => {
  await withMachine('cable', { image, from: withPlaces, fetchServer: true }, async (machine) => {
    const { agent } = machine
    const [host = '', port = ''] = FETCH_ADDRESS.split(':')
    const fetch = `timeout 20 bash -c 'exec 3<>/dev/tcp/${host}/${port}; wc -c <&3'`
    const carrier = (is: number) =>
      agent.succeed(`timeout 20 bash -c 'until grep -qx ${is} /sys/class/net/e*/carrier; do sleep 0.1; done'`)
    expect(Number(await agent.succeed(fetch))).toBe(FETCH_BYTES)
    await machine.link(false)
    await carrier(0)
    expect((await agent.exec(fetch)).code).not.toBe(0)
    await machine.link(true)
    await carrier(1)
    await agent.succeed(`until ip -4 route | grep -q '^10.0.2.0/24'; do sleep 0.2; done`)
    expect(Number(await agent.succeed(fetch))).toBe(FETCH_BYTES)
  })
})

test('a machine has two disks of one serial', { timeout: 10 * minute }, async () => {
  const disks = [blank('keystone-a'), { ...blank('keystone-b'), serial: 'keystone-a' }]
  await withMachine('two-of-one-serial', { image, disks, say: console.log }, async (machine) => {
    await machine.waitReady()
    const serials = await machine.agent.succeed('lsblk -dn -o SERIAL')
    expect(serials.split('\n').filter((serial) => serial.trim() === 'keystone-a')).toHaveLength(2)
  })
})
