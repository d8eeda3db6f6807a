import fc from 'fast-check'
import { hostileText, PIECES } from './hostile-values.ts'

// What somebody may type into the fields of the wizard or write into an answer file: hostile texts, texts that nearly fit,
// and texts that fit, among them those that mean something to Nix.

const KEYWORDS = ['if', 'then', 'else', 'let', 'in', 'with', 'rec', 'or', 'assert', 'inherit', 'true', 'null', 'import']
const label = fc.stringMatching(/^[a-z0-9]([a-z0-9-]{0,20}[a-z0-9])?$/)
/** Something that does not belong there in the middle of a value that fits: where a whitelist has a gap, it shows. */
const damaged = (fits: fc.Arbitrary<string>) =>
  fc
    .tuple(
      fits,
      fc.nat(),
      fc.oneof(fc.constantFrom(...PIECES), fc.string({ unit: 'binary-ascii', minLength: 1, maxLength: 1 })),
    )
    .map(([text, at, piece]) => `${text.slice(0, at % (text.length + 1))}${piece}${text.slice(at % (text.length + 1))}`)

const near = (fits: fc.Arbitrary<string>) =>
  fc.oneof(
    { weight: 4, arbitrary: fits },
    { weight: 2, arbitrary: damaged(fits) },
    { weight: 1, arbitrary: hostileText },
  )

export const hostNames = near(fc.oneof(label, fc.constantFrom(...KEYWORDS, '007', '0', 'a--b', `a${'b'.repeat(62)}`)))
export const clusterNames = hostNames
export const userNames = near(
  fc.oneof(
    fc.stringMatching(/^[a-z_][a-z0-9_-]{0,31}$/),
    fc.constantFrom(...KEYWORDS, '_', '__proto__', 'constructor'),
  ),
)
export const interfaces = near(
  fc.oneof(
    fc.stringMatching(/^[A-Za-z0-9][A-Za-z0-9._-]{0,14}$/),
    fc.constantFrom('eth0.100', '10-lan', '0', 'if', 'lo'),
  ),
)
export const devices = near(
  fc.stringMatching(/^[A-Za-z0-9._:+@=-]{1,60}$/).map((name) => `/dev/disk/by-id/${name}`),
).map((text) => (text.startsWith('/dev/') ? text : `/dev/disk/by-id/${text}`))

/** A key of random bytes with the right lengths inside, and any comment. */
export const sshKeys = fc
  .tuple(fc.uint8Array({ minLength: 32, maxLength: 32 }), fc.option(hostileText))
  .map(([key, comment]) => {
    const type = 'ssh-ed25519'
    const field = (bytes: Uint8Array) => Buffer.concat([Buffer.from([0, 0, 0, bytes.length]), bytes])
    const data = Buffer.concat([field(Buffer.from(type)), field(key)]).toString('base64')
    return comment === null ? `${type} ${data}` : `${type} ${data} ${comment}`
  })

const ipv4 = fc.tuple(fc.integer({ min: 1, max: 223 }), fc.nat(255), fc.nat(255), fc.integer({ min: 1, max: 254 }))
const ipv6 = fc.ipV6().filter((address) => !address.includes('%'))
const subnets = fc.oneof(
  fc.tuple(ipv4, fc.integer({ min: 1, max: 32 })).map(([bytes, prefix]) => `${bytes.join('.')}/${prefix}`),
  fc.tuple(ipv6, fc.integer({ min: 1, max: 128 })).map(([address, prefix]) => `${address}/${prefix}`),
)
export const addresses = near(subnets)
export const gateways = near(
  fc.oneof(
    ipv4.map((bytes) => bytes.join('.')),
    ipv6,
    fc.constantFrom('', 'fe80::1', 'fe80::1%eth0'),
  ),
)
export const nameservers = near(
  fc.oneof(
    ipv4.map((bytes) => bytes.join('.')),
    ipv6,
    fc.constantFrom('9.9.9.9', '::1'),
  ),
)
const domain = fc.array(label, { minLength: 2, maxLength: 4 }).map((labels) => labels.join('.'))
export const searchDomains = near(fc.oneof(domain, fc.constantFrom('local', '~.', 'a..b')))
export const domains = near(domain)
const url = (scheme: fc.Arbitrary<string>) =>
  fc.tuple(scheme, domain, fc.option(fc.integer({ min: 1, max: 65_535 }))).map(([start, host, port]) => {
    return `${start}://${host}${port === null ? '' : `:${port}`}`
  })
export const proxies = near(url(fc.constantFrom('http', 'https')))
export const httpsAddresses = near(url(fc.constant('https')))
export const tokens = near(fc.stringMatching(/^[a-z0-9]{6}\.[a-z0-9]{16}$/))
export const caHashes = near(fc.stringMatching(/^sha256:[0-9a-f]{64}$/))
export const vlans = near(fc.integer({ min: 1, max: 4094 }).map(String))
/** Any text up to 32 bytes: what a neighbour's access point may be called. */
export const wifiNames = near(fc.oneof(fc.string({ unit: 'grapheme-ascii', maxLength: 32 }), hostileText))
export const pins = near(fc.stringMatching(/^[0-9a-z]{6,64}$/))
export const hashes = near(fc.stringMatching(/^\$6\$[./A-Za-z0-9]{8,16}\$[./A-Za-z0-9]{86}$/))
export const sizes = near(fc.integer({ min: 512, max: 4096 }).map((size) => `${size} MiB`))
export const languages = near(fc.constantFrom('en_US.UTF-8', 'de_DE.UTF-8', 'C.UTF-8'))
export const keyboards = near(fc.constantFrom('us', 'de-latin1', 'fr'))
export const timeZones = near(fc.constantFrom('UTC', 'Europe/Berlin', 'America/Argentina/Buenos_Aires'))
export const swaps = near(
  fc.oneof(
    fc.integer({ min: 512, max: 4096 }).map((size) => `${size} MiB`),
    fc.constantFrom('0', '4GiB', '1e9GiB', '9'.repeat(400)),
  ),
)
export const secrets = near(fc.string({ unit: 'grapheme-ascii', minLength: 8, maxLength: 80 }))
