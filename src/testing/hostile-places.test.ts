// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the curly brackets are Nix's
import { execFileSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import Handlebars from 'handlebars'
import { describe, expect, test } from 'vitest'
import { renderContext } from '../plan/render-context.ts'
import { shellWord } from '../render/markdown-helpers.ts'
import { hostilePlans } from './hostile-plans.ts'
import { HAND_MADE } from './hostile-strings.ts'
import { hostileText, SEED_NOTE, sample } from './hostile-values.ts'
import { interpolationsIn } from './nix-interpolations.ts'

// Nix is not the last reader. This is the list of all values that go on to another one, and why they are safe there: a
// value that is new in a template or a module is not on it, and fails the test that compares.

const TEMPLATES = new URL('../../templates/', import.meta.url)
const names = readdirSync(TEMPLATES, { recursive: true, encoding: 'utf8' })
const read = (name: string) => readFileSync(new URL(name, TEMPLATES), 'utf8')

/** What reads the value after Nix, and all that the schemas and the planner let through to there. */
type Rule = { readonly reader: string; readonly allows: RegExp }

const LABEL = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/
const IP = /^[0-9a-fA-F.:]+$/
const DISKO = 'shell script by disko, which quotes nothing'
const NAME = /^[a-z]{1,16}$/
const SYSTEM_KEY = /^[a-z]{1,2}$/
const OTHER_KEY = /^(spare|log|cache|special|data)[1-9]\d?$/
const DEVICE = /^\/dev\/disk\/by-id\/[A-Za-z0-9._:+@=-]+$/
const MODE = /^(mirror|raidz[123])?$/
const INTERFACE = /^[A-Za-z0-9][A-Za-z0-9._-]{0,14}$/
const HTTPS = /^(https:\/\/[a-z0-9.:[\]-]+)?$/
const ABSOLUTE = /^(\/[a-z][a-z0-9.-]*)+$/

const RULES: Readonly<Record<string, Readonly<Record<string, Rule>>>> = {
  'disko-config.nix.hbs': {
    // Empty where there is no pool; then it is not written.
    pool: { reader: DISKO, allows: /^([a-z]{1,16})?$/ },
    luksName: { reader: DISKO, allows: /^([a-z]{1,16})?$/ },
    passphraseFile: { reader: DISKO, allows: ABSOLUTE },
    credstoreDirectory: { reader: 'shell hooks of disko', allows: ABSOLUTE },
    poolKeyFile: { reader: 'shell hooks of disko', allows: ABSOLUTE },
    rootFormat: { reader: DISKO, allows: /^(ext4|xfs)?$/ },
    espSize: { reader: DISKO, allows: /^[1-9]\d*M$/ },
    swapSize: { reader: DISKO, allows: /^\d+M$/ },
    'disks.key': { reader: `${DISKO}; GPT labels`, allows: SYSTEM_KEY },
    'disks.device': { reader: DISKO, allows: DEVICE },
    'disks.espMountpoint': { reader: `${DISKO}; fstab`, allows: /^\/boot\d{0,3}$/ },
    'otherDisks.key': { reader: `${DISKO}; GPT labels`, allows: OTHER_KEY },
    'otherDisks.device': { reader: DISKO, allows: DEVICE },
    'otherDisks.pool': { reader: DISKO, allows: NAME },
    'topology.vdevs.mode': { reader: DISKO, allows: MODE },
    'topology.vdevs.members.this': { reader: DISKO, allows: SYSTEM_KEY },
    'topology.logs.mode': { reader: DISKO, allows: MODE },
    'topology.logs.members.this': { reader: DISKO, allows: OTHER_KEY },
    'topology.specials.mode': { reader: DISKO, allows: MODE },
    'topology.specials.members.this': { reader: DISKO, allows: OTHER_KEY },
    'topology.spares.this': { reader: DISKO, allows: OTHER_KEY },
    'topology.caches.this': { reader: DISKO, allows: OTHER_KEY },
    datasetRootName: { reader: DISKO, allows: /^(crypt|system)?$/ },
    'datasets.name': { reader: DISKO, allows: /^(crypt|system)\/[a-z]+$/ },
    'datasets.mountpoint': { reader: `${DISKO}; fstab`, allows: /^\/([a-z]+(\/[a-z]+)*)?$/ },
    'dataPool.name': { reader: DISKO, allows: /^(data)?$/ },
    'dataPool.topology.vdevs.mode': { reader: DISKO, allows: MODE },
    'dataPool.topology.vdevs.members.this': { reader: DISKO, allows: OTHER_KEY },
    'dataPool.datasetRoot': { reader: 'shell hooks of disko', allows: /^(data(\/crypt)?)?$/ },
    'dataPool.newKeyFile': { reader: 'shell hooks of disko', allows: ABSOLUTE },
    'dataPool.keyFile': { reader: 'shell hooks of disko', allows: ABSOLUTE },
    'dataPool.datasets.name': { reader: DISKO, allows: /^(crypt\/)?[a-z]+$/ },
    'dataPool.datasets.mountpoint': { reader: `${DISKO}; fstab`, allows: /^\/[a-z]+$/ },
  },
  'configuration.nix.hbs': {
    hostName: { reader: '/etc/hostname, a folder, a flake attribute in a shell', allows: LABEL },
    hostId: { reader: '/etc/hostid, by printf in a shell', allows: /^[0-9a-f]{8}$/ },
    'system.language': { reader: '/etc/locale.conf, a build of locales', allows: /^[A-Za-z0-9_.@-]+$/ },
    'system.keyboard': { reader: '/etc/vconsole.conf, loadkeys', allows: /^[A-Za-z0-9._-]+$/ },
    'system.timeZone': { reader: 'a link below zoneinfo', allows: /^[A-Za-z0-9_+-]+(\/[A-Za-z0-9_+-]+){0,2}$/ },
    'cluster.name': { reader: 'JSON, by builtins.toJSON', allows: LABEL },
    'cluster.role': { reader: 'JSON, by builtins.toJSON', allows: /^(primer|joining-primer|worker|storage)$/ },
    'cluster.domain': { reader: 'JSON, by builtins.toJSON', allows: /^([a-z0-9.-]+)?$/ },
    'cluster.meshUrl': { reader: 'JSON, by builtins.toJSON', allows: HTTPS },
    'cluster.join.server': { reader: 'JSON, by builtins.toJSON', allows: HTTPS },
    'cluster.join.caHash': { reader: 'JSON, by builtins.toJSON', allows: /^(sha256:[0-9a-f]{64})?$/ },
    hibernationMiB: { reader: 'dd, by NixOS', allows: /^\d+$/ },
    hasTpmUnlock: { reader: 'Nix alone', allows: /^(true|false)$/ },
    userName: { reader: 'passwd, units, scripts of the activation', allows: /^[a-z_][a-z0-9_-]{0,31}$/ },
    passwordHashFile: { reader: 'scripts of the activation', allows: ABSOLUTE },
    stateVersion: { reader: 'Nix alone', allows: /^\d\d\.\d\d$/ },
    // A line of a file of its own; everything but a line end is text after the key.
    'sshKeys.this': { reader: 'authorized_keys', allows: /^[a-z0-9@.-]+ [A-Za-z0-9+/]+=*( \P{Cc}*)?$/u },
    'network.interface': { reader: 'a .network file, where * and ? are patterns', allows: INTERFACE },
    'network.bond.interfaces.this': { reader: 'a .network file, where * and ? are patterns', allows: INTERFACE },
    'network.bond.mode': { reader: 'a .netdev file', allows: /^(active-backup|802\.3ad|balance-alb)?$/ },
    'network.vlan': { reader: 'a .netdev file', allows: /^\d{1,4}$/ },
    'network.address': { reader: 'a .network file', allows: /^([0-9.]+\/\d{1,2})?$/ },
    'network.gateway': { reader: 'a .network file', allows: /^([0-9.]+)?$/ },
    'network.address6': { reader: 'a .network file', allows: /^([0-9a-fA-F.:]+\/\d{1,3})?$/ },
    'network.gateway6': { reader: 'a .network file', allows: /^([0-9a-fA-F.:]+)?$/ },
    'network.nameservers.this': { reader: 'a .network file', allows: IP },
    'network.searchDomains.this': { reader: 'a .network file', allows: /^[A-Za-z0-9.-]+$/ },
    'network.proxy': {
      reader: 'variables of the environment of units',
      allows: /^(https?:\/\/[A-Za-z0-9.:[\]-]+\/?)?$/,
    },
    // A quoted text there ends with the last quote of its line.
    'network.wifi.ssid': { reader: 'wpa_supplicant.conf', allows: /^\P{C}*$/u },
    'network.wifi.secretsFile': { reader: 'wpa_supplicant.conf', allows: ABSOLUTE },
  },
  'flake.nix.hbs': { hostName: { reader: 'Nix, as attribute and as folder', allows: LABEL } },
}

/** The context's values that a template writes, as `disks.device`: lists are left out of the path. Not those of conditions. */
function valuesIn(text: string): readonly string[] {
  const found = new Set<string>()
  const walk = (program: hbs.AST.Program, scope: readonly string[]) => {
    for (const statement of program.body) {
      if (statement.type === 'MustacheStatement') {
        const path = (statement as hbs.AST.MustacheStatement).params[0] as hbs.AST.PathExpression
        found.add(fullPath(path, scope))
      }
      if (statement.type !== 'BlockStatement') continue
      const { path, params, program: inner, inverse } = statement as hbs.AST.BlockStatement
      const isEach = (path as hbs.AST.PathExpression).original === 'each'
      const over = params[0] as hbs.AST.PathExpression
      walk(inner, isEach ? fullPath(over, scope).split('.') : scope)
      if (inverse) walk(inverse, scope)
    }
  }
  walk(Handlebars.parse(text), [])
  return [...found].toSorted()
}

function fullPath({ original, parts, data }: hbs.AST.PathExpression, scope: readonly string[]): string {
  if (data) return parts.slice(1).join('.')
  return [...scope, ...(original === 'this' ? ['this'] : parts)].join('.')
}

const fileName = (name: string) => name.split('/').at(-1) ?? ''
const templateNamed = (end: string) => names.find((name) => name.endsWith(`/${end}`)) ?? ''

test('every Nix template has its rules', () => {
  const ends = names.filter((name) => name.endsWith('.nix.hbs')).map((name) => name.split('/').at(-1))
  expect(ends.toSorted()).toEqual(Object.keys(RULES).toSorted())
})

test.each(Object.entries(RULES))('%s writes exactly the values that have a rule', (end, rules) => {
  expect(valuesIn(read(templateNamed(end)))).toEqual(Object.keys(rules).toSorted())
})

test('sees a value that is new in a template', () => {
  const text =
    '{{nixStr a}}{{#each list}}{{nixStr this}}{{nixStr x}}{{#if @root.y}}{{nixStr @root.b.c}}{{/if}}{{/each}}'
  expect(valuesIn(text)).toEqual(['a', 'b.c', 'list.this', 'list.x'])
})

test(`what generated answers bring to each place is what its rule allows (${SEED_NOTE})`, { timeout: 30_000 }, () => {
  const broken: string[] = []
  let looked = 0
  for (const context of hostilePlans(150, 3).map(renderContext)) {
    for (const [end, rules] of Object.entries(RULES)) {
      for (const [path, { allows }] of Object.entries(rules)) {
        for (const value of leavesAt(context, path.split('.'))) {
          looked += 1
          if (!allows.test(value)) broken.push(`${end} ${path}: ${JSON.stringify(value)}`)
        }
      }
    }
  }
  expect([...new Set(broken)]).toEqual([])
  expect(looked).toBeGreaterThan(3500)
})

function leavesAt(value: unknown, [part, ...rest]: readonly string[]): readonly string[] {
  if (Array.isArray(value)) return value.flatMap((each) => leavesAt(each, [part ?? '', ...rest]))
  if (part === undefined || part === 'this') return [String(value)]
  const inner = (value as Readonly<Record<string, unknown>>)[part]
  if (inner === undefined) throw new Error(`the context has no ${part}`)
  return Array.isArray(inner) && rest.length === 0 ? [] : leavesAt(inner, rest)
}

// The modules have no data in them, but they put options into scripts and units. Each such place, and what makes it safe.

/** Safe whatever it is: quoted for the shell, a path in the store, or text of the module itself. */
const ALWAYS_SAFE = [/^lib\.escapeShellArgs? /, /^pkgs\.[a-z0-9-]+$/]

const ASSERTED = 'an assertion of storage.nix allows letters, digits, _, and in paths also ., - and /'
const TEXT = 'a text of pool-scripts.nix'
const SCRIPTS = { 'scripts.say': TEXT, 'scripts.expect': TEXT }
const MODULE_PLACES: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'boot-copies.nix': {
    bootEsp: 'asserted by storage.nix to be /boot, and among the mount points that it asserts',
    listFiles: 'text of the module: a path in the store and fixed words',
    registerInFirmware: 'text of the module: paths in the store, and a variable of the script in quotes',
  },
  'command.nix': {
    unlock: 'one of four words of the module',
    'lib.optionalString storage.isEncrypted (lib.escapeShellArg storage.luksDevice)': 'quoted, or nothing',
    'builtins.readFile ./command.sh': 'a file of this repository, without data in it',
    '\n        lib.makeBinPath [\n          pkgs.coreutils\n          pkgs.cryptsetup\n          pkgs.gnugrep\n          pkgs.gnused\n          pkgs.jq\n          pkgs.systemd\n          pkgs.tpm2-tools\n        ]\n      ':
      'paths in the store',
  },
  'data-pool.nix': {
    name: ASSERTED,
    encryptionRoot: 'compared with names of datasets, and no more',
    'escaped (lib.removePrefix "/" path)': 'a mount point, escaped as systemd does',
    'lib.optionalString hasKey loadKey': 'a text of the module itself, with every value quoted',
    ...SCRIPTS,
    'scripts.importPool {\n            pool = name;\n            inherit (dataPool) members;\n            trustsName = hasKey;\n          }':
      TEXT,
  },
  'network.nix': {
    'cfg.wifi.secretsFile': 'its type allows letters, digits, ., _, / and -',
    'toString cfg.vlan': 'a number',
  },
  'pool-scripts.nix': { 'lib.optionalString trustsName "$pool"': 'a variable of the shell, or nothing' },
  'tpm.nix': { luksName: ASSERTED },
  'phases.nix': { 'cfg.directory': 'the type of the option allows letters, digits, ., _, / and -' },
  'storage.nix': {
    disk: ASSERTED,
    name: ASSERTED,
    pool: ASSERTED,
    dataPool: ASSERTED,
    'cfg.encryptionRoot': 'compared with names of datasets, and no more',
  },
  'unlock.nix': {
    'storage.luksName': ASSERTED,
    'storage.pool': ASSERTED,
    datasets: 'made by lib.escapeShellArgs',
    ...SCRIPTS,
    'scripts.importPool {\n              inherit (storage) members pool;\n              trustsName = isEncrypted;\n            }':
      TEXT,
  },
}

/** Messages and descriptions are read by people only. */
function withoutWords(source: string): string {
  return source.replace(/\b(message|description) =\s*(''[\s\S]*?''(?!['$\\])|"(?:[^"\\]|\\.)*")/g, '$1 = ""')
}

const modules = names.filter((name) => name.includes('/modules/') && name.endsWith('.nix'))

describe('a module puts into its strings only what is known to be safe there', () => {
  test.each(modules)('%s', (name) => {
    const found = interpolationsIn(withoutWords(read(name))).filter(
      (each) => !ALWAYS_SAFE.some((safe) => safe.test(each)),
    )
    expect(found.toSorted()).toEqual(Object.keys(MODULE_PLACES[fileName(name)] ?? {}).toSorted())
  })
})

test('no module is on the list that is not there', () => {
  expect(modules.map(fileName)).toEqual(expect.arrayContaining(Object.keys(MODULE_PLACES)))
})

test('finds what is put into strings, and nothing else', () => {
  const source = `{ a = x.\${y}; b = "1\${one} \\\${no} $\${no}"; c = ''
    \${two { z = "}"; }} ''\${no} \${"in \${three}"}
  ''; # \${no}
}`
  expect(interpolationsIn(source)).toEqual(['one', 'two { z = "}"; }', '"in ${three}"', 'three'])
})

test(`a word in a command of the owner's README is one word to a real shell (${SEED_NOTE})`, () => {
  const values = [...HAND_MADE.filter((value) => value.length < 1000), ...sample(hostileText, 1500)]
  const script = `printf '%s\\0' ${values.map(shellWord).join(' ')}`
  const found = execFileSync('bash', ['-s'], { input: script, env: { LC_ALL: 'C.UTF-8', PATH: process.env.PATH } })
  expect(found.toString('utf8').split('\0').slice(0, -1)).toEqual(values)
})
