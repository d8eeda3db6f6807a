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

/** What a plan says, in the shape in which READ_BACK finds it in the rendered files. */
function expected(plan: Plan) {
  const { network } = plan
  return {
    hostName: plan.hostName,
    hostId: plan.hostId,
    stateVersion: plan.stateVersion,
    flakeHosts: [plan.hostName],
    users: { [plan.userName]: { keys: [...plan.sshKeys] } },
    interface: network.interface === 'any' ? null : network.interface,
    address: network.address === null ? [] : [network.address],
    gateway: network.gateway === null ? [] : [network.gateway],
    dns: [...network.nameservers],
    dhcp: network.mode === 'dhcp',
    disks: Object.fromEntries(
      plan.storage.disks.map((disk) => [disk.key, { device: disk.id, esp: disk.espMountpoint }]),
    ),
    datasets: Object.fromEntries(
      plan.storage.datasets.map(({ name, mountpoint }) => [
        name.slice((plan.storage.pool ?? '').length + 1),
        mountpoint,
      ]),
    ),
    cluster: { name: plan.cluster.name, role: plan.cluster.role },
  }
}

/** Reads those values out of a rendered /etc/nixos. Only what is asked for is evaluated, so that nixpkgs is not needed. */
const READ_BACK = `folder:
let
  arguments = { pkgs = { }; lib = { }; config = { }; modulesPath = ""; };
  load = name: let raw = import (folder + name); in if builtins.isFunction raw then raw arguments else raw;
  c = load "/configuration.nix";
  d = (load "/disko-config.nix").disko.devices;
  network = c.systemd.network.networks."10-uplink";
  pools = builtins.attrValues (d.zpool or { });
  mounted = set: builtins.listToAttrs (builtins.concatMap
    (name: if set.\${name} ? mountpoint then [ { inherit name; value = set.\${name}.mountpoint; } ] else [ ])
    (builtins.attrNames set));
  flake = (import (folder + "/flake.nix")).outputs {
    nixpkgs.lib.nixosSystem = x: x;
    disko.nixosModules.disko = { };
    self = { };
  };
in {
  inherit (c.networking) hostName hostId;
  inherit (c.system) stateVersion;
  flakeHosts = builtins.attrNames flake.nixosConfigurations;
  users = builtins.mapAttrs (_: user: { inherit (user.openssh.authorizedKeys) keys; }) c.users.users;
  interface = network.matchConfig.Name or null;
  address = network.address or [ ];
  gateway = network.gateway or [ ];
  dns = network.dns or [ ];
  dhcp = (network.networkConfig.DHCP or "no") == "yes";
  disks = builtins.mapAttrs (_: disk: {
    inherit (disk) device;
    esp = disk.content.partitions.esp.content.mountpoint;
  }) d.disk;
  datasets = if pools == [ ] then { } else mounted (builtins.head pools).datasets;
  cluster = builtins.fromJSON (load "/modules/keystone/primer.nix").environment.etc."keystone/cluster.json".text;
}
`

/** Writes the trees below a folder of its own and gives it. */
function layDown(trees: ReadonlyMap<string, readonly RenderedFile[]>): string {
  const folder = mkdtempSync(join(tmpdir(), 'keystone-rendered-'))
  for (const [name, files] of trees) {
    for (const file of files) {
      const at = join(folder, name, file.path)
      mkdirSync(dirname(at), { recursive: true })
      writeFileSync(at, file.content)
    }
  }
  writeFileSync(join(folder, 'read-back.nix'), READ_BACK)
  const calls = [...trees.keys()].map((name) => `"${name}" = import ./read-back.nix ./${name}/etc/nixos;`)
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
  }
})

describe.skipIf(!hasNix)(`with the real Nix (${NIX_REASON})`, () => {
  test('parses every rendered file of every case', async () => {
    const folder = layDown(rendered)
    const files = [...rendered].flatMap(([name, files]) => files.map(({ path }) => join(folder, name, path)))
    await nixParse(files)
    expect(files).toHaveLength(names.length * 6)
  })

  test('reads back what was answered, in every case', async () => {
    const found = await nixEval(join(layDown(rendered), 'all.nix'))
    expect(found).toEqual(Object.fromEntries([...plans].map(([name, plan]) => [name, expected(plan)])))
  })

  test('reads back hostile values too: no answer can break out of its place', async () => {
    const [name = ''] = names
    const base = plans.get(name)
    if (!base) throw new Error('there is no good case')
    const trees = new Map<string, readonly RenderedFile[]>()
    const hostile = new Map<string, Plan>()
    // The flake's attribute, the admin's name and the disk's key are attribute names, the rest are strings.
    hostileStrings(40).forEach((value, index) => {
      const plan: Plan = {
        ...base,
        hostName: value,
        hostId: value,
        userName: value,
        sshKeys: [value, value],
        network: { mode: 'static', interface: value, address: value, gateway: value, nameservers: [value] },
        cluster: { name: value, role: 'primer' },
        storage: {
          ...base.storage,
          disks: base.storage.disks.map((disk) => ({ ...disk, key: value, id: value, espMountpoint: value })),
        },
      }
      hostile.set(`h${index}`, plan)
      trees.set(`h${index}`, renderFiles(renderContext(plan), templates))
    })
    const found = await nixEval(join(layDown(trees), 'all.nix'))
    expect(found).toEqual(Object.fromEntries([...hostile].map(([key, plan]) => [key, expected(plan)])))
  })
})
