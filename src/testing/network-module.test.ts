import { describe, expect, test } from 'vitest'
import { hasNix, NIX_REASON } from './nix.ts'
import { evaluateExpression, evaluationError, OWN_LIB, REAL_LIB, REAL_LIB_REASON } from './nix-options.ts'

const STAND_INS = new URL('../../e2e/lab/stand-ins/nixpkgs/', import.meta.url).pathname
const MODULE = new URL('../../templates/etc/nixos/modules/keystone/network.nix', import.meta.url).pathname

/** The module alone among NixOS' options, and of it what reaches networkd and wpa_supplicant, without what is left empty. */
function withNetwork(settings: string, value: string, lib = OWN_LIB): string {
  return `let
    lib = ${lib};
    nixos = import ${STAND_INS}nixos.nix { inherit lib; };
    c = (nixos { modules = [ ${MODULE} { keystone.network = { ${settings} }; } ]; }).config;
    given = names: set: lib.filterAttrs (_: one: one != [ ] && one != { } && one != null) (lib.getAttrs names set);
    units = {
      networks = lib.mapAttrs (_: given [ "matchConfig" "linkConfig" "networkConfig" "address" "gateway" "dns" "domains" "vlan" "bond" ]) c.systemd.network.networks;
      netdevs = lib.mapAttrs (_: given [ "netdevConfig" "bondConfig" "vlanConfig" ]) c.systemd.network.netdevs;
    };
    failed = map (one: one.message) (lib.filter (one: !one.assertion) c.assertions);
    ours = lib.filter (lib.hasPrefix "keystone.") failed;
  in ${value}`
}

const evaluated = async (settings: string, value = 'units', lib = OWN_LIB) =>
  (await evaluateExpression(withNetwork(settings, value, lib))).value

const UPLINK = { linkConfig: { RequiredForOnline: 'routable' } }

const UNITS: readonly (readonly [what: string, settings: string, units: object])[] = [
  [
    'DHCP on any wired interface',
    '',
    {
      networks: {
        '10-uplink': { ...UPLINK, matchConfig: { Type: 'ether', Kind: '!*' }, networkConfig: { DHCP: 'yes' } },
      },
      netdevs: {},
    },
  ],
  [
    'DHCP with search domains',
    'interface = "eno1"; searchDomains = [ "home.example" "lan" ];',
    {
      networks: {
        '10-uplink': {
          ...UPLINK,
          matchConfig: { Name: 'eno1' },
          networkConfig: { DHCP: 'yes' },
          domains: ['home.example', 'lan'],
        },
      },
      netdevs: {},
    },
  ],
  [
    'static IPv4 and IPv6',
    'interface = "eno1"; address = "10.0.0.2/24"; gateway = "10.0.0.1"; address6 = "fd00::2/64"; gateway6 = "fe80::1"; nameservers = [ "9.9.9.9" "2620:fe::fe" ];',
    {
      networks: {
        '10-uplink': {
          ...UPLINK,
          matchConfig: { Name: 'eno1' },
          address: ['10.0.0.2/24', 'fd00::2/64'],
          gateway: ['10.0.0.1', 'fe80::1'],
          dns: ['9.9.9.9', '2620:fe::fe'],
        },
      },
      netdevs: {},
    },
  ],
  [
    'IPv6 alone',
    'interface = "eno1"; address6 = "fd00::2/64"; nameservers = [ "fd00::1" ];',
    {
      networks: {
        '10-uplink': { ...UPLINK, matchConfig: { Name: 'eno1' }, address: ['fd00::2/64'], dns: ['fd00::1'] },
      },
      netdevs: {},
    },
  ],
  [
    'a VLAN',
    'interface = "eno1"; vlan = 20;',
    {
      networks: {
        '10-uplink': { ...UPLINK, matchConfig: { Name: 'vlan20' }, networkConfig: { DHCP: 'yes' } },
        '10-parent': {
          matchConfig: { Name: 'eno1' },
          vlan: ['vlan20'],
          networkConfig: { LinkLocalAddressing: 'no' },
          linkConfig: { RequiredForOnline: 'carrier' },
        },
      },
      netdevs: { '10-vlan': { netdevConfig: { Kind: 'vlan', Name: 'vlan20' }, vlanConfig: { Id: 20 } } },
    },
  ],
  [
    'a VLAN on a bond',
    'interface = "bond0"; bond = { interfaces = [ "eno1" "eno2" ]; mode = "802.3ad"; }; vlan = 7; address = "10.7.0.2/24"; nameservers = [ "10.7.0.1" ];',
    {
      networks: {
        '10-uplink': {
          ...UPLINK,
          matchConfig: { Name: 'vlan7' },
          address: ['10.7.0.2/24'],
          dns: ['10.7.0.1'],
        },
        '10-parent': {
          matchConfig: { Name: 'bond0' },
          vlan: ['vlan7'],
          networkConfig: { LinkLocalAddressing: 'no' },
          linkConfig: { RequiredForOnline: 'carrier' },
        },
        '10-bond-members': {
          matchConfig: { Name: 'eno1 eno2' },
          bond: ['bond0'],
          linkConfig: { RequiredForOnline: 'no' },
        },
      },
      netdevs: {
        '10-bond': {
          netdevConfig: { Kind: 'bond', Name: 'bond0' },
          bondConfig: { Mode: '802.3ad', MIIMonitorSec: '0.1s' },
        },
        '10-vlan': { netdevConfig: { Kind: 'vlan', Name: 'vlan7' }, vlanConfig: { Id: 7 } },
      },
    },
  ],
]

const WIFI =
  'interface = "wlp2s0"; wifi = { ssid = "Home Ünder \\"roof\\""; secretsFile = "/var/lib/keystone/secrets/wifi.conf"; };'
const STATIC = 'interface = "eno1"; address = "10.0.0.2/24";'

const BROKEN: readonly (readonly [settings: string, says: string])[] = [
  ['address = "10.0.0.2/24"; nameservers = [ "9.9.9.9" ];', 'keystone.network.address belongs to one interface:'],
  ['gateway6 = "fe80::1";', 'keystone.network.gateway and nameservers go with a static address:'],
  [STATIC, 'keystone.network.address needs keystone.network.nameservers:'],
  [`${STATIC} nameservers = [ "9.9.9.9" ]; gateway6 = "fe80::1";`, 'keystone.network: a gateway goes with an address'],
  ['vlan = 20;', 'keystone.network.vlan, bond and wifi belong to one interface:'],
  ['interface = "bond0"; bond.interfaces = [ ];', 'keystone.network.bond needs interfaces,'],
  ['interface = "eno1"; bond.interfaces = [ "eno1" ];', 'keystone.network.bond needs interfaces,'],
  [`${WIFI} vlan = 20;`, 'keystone.network.wifi goes with neither a bond nor a VLAN.'],
]

const MISTYPED: readonly (readonly [settings: string, option: string])[] = [
  ['interface = "../eth0";', 'interface'],
  ['interface = "eno*";', 'interface'],
  ['vlan = 4095;', 'vlan'],
  ['address6 = "fd00::2";', 'address6'],
  ['interface = "bond0"; bond = { interfaces = [ "eno1 eno2" ]; };', 'bond.interfaces'],
  ['interface = "bond0"; bond = { interfaces = [ "eno1" ]; mode = "broadcast"; };', 'bond.mode'],
  ['proxy = "http://anna:secret@proxy";', 'proxy'],
  ['searchDomains = [ "~." ];', 'searchDomains'],
  ['interface = "wlp2s0"; wifi = { ssid = "a\\nb"; secretsFile = "/x"; };', 'wifi.ssid'],
  ['interface = "wlp2s0"; wifi = { ssid = "a"; secretsFile = "/x y"; };', 'wifi.secretsFile'],
]

// One evaluation takes half a second, on a busy machine several.
describe.skipIf(!hasNix)(`modules/keystone/network.nix (${NIX_REASON})`, { timeout: 30_000 }, () => {
  test.each(UNITS)('%s', async (_what, settings, units) => {
    expect(await evaluated(settings)).toEqual(units)
    expect(await evaluated(settings, 'ours')).toEqual([])
  })

  test.skipIf(REAL_LIB === null).each(UNITS)(
    `%s, by nixpkgs’ own lib (${REAL_LIB_REASON})`,
    async (_what, settings, units) => {
      expect(await evaluated(settings, 'units', REAL_LIB ?? '')).toEqual(units)
    },
  )

  test('a wireless network: its passphrase is looked up in a file that wpa_supplicant may read', async () => {
    const value = `{
      wireless = lib.getAttrs [ "enable" "interfaces" "secretsFile" ] c.networking.wireless;
      networks = lib.mapAttrs (_: one: one.pskRaw) c.networking.wireless.networks;
      inherit (c.systemd.tmpfiles) rules;
      uplink = units.networks."10-uplink".matchConfig;
      inherit ours;
    }`
    expect(await evaluated(WIFI, value)).toMatchObject({
      wireless: { enable: true, interfaces: ['wlp2s0'], secretsFile: '/var/lib/keystone/secrets/wifi.conf' },
      networks: { 'Home Ünder "roof"': 'ext:psk_wifi' },
      rules: ['z /var/lib/keystone/secrets/wifi.conf 0440 root wpa_supplicant -'],
      uplink: { Name: 'wlp2s0' },
      ours: [],
    })
    expect(await evaluated('', 'c.networking.wireless.enable')).toBe(false)
  })

  test('a proxy is for everything but the machine itself', async () => {
    const value = '{ inherit (c.networking.proxy) default noProxy; }'
    expect(await evaluated('proxy = "http://[fd00::9]:3128/";', value)).toEqual({
      default: 'http://[fd00::9]:3128/',
      noProxy: 'localhost,127.0.0.1,::1',
    })
    expect(await evaluated('', value)).toEqual({ default: null, noProxy: null })
  })

  test.each(BROKEN)('refuses %s', async (settings, says) => {
    const failed = (await evaluated(settings, 'ours')) as readonly string[]
    expect(failed.map((message) => message.slice(0, says.length))).toEqual([says])
  })

  test.each(MISTYPED)('refuses %s by its type', async (settings, option) => {
    const value = `builtins.toJSON c.keystone.network`
    expect(await evaluationError(withNetwork(settings, value))).toMatch(
      new RegExp(`keystone\\.network\\.${option}.*' is not of type`),
    )
  })
})
