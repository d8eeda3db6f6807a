import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import type { Plan, RenderedFile } from '../model/plan.ts'
import { renderContext } from '../plan/render-context.ts'
import { renderFiles } from '../render/render-files.ts'
import { goodCaseNames, planOfCase, templatesOfTree } from './good-cases.ts'
import { hostileStrings } from './hostile-strings.ts'
import { hasNix, NIX_REASON, nixEval, nixParse } from './nix.ts'

const CASES = new URL('cases/', import.meta.url).pathname
const names = goodCaseNames()
const templates = await templatesOfTree()
const plans = new Map<string, Plan>()
const rendered = new Map<string, readonly RenderedFile[]>()

/** What a plan says, in the shape in which READ_BACK finds it in the rendered files. An empty text is none. */
function expected(plan: Plan) {
  const { network, storage, cluster } = plan
  const below = (pool: string | undefined | null, datasets: Plan['storage']['datasets']) =>
    Object.fromEntries(datasets.map(({ name, mountpoint }) => [name.slice((pool ?? '').length + 1), mountpoint]))
  return {
    host: plan.hostName,
    hostId: plan.hostId,
    stateVersion: plan.stateVersion,
    language: plan.system.language,
    keyboard: plan.system.keyboard,
    timeZone: plan.system.timeZone,
    flakeHosts: [plan.hostName],
    flakeModules: [true, true],
    users: { [plan.userName]: { keys: [...plan.sshKeys] } },
    interface: network.interface === 'any' ? null : network.interface,
    bond: network.bond,
    vlan: network.vlan,
    address: network.address || null,
    gateway: network.gateway || null,
    address6: network.address6 || null,
    gateway6: network.gateway6 || null,
    nameservers: [...network.nameservers],
    searchDomains: [...network.searchDomains],
    proxy: network.proxy || null,
    ssid: network.wifi?.ssid ?? null,
    tpmUnlock: plan.unlock === 'tpm' || plan.unlock === 'tpm-pin',
    tpmPin: plan.unlock === 'tpm-pin',
    hibernationMiB: storage.swapKind === 'hibernation' ? storage.swapBytes / 2 ** 20 : 0,
    disks: Object.fromEntries(storage.disks.map((disk) => [disk.key, { device: disk.id, esp: disk.espMountpoint }])),
    datasets: below(storage.pool, storage.datasets),
    dataPool: below(storage.dataPool?.pool, storage.dataPool?.datasets ?? []),
    cluster: {
      name: cluster.name,
      role: cluster.role,
      domain: cluster.domain || null,
      meshUrl: cluster.meshUrl || null,
      join: cluster.join,
    },
  }
}

/** Reads those values out of a rendered /etc/nixos, as they stand there. Only what is asked for is evaluated, so that neither
 *  nixpkgs nor our modules are needed. */
const READ_BACK = `folder: host:
let
  c = import (folder + "/hosts/\${host}/configuration.nix");
  d = (import (folder + "/hosts/\${host}/disko-config.nix")).disko.devices;
  network = c.keystone.network or { };
  pool = name: if (d.zpool or { }) ? \${name} then mounted d.zpool.\${name}.datasets else { };
  mounted = set: builtins.listToAttrs (builtins.concatMap
    (name: if set.\${name} ? mountpoint then [ { inherit name; value = set.\${name}.mountpoint; } ] else [ ])
    (builtins.attrNames set));
  flake = (import (folder + "/flake.nix")).outputs {
    nixpkgs.lib.nixosSystem = x: x;
    disko.nixosModules.disko = { };
    lanzaboote.nixosModules.lanzaboote = { };
    self = { };
  };
in {
  host = c.networking.hostName;
  inherit (c.networking) hostId;
  inherit (c.system) stateVersion;
  flakeHosts = builtins.attrNames flake.nixosConfigurations;
  # Our own, next to those of the inputs: are they where the flake looks for them?
  flakeModules = map builtins.pathExists (builtins.filter builtins.isPath flake.nixosConfigurations.\${host}.modules);
  users = builtins.mapAttrs (_: user: { keys = user.openssh.authorizedKeys.keys or [ ]; }) c.users.users;
  interface = network.interface or null;
  language = c.i18n.defaultLocale;
  keyboard = c.console.keyMap;
  timeZone = c.time.timeZone;
  bond = network.bond or null;
  vlan = network.vlan or null;
  address = network.address or null;
  gateway = network.gateway or null;
  address6 = network.address6 or null;
  gateway6 = network.gateway6 or null;
  nameservers = network.nameservers or [ ];
  searchDomains = network.searchDomains or [ ];
  proxy = network.proxy or null;
  ssid = network.wifi.ssid or null;
  tpmUnlock = c.keystone.tpm.unlock;
  tpmPin = c.keystone.tpm.pin or false;
  hibernationMiB = c.keystone.storage.hibernationMiB or 0;
  disks = builtins.mapAttrs (_: disk: {
    inherit (disk) device;
    esp = disk.content.partitions.esp.content.mountpoint or null;
  }) d.disk;
  datasets = pool "rpool";
  dataPool = pool "data";
  cluster = {
    name = c.keystone.primer.clusterName;
    inherit (c.keystone.primer) role;
    domain = c.keystone.primer.domain or null;
    meshUrl = c.keystone.primer.meshUrl or null;
    join = c.keystone.primer.join or null;
  };
}
`

/** Writes the trees below a folder of its own and gives it. */
function layDown(trees: ReadonlyMap<string, readonly RenderedFile[]>, hosts: ReadonlyMap<string, string>): string {
  const folder = mkdtempSync(join(tmpdir(), 'keystone-rendered-'))
  for (const [name, files] of trees) {
    for (const file of files) {
      const at = join(folder, name, file.path)
      mkdirSync(dirname(at), { recursive: true })
      writeFileSync(at, file.content)
    }
  }
  writeFileSync(join(folder, 'read-back.nix'), READ_BACK)
  const calls = [...trees.keys()].map(
    (name) => `"${name}" = import ./read-back.nix ./${name}/etc/nixos "${hosts.get(name)}";`,
  )
  writeFileSync(join(folder, 'all.nix'), `{\n${calls.join('\n')}\n}\n`)
  return folder
}

beforeAll(async () => {
  for (const name of names) {
    const plan = await planOfCase(name)
    plans.set(name, plan)
    rendered.set(name, renderFiles(renderContext(plan), templates))
  }
})

describe('each case renders exactly its rendered/ tree', () => {
  test.each(names)('%s', (name) => {
    const tree = join(CASES, name, 'rendered')
    expect(existsSync(tree), `${tree} is missing: node scripts/update-cases.mjs writes it`).toBe(true)
    const recorded = readdirSync(tree, { recursive: true, encoding: 'utf8' })
      .filter((path) => statSync(join(tree, path)).isFile())
      .map((path) => [`/${path}`, readFileSync(join(tree, path), 'utf8')])
    const files = rendered.get(name)?.map(({ path, content }) => [path, content]) ?? []
    expect(Object.fromEntries(files)).toEqual(Object.fromEntries(recorded))
  })
})

test('a rendered file ends with one line end and has no trailing blanks', () => {
  for (const { path, content } of [...rendered.values()].flat()) {
    expect(content, path).toMatch(/[^\n]\n$/)
    expect(content, path).not.toMatch(/[ \t]$/m)
    expect(content, path).not.toMatch(/\n\n\n/)
    expect(content, path).not.toContain('\t')
  }
})

test('Nix files are laid out as nixfmt does: steps of two blanks, one element of a list on a line', () => {
  for (const { path, content } of [...rendered.values()].flat().filter(({ path }) => path.endsWith('.nix'))) {
    expect(content, path).not.toMatch(/^( {2})* [^ ]/m)
    expect(content, path).not.toMatch(/\[ (\S+ )?"[^"]*" "/)
    // Data may be as long as it is.
    const long = content.split('\n').filter((line) => line.length > 120 && !/^ *"/.test(line))
    expect(long, path).toEqual([])
  }
})

test.each(names)('%s: the host file stays short, and no file holds a secret', (name) => {
  const files = rendered.get(name) ?? []
  const host = files.find(({ path }) => path.endsWith('/configuration.nix'))
  expect(host?.content.trimEnd().split('\n').length).toBeLessThanOrEqual(60)
  const answers = readFileSync(join(CASES, name, 'answers.yaml'), 'utf8')
  const secrets = [...answers.matchAll(/^ +(?:passphrase|password|pin): ['"]?(.*?)['"]?$/gm)].map(
    ([, secret = '']) => secret,
  )
  expect(secrets.length).toBeGreaterThan(0)
  for (const { path, content } of files) {
    for (const secret of secrets) expect(content, path).not.toContain(secret)
    expect(content, path).not.toMatch(/\$(y|6|argon2id)\$/)
  }
})

const MODULES = readdirSync(new URL('../../templates/etc/nixos/modules/keystone/', import.meta.url)).filter((name) =>
  name.endsWith('.nix'),
)

const hostsOf = (all: ReadonlyMap<string, Plan>) => new Map([...all].map(([name, plan]) => [name, plan.hostName]))

describe.skipIf(!hasNix)(`with the real Nix (${NIX_REASON})`, { timeout: 30_000 }, () => {
  test('parses every rendered Nix file of every case', async () => {
    const folder = layDown(rendered, hostsOf(plans))
    const files = [...rendered].flatMap(([name, files]) => files.map(({ path }) => join(folder, name, path)))
    const nixFiles = files.filter((path) => path.endsWith('.nix'))
    await nixParse(nixFiles)
    // The flake, three files of the host, the modules.
    expect(nixFiles).toHaveLength(names.length * (4 + MODULES.length))
  })

  test('reads back what was answered, in every case', async () => {
    const found = await nixEval(join(layDown(rendered, hostsOf(plans)), 'all.nix'))
    expect(found).toEqual(Object.fromEntries([...plans].map(([name, plan]) => [name, expected(plan)])))
  })

  test('reads back hostile values too: no answer can break out of its place', async () => {
    const [name = ''] = names
    const base = plans.get(name)
    if (!base) throw new Error('there is no good case')
    const trees = new Map<string, readonly RenderedFile[]>()
    const hostile = new Map<string, Plan>()
    // The admin's name and the disk's key are attribute names, the rest are strings. The host's name is a folder too:
    // what could not be one is refused before (templates.test.ts).
    hostileStrings(40).forEach((value, index) => {
      const plan: Plan = {
        ...base,
        hostName: ['if', 'x', 'rec', '0-0', 'A_b'][index % 5] ?? '',
        hostId: value,
        userName: value,
        sshKeys: [value, value],
        system: { language: value, keyboard: value, timeZone: value },
        network: {
          mode: 'static',
          interface: value,
          bond: { interfaces: [value, value], mode: 'active-backup' },
          vlan: 7,
          address: value,
          gateway: value,
          address6: value,
          gateway6: value,
          nameservers: [value],
          searchDomains: [value],
          proxy: value,
          wifi: { ssid: value },
        },
        cluster: { name: value, role: 'worker', domain: value, meshUrl: value, join: { server: value, caHash: value } },
        storage: {
          ...base.storage,
          disks: base.storage.disks.map((disk) => ({ ...disk, key: value, id: value, espMountpoint: value })),
        },
      }
      hostile.set(`h${index}`, plan)
      trees.set(`h${index}`, renderFiles(renderContext(plan), templates))
    })
    const found = await nixEval(join(layDown(trees, hostsOf(hostile)), 'all.nix'))
    expect(found).toEqual(Object.fromEntries([...hostile].map(([key, plan]) => [key, expected(plan)])))
  })
})
