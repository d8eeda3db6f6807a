import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Agent } from '../harness/agent.ts'
import { bootedInstaller } from '../harness/installer-ready.ts'
import { type NbdLog, readNbdLog } from '../harness/nbd-log.ts'
import type { SavedMachine } from '../harness/snapshot.ts'
import { startMachine } from '../harness/start-machine.ts'
import { withMachine } from '../harness/with-machine.ts'
import { buildImage, type LabImage } from './build-image.ts'

const minute = 60_000
const DISK = '/dev/disk/by-id/virtio-keystone-a'
const SIZE = 512 * 2 ** 20
/** How many of the flushes to cut at, spread evenly. */
const wanted = Number(process.env.KEYSTONE_NIX_CUTS ?? 6)
// The image's own nix: in /usr/local/bin is its stand-in.
const NIX = "/usr/bin/nix --extra-experimental-features 'nix-command flakes'"
const COPY = `${NIX} copy --from file:///run/cache --to /mnt --no-check-sigs --option fsync-store-paths true $(cat /run/paths)`
const VERIFY = `${NIX} store verify --store /mnt --all --no-trust`

let image: LabImage
let from: SavedMachine
let folder: string
let log: NbdLog

/** The same paths in every machine: a few files, one of them larger than what is written back at once. */
const FILL = `set -e
mkdir -p /run/things && cd /run/things
for n in 1 2 3 4; do for k in $(seq 400); do echo "$n $k"; done >file-$n; done
head -c 6000000 /usr/bin/node 2>/dev/null >file-5 || head -c 1000000 /usr/bin/bash >file-5
${NIX} --version
for file in *; do /usr/bin/nix-store --add $file; done >/run/paths
${NIX} copy --to 'file:///run/cache?compression=none' $(cat /run/paths)`

const mount = (agent: Agent) =>
  agent.succeed(`timeout 30 bash -c 'until [ -b ${DISK} ]; do sleep 0.1; done' && mount ${DISK} /mnt`)

beforeAll(async () => {
  image = await buildImage()
  from = await bootedInstaller({ image, disks: [], ports: ['keystone-a'], say: console.log })
  folder = await mkdtemp(join(tmpdir(), 'ks-nix-'))
  await withMachine('nix-recorded', { image, from }, async (machine) => {
    const { agent } = machine
    await machine.plugDisk({ id: 'keystone-a', sizeBytes: SIZE, backend: 'nbd', logFile: join(folder, 'log') })
    const disk = machine.nbd('keystone-a')
    await agent.succeed(FILL, { timeoutMs: 5 * minute })
    await agent.succeed(`timeout 30 bash -c 'until [ -b ${DISK} ]; do sleep 0.1; done' && mkfs.ext4 -q ${DISK}`)
    await mount(agent)
    await agent.succeed('sync')
    disk.mark('copy')
    await agent.succeed(COPY, { timeoutMs: 5 * minute })
    expect((await agent.exec(VERIFY, { timeoutMs: 5 * minute })).code).toBe(0)
    await agent.succeed('sync')
    disk.mark('copied')
    await machine.powerCut()
  })
  log = await readNbdLog(join(folder, 'log'))
}, 20 * minute)
afterAll(() => rm(folder, { recursive: true, force: true }))

test('a store of the real nix that was cut off is whole again after it is verified, forgotten if torn, and filled anew', {
  timeout: (5 + 2 * wanted) * minute,
}, async () => {
  const [first, last] = log.marks.map(({ flushesBefore }) => flushesBefore)
  const count = (last ?? 0) - (first ?? 0)
  expect(count).toBeGreaterThan(2)
  const flushes = Array.from({ length: Math.min(wanted, count) }, (_, index) =>
    Math.round((first ?? 0) + 1 + (index * count) / Math.min(wanted, count)),
  )
  const found: string[] = []
  for (const flush of flushes) {
    const machine = await startMachine({ image, from })
    try {
      const base = { log, cut: { flush, keep: flush % 2 === 0 ? ('none' as const) : ('random' as const), seed: flush } }
      await machine.plugDisk({ id: 'keystone-a', sizeBytes: SIZE, backend: 'nbd', base })
      const { agent } = machine
      await agent.succeed(FILL, { timeoutMs: 5 * minute })
      await mount(agent)
      const before = await agent.exec(`test ! -e /mnt/nix/var/nix/db || ${VERIFY}`, { timeoutMs: 5 * minute })
      found.push(`flush ${flush}, ${base.cut.keep}: ${before.code === 0 ? 'sound' : `torn (${before.code})`}`)
      if (before.code !== 0) await agent.succeed('rm -rf --one-file-system /mnt/nix/var/nix/db')
      await agent.succeed(COPY, { timeoutMs: 5 * minute })
      const after = await agent.exec(VERIFY, { timeoutMs: 5 * minute })
      expect(`${flush}: ${after.code} ${after.stderr}`).toMatch(new RegExp(`^${flush}: 0 `))
    } finally {
      await machine.dispose()
    }
  }
  console.log(found.join('\n'))
})
