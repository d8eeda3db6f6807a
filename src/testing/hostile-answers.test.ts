import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import type fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { LAYOUTS } from '../model/answers.ts'
import type { RenderedFile } from '../model/plan.ts'
import { renderContext } from '../plan/render-context.ts'
import type { RenderContext } from '../render/context.ts'
import { renderFiles } from '../render/render-files.ts'
import type { TopologyContext } from '../render/storage-context.ts'
import { stepOrder, steps } from '../steps/order.ts'
import { parseStep } from '../steps/parse-step.ts'
import type { Drafts } from '../steps/step.ts'
import { Bug } from '../system/errors.ts'
import { templatesOfTree } from './good-cases.ts'
import * as drafts from './hostile-drafts.ts'
import { draftWith, hostilePlans, machine, planOf, SOUND } from './hostile-plans.ts'
import { UNHOLDABLE } from './hostile-strings.ts'
import { hostileText, SEED_NOTE, sample } from './hostile-values.ts'
import { hasNix, NIX_REASON, nixEval } from './nix.ts'

const templates = await templatesOfTree()
/** Every field that takes text, with what may be written into it. */
const FIELDS: readonly { step: keyof Drafts; field: string; values: fc.Arbitrary<string>; isList?: true }[] = [
  { step: 'system', field: 'language', values: drafts.languages },
  { step: 'system', field: 'keyboard', values: drafts.keyboards },
  { step: 'system', field: 'timeZone', values: drafts.timeZones },
  { step: 'disk', field: 'layout', values: hostileText },
  { step: 'disk', field: 'devices', values: drafts.devices, isList: true },
  { step: 'disk', field: 'esp', values: drafts.sizes },
  { step: 'disk', field: 'swap', values: drafts.swaps },
  { step: 'disk', field: 'spares', values: drafts.devices, isList: true },
  { step: 'disk', field: 'log', values: drafts.devices, isList: true },
  { step: 'disk', field: 'cache', values: drafts.devices, isList: true },
  { step: 'disk', field: 'special', values: drafts.devices, isList: true },
  { step: 'disk', field: 'dataLayout', values: hostileText },
  { step: 'disk', field: 'dataDevices', values: drafts.devices, isList: true },
  { step: 'encryption', field: 'unlock', values: hostileText },
  { step: 'encryption', field: 'passphrase', values: drafts.secrets },
  { step: 'encryption', field: 'pin', values: drafts.pins },
  { step: 'network', field: 'interface', values: drafts.interfaces },
  { step: 'network', field: 'bondInterfaces', values: drafts.interfaces, isList: true },
  { step: 'network', field: 'bondMode', values: hostileText },
  { step: 'network', field: 'vlan', values: drafts.vlans },
  { step: 'network', field: 'mode', values: hostileText },
  { step: 'network', field: 'address', values: drafts.addresses },
  { step: 'network', field: 'gateway', values: drafts.gateways },
  { step: 'network', field: 'address6', values: drafts.addresses },
  { step: 'network', field: 'gateway6', values: drafts.gateways },
  { step: 'network', field: 'nameservers', values: drafts.nameservers, isList: true },
  { step: 'network', field: 'searchDomains', values: drafts.searchDomains, isList: true },
  { step: 'network', field: 'proxy', values: drafts.proxies },
  { step: 'network', field: 'wifiName', values: drafts.wifiNames },
  { step: 'network', field: 'wifiPassphrase', values: drafts.secrets },
  { step: 'identity', field: 'hostName', values: drafts.hostNames },
  { step: 'identity', field: 'userName', values: drafts.userNames },
  { step: 'identity', field: 'password', values: drafts.secrets },
  { step: 'identity', field: 'passwordHash', values: drafts.hashes },
  { step: 'identity', field: 'sshKeys', values: drafts.sshKeys, isList: true },
  { step: 'cluster', field: 'name', values: drafts.clusterNames },
  { step: 'cluster', field: 'role', values: hostileText },
  { step: 'cluster', field: 'domain', values: drafts.domains },
  { step: 'cluster', field: 'meshUrl', values: drafts.httpsAddresses },
  { step: 'cluster', field: 'server', values: drafts.httpsAddresses },
  { step: 'cluster', field: 'token', values: drafts.tokens },
  { step: 'cluster', field: 'caHash', values: drafts.caHashes },
]

test('every text field of every step is attacked', () => {
  const isText = (value: unknown) => typeof value === 'string' || Array.isArray(value)
  const known = stepOrder.flatMap((step) =>
    Object.entries(SOUND[step]).flatMap(([field, value]) => (isText(value) ? [`${step}.${field}`] : [])),
  )
  expect(FIELDS.map(({ step, field }) => `${step}.${field}`).toSorted()).toEqual(known.toSorted())
})

describe(`a field takes a value as it is, or says what is wrong with it (${SEED_NOTE})`, { timeout: 30_000 }, () => {
  test.each(FIELDS)('$step $field', ({ step, field, values, isList }) => {
    // The schema itself is all that stands before Nix here: what no string can hold must end at it.
    const unholdable = sample(values, 10).flatMap((value) => UNHOLDABLE.map((piece) => `${value} ${piece}`))
    const all = [...sample(values, 400), ...sample(hostileText, 200), ...UNHOLDABLE, ...unholdable]
    for (const value of all) {
      const result = parseStep(steps[step], draftWith(step, field, isList ? [value] : value))
      if ('value' in result) {
        expect(JSON.stringify(value), 'a value that was taken').toMatch(/^"(?!.*\\u(0000|d[89a-f]))/)
        continue
      }
      expect(result.problems.length).toBeGreaterThan(0)
      for (const { code, path, message, hint = '' } of result.problems) {
        expect(code).toMatch(/^[a-z][a-z0-9-]+$/)
        expect(path[0]).toBe(step)
        // It goes to a terminal: nothing in it may move the cursor, and it must fit.
        expect(message + hint).not.toMatch(/\p{Cc}/u)
        expect(message.length).toBeLessThan(300)
      }
    }
  })
})

const PLANS = 75
const KEYS_EACH = 140

/** Reads the values out of a host's files. Only what is asked for is evaluated, so that nixpkgs is not needed. */
const READ_BACK = `{ configuration, disko, flake }:
let
  load = file: let raw = import file; in if builtins.isFunction raw then raw { config = { }; lib = { }; pkgs = { }; } else raw;
  c = load configuration;
  d = (load disko).disko.devices;
  nameAndValue = set: map (name: { inherit name; value = set.\${name}; }) (builtins.attrNames set);
  members = vdevs: map (vdev: [ vdev.mode vdev.members ]) vdevs;
  pools = map ({ name, value }: {
    inherit name;
    sets = map ({ name, value }: [ name (value.mountpoint or null) ]) (nameAndValue value.datasets);
    vdevs = members value.mode.topology.vdev;
    logs = members (value.mode.topology.log or [ ]);
    specials = members (value.mode.topology.special or [ ]);
    spares = value.mode.topology.spare or [ ];
    caches = value.mode.topology.cache or [ ];
  }) (nameAndValue (d.zpool or { }));
  inputs = { nixpkgs = { lib.nixosSystem = x: x; }; disko = { }; lanzaboote = { }; self = { }; };
in {
  inherit (c.networking) hostName hostId;
  hosts = builtins.attrNames ((import flake).outputs inputs).nixosConfigurations;
  users = map ({ name, value }: { inherit name; keys = value.openssh.authorizedKeys.keys or [ ]; hash = value.hashedPasswordFile; })
    (nameAndValue c.users.users);
  network = c.keystone.network or { };
  inherit (c.keystone) primer;
  inherit (c.system) stateVersion;
  inherit (c.i18n) defaultLocale;
  inherit (c.console) keyMap;
  inherit (c.time) timeZone;
  disks = map ({ name, value }: [ name value.device (value.content.partitions.esp.content.mountpoint or null) ])
    (nameAndValue d.disk);
  inherit pools;
}
`

/** The same values as the context has them. */
function expected(context: RenderContext) {
  const { network, hostName, cluster, system, dataPool } = context
  return {
    hostName,
    hostId: context.hostId,
    defaultLocale: system.language,
    keyMap: system.keyboard,
    timeZone: system.timeZone,
    hosts: [hostName],
    users: [{ name: context.userName, keys: [...context.sshKeys], hash: context.passwordHashFile }],
    network: {
      ...(network.isNamed && { interface: network.interface }),
      ...(network.hasBond && { bond: network.bond }),
      ...said({ vlan: network.vlan, address: network.address, gateway: network.gateway }),
      ...said({ address6: network.address6, gateway6: network.gateway6, proxy: network.proxy }),
      ...said({ nameservers: network.nameservers, searchDomains: network.searchDomains }),
      ...(network.hasWifi && { wifi: network.wifi }),
    },
    primer: {
      clusterName: cluster.name,
      role: cluster.role,
      ...said({ domain: cluster.domain, meshUrl: cluster.meshUrl }),
      ...(cluster.hasJoin && { join: { server: cluster.join.server, caHash: cluster.join.caHash } }),
    },
    stateVersion: context.stateVersion,
    disks: [
      ...context.disks.map(({ key, device, espMountpoint }) => [key, device, espMountpoint]),
      ...context.otherDisks.map(({ key, device }) => [key, device, null]),
    ].toSorted(byName),
    pools: [
      ...(context.isZfs ? [poolOf(context.pool, context.topology, systemSets(context))] : []),
      ...(context.hasDataPool
        ? [poolOf(dataPool.name, dataPool.topology, [...(context.hasDataKey ? CRYPT : []), ...mountedSets(dataPool)])]
        : []),
    ].toSorted((a, b) => Buffer.compare(Buffer.from(a.name), Buffer.from(b.name))),
  }
}

/** What a template leaves out when it is empty. */
function said(values: Readonly<Record<string, string | number | readonly string[]>>) {
  return Object.fromEntries(
    Object.entries(values).filter(
      ([, value]) => value !== '' && value !== 0 && !(Array.isArray(value) && value.length === 0),
    ),
  )
}

type Set = readonly [name: string, mountpoint: string | null]
const CRYPT: readonly Set[] = [['crypt', null]]
const byName = (a: readonly (string | null)[], b: readonly (string | null)[]) =>
  Buffer.compare(Buffer.from(a[0] ?? ''), Buffer.from(b[0] ?? ''))

function mountedSets({ datasets }: Pick<RenderContext, 'datasets'>): readonly Set[] {
  return datasets.map(({ name, mountpoint }) => [name, mountpoint])
}

function systemSets(context: RenderContext): readonly Set[] {
  const { isEncrypted, luksName, datasetRootName } = context
  return [
    ...(isEncrypted ? [[luksName, null] as const, ...CRYPT] : [[datasetRootName, null] as const]),
    ...mountedSets(context),
  ]
}

function poolOf(name: string, topology: TopologyContext, sets: readonly Set[]) {
  const members = (vdevs: TopologyContext['vdevs']) => vdevs.map(({ mode, members }) => [mode, members])
  return {
    name,
    sets: sets.toSorted(byName),
    vdevs: members(topology.vdevs),
    logs: members(topology.logs),
    specials: members(topology.specials),
    spares: topology.spares,
    caches: topology.caches,
  }
}

/** One evaluation for all of them. Files are found by how their paths end. */
async function readBack(trees: readonly (readonly RenderedFile[])[]): Promise<readonly unknown[]> {
  const folder = mkdtempSync(join(tmpdir(), 'keystone-hostile-'))
  try {
    const calls = trees.map((files, index) => {
      const place = (end: string) => {
        const file = files.find(({ path }) => path.endsWith(`/${end}`))
        if (file === undefined) throw new Error(`no ${end} was rendered`)
        const at = `${index}/${end}`
        mkdirSync(dirname(join(folder, at)), { recursive: true })
        writeFileSync(join(folder, at), file.content)
        return `./${at}`
      }
      const files3 = [place('configuration.nix'), place('disko-config.nix'), place('flake.nix')]
      return `(read { configuration = ${files3[0]}; disko = ${files3[1]}; flake = ${files3[2]}; })`
    })
    writeFileSync(join(folder, 'read-back.nix'), READ_BACK)
    writeFileSync(join(folder, 'all.nix'), `let read = import ./read-back.nix; in [\n${calls.join('\n')}\n]\n`)
    return (await nixEval(join(folder, 'all.nix'))) as unknown[]
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** Every text of a context becomes a hostile one. Names that stand side by side get a number, so that they differ. */
function hostileContext(base: RenderContext, values: readonly string[]): RenderContext {
  let next = 0
  const value = () => values[next++ % values.length] ?? ''
  const replace = (old: unknown): unknown => {
    if (typeof old === 'string') return value()
    if (Array.isArray(old)) return old.map(replace)
    if (typeof old !== 'object' || old === null) return old
    return Object.fromEntries(Object.entries(old).map(([key, inner]) => [key, replace(inner)]))
  }
  const changed = replace(base) as RenderContext
  return {
    ...changed,
    // It becomes a folder: see the test below.
    hostName: base.hostName,
    luksName: `${changed.luksName}-luks`,
    datasetRootName: `${changed.datasetRootName}-root`,
    disks: changed.disks.map((disk, index) => ({ ...disk, key: `${disk.key}${index}` })),
    otherDisks: changed.otherDisks.map((disk, index) => ({ ...disk, key: `${disk.key}o${index}` })),
    datasets: changed.datasets.map((set, index) => ({ ...set, name: `${set.name}${index}` })),
    dataPool: {
      ...changed.dataPool,
      name: `${changed.dataPool.name}-data`,
      datasets: changed.dataPool.datasets.map((set, index) => ({ ...set, name: `${set.name}${index}` })),
    },
  }
}

describe.skipIf(!hasNix)(`with the real Nix (${NIX_REASON}; ${SEED_NOTE})`, { timeout: 60_000 }, () => {
  test(`${PLANS * KEYS_EACH} keys and all other free values come back from the rendered files as they were answered`, async () => {
    const contexts = hostilePlans(PLANS, KEYS_EACH).map(renderContext)
    const found = await readBack(contexts.map((context) => renderFiles(context, templates)))
    for (const [index, context] of contexts.entries()) expect(found[index]).toEqual(expected(context))
  })

  test('a context that no schema has seen is rendered as sound Nix with the same values', async () => {
    const values = sample(hostileText, 2000)
    const bases = hostilePlans(LAYOUTS.length * 2, 1).map(renderContext)
    const contexts = Array.from({ length: 60 }, (_, index) => {
      const base = bases[index % bases.length]
      if (!base) throw new Error('there is no layout')
      return hostileContext({ ...base, sshKeys: ['a', 'b', 'c'] }, values.slice(index * 30))
    })
    const found = await readBack(contexts.map((context) => renderFiles(context, templates)))
    for (const [index, context] of contexts.entries()) expect(found[index]).toEqual(expected(context))
  })
})

test('a host name that no schema has seen leads nowhere else, or is a fault of ours', { timeout: 30_000 }, () => {
  const base = renderContext(planOf(SOUND, machine))
  for (const hostName of sample(hostileText, 50)) {
    try {
      for (const { path } of renderFiles({ ...base, hostName }, templates)) {
        expect(path).toMatch(/^\/etc\/nixos\/(?!.*\/\.\.?\/)[A-Za-z0-9_./-]+$/)
      }
    } catch (error) {
      expect(error).toBeInstanceOf(Bug)
    }
  }
})
