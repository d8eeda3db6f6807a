import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { hasNix, NIX_REASON } from './nix.ts'
import { evaluateExpression, evaluationError, OWN_LIB } from './nix-options.ts'

const CASES = new URL('cases/', import.meta.url).pathname
const STAND_INS = new URL('../../e2e/lab/stand-ins/nixpkgs/', import.meta.url).pathname

let scratch: string
beforeAll(() => {
  scratch = mkdtempSync(join(tmpdir(), 'keystone-modules-'))
})
afterAll(() => rmSync(scratch, { recursive: true }))

/** An expression for a value of a case's configuration (`c`), after its owner has added `module` to the host and changed the
 *  text of its disko-config.nix. */
function withModule(name: string, module: string, value: string, [from, to] = ['', '']): string {
  const folder = mkdtempSync(join(scratch, 'flake-'))
  cpSync(join(CASES, name, 'rendered/etc/nixos'), folder, { recursive: true })
  const [host = ''] = readdirSync(join(folder, 'hosts'))
  const file = join(folder, 'hosts', host, 'configuration.nix')
  const layout = join(folder, 'hosts', host, 'disko-config.nix')
  expect(readFileSync(layout, 'utf8')).toContain(from)
  writeFileSync(
    layout,
    readFileSync(layout, 'utf8').replace(from, () => to),
  )
  writeFileSync(join(folder, 'hosts', host, 'more.nix'), module)
  writeFileSync(file, readFileSync(file, 'utf8').replace('./disko-config.nix', './disko-config.nix\n./more.nix'))
  return `let
    lib = ${OWN_LIB};
    outputs = import ${STAND_INS}call-flake.nix { inherit lib; flake = ${JSON.stringify(folder)}; };
    c = outputs.nixosConfigurations.${JSON.stringify(host)}.config;
  in ${value}`
}

const configured = async (...args: Parameters<typeof withModule>) =>
  (await evaluateExpression(withModule(...args))).value

const FAILED = 'map (one: one.message) (builtins.filter (one: !one.assertion) c.assertions)'

/** What an owner could do to a machine, and the beginning of the sentence that stops it. */
const BROKEN: readonly (readonly [what: string, name: string, module: string, says: string])[] = [
  [
    'a wheel without keys and passwords',
    'default',
    '{ lib, ... }: { users.users.admin.hashedPasswordFile = lib.mkForce null; }',
    'Nobody could administrate this machine:',
  ],
  [
    'nobody in wheel',
    'mirror-zfs-static',
    '{ lib, ... }: { users.users.anna.extraGroups = lib.mkForce [ ]; }',
    'Nobody could administrate this machine:',
  ],
  [
    'a static address on any interface',
    'mirror-zfs-static',
    '{ lib, ... }: { keystone.network.interface = lib.mkForce null; }',
    'keystone.network.address belongs to one interface:',
  ],
  [
    'a gateway next to DHCP',
    'default',
    '{ keystone.network.gateway = "10.0.0.1"; }',
    'keystone.network.gateway and nameservers go with a static address:',
  ],
  [
    'snapshots without ZFS',
    'single-ext4-no-tpm',
    '{ keystone.snapshots.enable = true; }',
    'keystone.snapshots.enable needs ZFS:',
  ],
  [
    'a PIN for a TPM that is not asked',
    'single-ext4-no-tpm',
    '{ keystone.tpm.pin = true; }',
    'keystone.tpm.pin goes with keystone.tpm.unlock:',
  ],
  [
    'a second pool beside the system’s',
    'default',
    '{ disko.devices.zpool.tank = { type = "zpool"; datasets = { }; }; }',
    'disko-config.nix describes the pools rpool tank,',
  ],
  [
    'a dataset that is not encrypted',
    'default',
    '{ fileSystems."/data" = { device = "rpool/data"; fsType = "zfs"; }; }',
    'fileSystems."/data": the dataset rpool/data is not below rpool/crypt.',
  ],
  [
    'a host id of seven digits',
    'single-ext4-no-tpm',
    '{ lib, ... }: { networking.hostId = lib.mkForce "1234567"; }',
    'networking.hostId must be 8 hexadecimal digits:',
  ],
]

/** The same for the layout: a text of disko-config.nix, and what it becomes. */
const BROKEN_LAYOUTS: readonly (readonly [what: string, from: string, to: string])[] = [
  ['a mount point that the shell would read', '"/boot2"', '"/b$(id)"'],
  ['a dataset that the shell would read', '"crypt/var"', '"crypt/var;id"'],
  ['a disk whose name the shell would read', '      b = {', '      "b c" = {'],
  ['a partition whose name the shell would read', '            zfs = {', '            "z$(id)" = {'],
]

// One evaluation takes half a second, on a busy machine several.
describe.skipIf(!hasNix)(`modules/keystone (${NIX_REASON})`, { timeout: 30_000 }, () => {
  test.each(BROKEN)('refuses %s', async (_what, name, module, says) => {
    const failed = (await configured(name, module, FAILED)) as readonly string[]
    expect(
      failed.some((message) => message.startsWith(says)),
      failed.join('\n'),
    ).toBe(true)
  })

  test.each(BROKEN_LAYOUTS)('refuses a layout with %s', async (_what, from, to) => {
    // The datasets are a matter of the snapshots' type, too.
    const module = '{ keystone.snapshots.enable = false; }'
    const failed = (await configured('mirror-zfs-static', module, FAILED, [from, to])) as readonly string[]
    expect(failed.join('\n')).toContain('disko-config.nix: names of disks, partitions, pools and mappings are letters,')
  })

  test('refuses a layout without a boot partition at /boot', async () => {
    const failed = (await configured('default', '{ }', FAILED, ['"/boot"', '"/efi"'])) as readonly string[]
    expect(failed).toContain('disko-config.nix must mount one EFI system partition at /boot.')
  })

  test.each(['default', 'mirror-zfs-static', 'single-ext4-no-tpm'])(
    'has nothing against %s as installed',
    async (name) => {
      expect(await configured(name, '{ }', FAILED)).toEqual([])
    },
  )

  test.each([
    ['an interface with a slash', '{ keystone.network.interface = "../eth0"; }', 'c.keystone.network.interface'],
    ['a per cent sign in a unit', '{ keystone.phases.directory = "/a%b"; }', 'c.keystone.phases.directory'],
    ['a port beyond the last', '{ keystone.network.openTCPPorts = [ 65536 ]; }', 'c.keystone.network.openTCPPorts'],
    [
      'a role that does not exist',
      '{ lib, ... }: { keystone.primer.role = lib.mkForce "queen"; }',
      'c.keystone.primer.role',
    ],
    ['more memory than there is', '{ keystone.storage.zramPercent = 101; }', 'c.keystone.storage.zramPercent'],
  ])('refuses %s by its type', async (_what, module, value) => {
    expect(await evaluationError(withModule('default', module, value))).toMatch(
      new RegExp(`\`${value.slice(2)}.*' is not of type`),
    )
  })

  test('does not let what disko-config.nix says be said again', async () => {
    const module = '{ keystone.storage.pool = "tank"; }'
    expect(await evaluationError(withModule('default', module, 'c.keystone.storage.pool'))).toContain('is read-only')
  })

  test('an admin may be locked out only on purpose', async () => {
    const module =
      '{ lib, ... }: { users.users.admin.hashedPasswordFile = lib.mkForce null; keystone.access.allowLockOut = true; }'
    const failed = (await configured('default', module, FAILED)) as readonly string[]
    expect(failed.filter((message) => message.startsWith('Nobody could'))).toEqual([])
  })

  test('reads the layout from disko-config.nix: a mirror', async () => {
    expect(await configured('mirror-zfs-static', '{ }', 'c.keystone.storage')).toMatchObject({
      pool: 'rpool',
      members: ['/dev/disk/by-partlabel/disk-a-zfs', '/dev/disk/by-partlabel/disk-b-zfs'],
      datasets: { 'rpool/crypt/root': '/', 'rpool/crypt/nix': '/nix', 'rpool/crypt/var': '/var' },
      encryptionRoot: 'rpool/crypt',
      poolKeyFile: '/run/keystone-credstore/rpool-crypt.key',
      luksName: 'credstore',
      luksDevice: '/dev/zvol/rpool/credstore',
      espMountpoints: ['/boot', '/boot2'],
    })
  })

  test('a dataset that was added by hand is checked at boot and gets snapshots like the others', async () => {
    const module = '{ fileSystems."/data" = { device = "rpool/crypt/data"; fsType = "zfs"; }; }'
    const value =
      '{ s = c.services.sanoid.datasets ? "rpool/crypt/data"; inherit (c.boot.initrd.systemd.services.keystone-load-key) script; }'
    const found = (await configured('default', module, value)) as { s: boolean; script: string }
    expect(found.s).toBe(true)
    expect(found.script).toMatch(/for dataset in .*rpool\/crypt\/data.*; do\n {2}expect "\$dataset" encryptionroot/)
  })

  test('reads the layout from disko-config.nix: one disk with ext4', async () => {
    expect(await configured('single-ext4-no-tpm', '{ }', 'c.keystone.storage')).toMatchObject({
      pool: null,
      members: [],
      datasets: {},
      encryptionRoot: null,
      poolKeyFile: null,
      luksName: 'cryptroot',
      luksDevice: '/dev/disk/by-partlabel/disk-a-root',
      espMountpoints: ['/boot'],
    })
  })

  test('the TPM is asked only where it is set, and the other settings of the volume stay', async () => {
    const value = 'c.boot.initrd.luks.devices.cryptroot.crypttabExtraOpts'
    expect(await configured('single-ext4-no-tpm', '{ }', value)).toEqual(['tries=0', 'password-cache=no'])
    const module = '{ lib, ... }: { keystone.tpm.unlock = lib.mkForce true; }'
    expect(new Set((await configured('single-ext4-no-tpm', module, value)) as string[])).toEqual(
      new Set(['tries=0', 'password-cache=no', 'tpm2-device=auto']),
    )
  })

  test('with a PIN systemd asks by its own code, which comes to the passphrase after five wrong ones', async () => {
    const value =
      '(c.boot.initrd.systemd.services."systemd-cryptsetup@cryptroot" or { overrideStrategy = ""; environment = { }; })'
    const picked = `let s = ${value}; in { inherit (s) overrideStrategy; e = s.environment; }`
    const unlock = '{ lib, ... }: { keystone.tpm.unlock = lib.mkForce true; }'
    const pin = '{ lib, ... }: { keystone.tpm = { unlock = lib.mkForce true; pin = true; }; }'
    expect(await configured('single-ext4-no-tpm', unlock, picked)).toEqual({ overrideStrategy: '', e: {} })
    expect(await configured('single-ext4-no-tpm', pin, picked)).toEqual({
      overrideStrategy: 'asDropin',
      e: { SYSTEMD_CRYPTSETUP_USE_TOKEN_MODULE: '0' },
    })
  })

  test.each([
    ['default', '{ }', '/dev/zvol/rpool/credstore', 'tpm'],
    ['default', '{ keystone.tpm.pin = true; }', '/dev/zvol/rpool/credstore', 'tpm-pin'],
    ['single-ext4-no-tpm', '{ }', '/dev/disk/by-partlabel/disk-a-root', 'passphrase'],
  ])(
    'the command keystone on %s with %s knows the volume and what should open it',
    async (name, module, device, unlock) => {
      const found = await configured(name, module, 'map (one: one.text or "") c.environment.systemPackages')
      const text = (found as string[]).join('')
      expect(text).toContain(`export KEYSTONE_LUKS_DEVICE=${device}\nexport KEYSTONE_UNLOCK=${unlock}\n`)
      expect(text).toContain('tpm_re_enroll() {')
    },
  )

  test('snapshots: hourly 24, daily 7, weekly 4, monthly 12, of all but the Nix store', async () => {
    const value =
      '{ inherit (c.services.sanoid) enable; t = c.services.sanoid.templates.keystone; d = builtins.attrNames c.services.sanoid.datasets; }'
    expect(await configured('default', '{ }', value)).toMatchObject({
      enable: true,
      t: { hourly: 24, daily: 7, weekly: 4, monthly: 12, yearly: 0, autosnap: true, autoprune: true },
      d: ['rpool/crypt/etcd', 'rpool/crypt/kubernetes', 'rpool/crypt/root', 'rpool/crypt/var'],
    })
    expect(await configured('single-ext4-no-tpm', '{ }', 'c.services.sanoid.enable')).toBe(false)
  })

  test('Secure Boot is off as installed; turned on, lanzaboote signs for every disk in place of systemd-boot', async () => {
    const value = '{ loader = c.boot.loader.systemd-boot.enable; inherit (c.boot) lanzaboote; }'
    expect(await configured('mirror-zfs-static', '{ }', value)).toMatchObject({
      loader: true,
      lanzaboote: { enable: false },
    })
    expect(await configured('mirror-zfs-static', '{ keystone.secureBoot.enable = true; }', value)).toMatchObject({
      loader: false,
      lanzaboote: { enable: true, pkiBundle: '/var/lib/sbctl', extraEfiSysMountPoints: ['/boot2'] },
    })
  })

  test('the firewall opens what is asked for, the server of SSH takes keys only', async () => {
    const value =
      '{ inherit (c.networking.firewall) enable allowedTCPPorts; ssh = { inherit (c.services.openssh) enable openFirewall; settings = builtins.intersectAttrs { PermitRootLogin = 1; PasswordAuthentication = 1; KbdInteractiveAuthentication = 1; } c.services.openssh.settings; }; inherit (c.users) mutableUsers; }'
    expect(await configured('default', '{ keystone.network.openTCPPorts = [ 443 ]; }', value)).toMatchObject({
      enable: true,
      allowedTCPPorts: [443],
      mutableUsers: false,
      ssh: {
        enable: true,
        openFirewall: true,
        settings: { PermitRootLogin: 'no', PasswordAuthentication: false, KbdInteractiveAuthentication: false },
      },
    })
  })
})
