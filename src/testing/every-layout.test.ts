import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { realScript } from '../../e2e/lab/stand-ins/lib/real-disko.ts'
import type { Plan } from '../model/plan.ts'
import { renderContext } from '../plan/render-context.ts'
import { renderFiles } from '../render/render-files.ts'
import { templatesOfTree } from './good-cases.ts'
import { hasNix, NIX_REASON } from './nix.ts'
import {
  checkExpression,
  evaluateExpression,
  type Flake,
  REAL_DISKO,
  REAL_DISKO_REASON,
  REAL_LIB,
  REAL_LIB_PATH,
} from './nix-options.ts'
import { commandsOf } from './recorded-commands.ts'
import { everyStoragePlan } from './storage-plans.ts'

// Each layout with each way to unlock, and with all that can be added to it.

const MOST_MS = 20_000
const plans = everyStoragePlan()
let scratch = ''
let flakes: readonly Flake[] = []

beforeAll(async () => {
  scratch = mkdtempSync(join(tmpdir(), 'keystone-layouts-'))
  const templates = await templatesOfTree()
  flakes = [...plans].map(([name, plan], index) => {
    const root = join(scratch, String(index))
    for (const { path, content } of renderFiles(renderContext(plan), templates)) {
      mkdirSync(dirname(join(root, path)), { recursive: true })
      writeFileSync(join(root, path), content)
    }
    return { name, folder: join(root, 'etc/nixos'), host: plan.hostName }
  })
})
afterAll(() => rmSync(scratch, { recursive: true }))

type Checked = {
  readonly mounts: Readonly<Record<string, { readonly device: string; readonly fsType: string }>>
  readonly luks: Readonly<Record<string, { readonly device: string }>>
  readonly swaps: readonly { readonly device: string }[]
  readonly warnings: readonly string[]
  readonly unchecked: readonly string[]
}

/** What the plan promises, in the words of the evaluated configuration. */
function promised({ storage }: Plan) {
  const { luksName, luksDevice, swapBytes, swapKind } = storage
  const ofDisks = storage.disks.flatMap(({ key, role }) =>
    role === 'system' ? [`/dev/disk/by-partlabel/disk-${key}-swap`] : [],
  )
  return {
    mounts: Object.fromEntries(storage.mounts.map(({ target, source, filesystem }) => [target, [source, filesystem]])),
    luks: luksName === null ? {} : { [luksName]: luksDevice },
    swaps: swapBytes === 0 ? [] : swapKind === 'random' ? ofDisks : ['/swapfile'],
  }
}

describe.skipIf(!hasNix)(`every layout with every way to unlock (${NIX_REASON})`, () => {
  test('gives NixOS the mounts, swaps and LUKS devices of its plan, all in less than 20 seconds', async () => {
    const start = performance.now()
    const { value, said } = await evaluateExpression(checkExpression(flakes))
    const tookMs = performance.now() - start
    for (const [name, plan] of plans) {
      const { mounts, luks, swaps, warnings, unchecked } = (value as Readonly<Record<string, Checked>>)[name] as Checked
      const found = {
        mounts: Object.fromEntries(Object.entries(mounts).map(([path, fs]) => [path, [fs.device, fs.fsType]])),
        luks: Object.fromEntries(Object.entries(luks).map(([mapping, { device }]) => [mapping, device])),
        swaps: swaps.map(({ device }) => device),
      }
      expect(found, name).toEqual(promised(plan))
      expect({ warnings, unchecked }, name).toEqual({ warnings: [], unchecked: [] })
    }
    expect(said).toBe('')
    expect(tookMs).toBeLessThan(MOST_MS)
  })
})

/** The vdevs as the command line of zpool has them, in disko's order. */
const VDEVS: Readonly<Record<string, string>> = {
  'single-zfs none': 'a',
  'single-zfs tpm': 'a',
  'mirror-zfs passphrase': 'mirror a b',
  'mirror-zfs none': 'mirror a b',
  'mirror of three without swap': 'mirror a b c',
  'stripe-zfs none': 'a b',
  'stripe-zfs tpm-pin': 'a b',
  'raidz1-zfs tpm': 'raidz1 a b c',
  'raidz2-zfs none': 'raidz2 a b c d',
  'raidz3-zfs passphrase': 'raidz3 a b c d e',
  'raid10-zfs tpm-pin': 'mirror a b mirror c d',
  'raidz2 with all vdevs':
    'raidz2 a b c d spare spare1 spare2 log mirror log1 log2 special mirror special1 special2 cache cache1',
  'raid10 of six, unencrypted, with all vdevs':
    'mirror a b mirror c d mirror e f spare spare1 spare2 log mirror log1 log2 special mirror special1 special2 cache cache1',
  'stripe with single vdevs': 'a b log log1 special special1',
}
const DATA_VDEVS: Readonly<Record<string, string>> = {
  'ext4 with a data pool': 'mirror data1 data2',
  'xfs with hibernation and a data pool': 'mirror data1 data2',
  'unencrypted mirror with a striped data pool': 'data1 data2 data3',
  'raidz1 with a data pool of mirrors': 'mirror data1 data2 mirror data3 data4',
}
const PROPERTIES = '-R /mnt -m none -o ashift=12 -o autotrim=on'

describe.skipIf(!hasNix || REAL_LIB === null || REAL_DISKO === null)(`the real disko (${REAL_DISKO_REASON})`, () => {
  const script = (name: string, mode: Parameters<typeof realScript>[0]['mode']) => {
    const flake = flakes.find((each) => each.name === name)
    if (!flake) throw new Error(`no layout ${name}`)
    const file = join(flake.folder, 'hosts', flake.host, 'disko-config.nix')
    return realScript({ mode, root: '/mnt', file }, { disko: REAL_DISKO as string, lib: REAL_LIB_PATH as string })
  }
  const formatted = (name: string) => {
    const { commands, exitCode, said } = commandsOf(script(name, 'destroy,format,mount'))
    expect({ exitCode, said: exitCode === 0 ? '' : said }, name).toEqual({ exitCode: 0, said: '' })
    return commands
  }
  const vdevsOf = (commands: readonly string[], pool: string) =>
    commands
      .filter((line) => line.startsWith(`zpool create -f ${pool} `))
      .map((line) => line.slice(line.indexOf(PROPERTIES) + PROPERTIES.length))
      .map((line) =>
        line.replaceAll(/ -O \S+/g, '').replaceAll(/\/dev\/disk\/by-partlabel\/disk-([a-z0-9]+)-zfs/g, '$1'),
      )
      .map((line) => line.trim())

  test('makes the same of every layout as our stand-in, and sound scripts', { timeout: 300_000 }, async () => {
    const real = await evaluateExpression(
      checkExpression(flakes, { lib: REAL_LIB as string, disko: REAL_DISKO as string }),
    )
    expect(real.value).toEqual((await evaluateExpression(checkExpression(flakes))).value)
    for (const { name } of flakes) {
      for (const mode of ['destroy,format,mount', 'mount', 'unmount'] as const) {
        const { status, stderr } = spawnSync('bash', ['-n'], { input: script(name, mode), encoding: 'utf8' })
        expect({ status, stderr }, `${name} ${mode}`).toEqual({ status: 0, stderr: '' })
      }
    }
  })

  test('creates each pool with the vdevs of the layout', { timeout: 120_000 }, () => {
    for (const [name, vdevs] of Object.entries(VDEVS)) expect(vdevsOf(formatted(name), 'rpool'), name).toEqual([vdevs])
    for (const [name, vdevs] of Object.entries(DATA_VDEVS))
      expect(vdevsOf(formatted(name), 'data'), name).toEqual([vdevs])
  })

  test('encrypts the data pool with a key that is in memory only, and says where it will lie', {
    timeout: 60_000,
  }, () => {
    const commands = formatted('single-zfs with a data pool').filter((line) => line.includes(' data/'))
    expect(commands).toEqual([
      'zfs create -up data/crypt -o encryption=aes-256-gcm -o keyformat=raw -o keylocation=file:///run/keystone/data-pool.key -o mountpoint=none',
      'zfs set keylocation=file:///var/lib/keystone/secrets/data-pool.key data/crypt',
      'zfs create -up data/crypt/files -o mountpoint=legacy',
      'mount data/crypt/files /mnt/data -o X-mount.mkdir -o nofail -t zfs',
    ])
  })

  test('uses no encryption where there is none', { timeout: 60_000 }, () => {
    for (const name of ['mirror-zfs none', 'single-ext4 none', 'xfs with hibernation and a data pool']) {
      expect(
        formatted(name).filter((line) => /cryptsetup|encryption|keyformat|credstore/.test(line)),
        name,
      ).toEqual([])
    }
  })
})
