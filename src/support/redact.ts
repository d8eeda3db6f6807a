import { SECRET_KEYS } from '../answers/secret-keys.ts'
import { Secret } from '../model/secret.ts'

const HIDDEN = '***'

/** Fields whose text is a secret, wherever they stand: those of the answer file, and their names inside. */
const SECRET_FIELDS: readonly string[] = [
  ...Object.values(SECRET_KEYS).flatMap((keys) => keys.map(({ key }) => key)),
  ...['recoveryKey', 'joinToken', 'psk', 'privateKey', 'authorization'],
]
const FIELD = SECRET_FIELDS.join('|')
const MODHEX = '[cbdefghijklnrtuv]'

/** Secrets by what they look like, for texts that nobody has typed. */
const SHAPES: readonly (readonly [RegExp, string])[] = [
  [/-----BEGIN ([A-Z ]*PRIVATE KEY)-----[\s\S]*?(?:-----END \1-----|$)/g, HIDDEN],
  // A hashed password. Source: crypt(5).
  [/\$(?:y|gy|7|2[abxy]?|6|5|sm3|sm3-yescrypt|sha1|md5|1)\$[./A-Za-z0-9$,=+-]{8,}/g, HIDDEN],
  // A recovery key of systemd.
  [new RegExp(`(?<![A-Za-z])(?:${MODHEX}{8}-){7}${MODHEX}{8}(?![A-Za-z])`, 'g'), HIDDEN],
  // A token to join a cluster. Source: Kubernetes, bootstrap tokens.
  [/(?<![\w.])[a-z0-9]{6}\.[a-z0-9]{16}(?![\w.])/g, HIDDEN],
  // A name and a password in an address.
  [/(?<=:\/\/)[^\s/@:]+:[^\s/@]+(?=@)/g, HIDDEN],
  [new RegExp(`("(?:${FIELD})"\\s*:\\s*")(?:[^"\\\\]|\\\\.)*(?=")`, 'gi'), `$1${HIDDEN}`],
  // A line of YAML, or of an environment.
  [new RegExp(`^([ \\t-]*(?:${FIELD})\\s*:[ \\t]+)(?!true$|false$|null$)\\S.*$`, 'gim'), `$1${HIDDEN}`],
  [/\b(psk\w*\s*=\s*)\S.*$/gim, `$1${HIDDEN}`],
]

/** A text without secrets. `hide` replaces the values that are known as secrets. */
export function redactText(text: string, hide: (text: string) => string): string {
  return SHAPES.reduce((hidden, [shape, by]) => hidden.replace(shape, by), hide(text))
}

/** A value without secrets, ready for JSON: by type, by the name of the field, and each text as redactText does. Numbers and
 *  flags stay as they are: no secret is one. */
export function redactJson(value: unknown, hide: (text: string) => string): unknown {
  if (value instanceof Secret || value instanceof Uint8Array) return HIDDEN
  if (typeof value === 'string') return redactText(value, hide)
  if (Array.isArray(value)) return value.map((item) => redactJson(item, hide))
  if (value instanceof Map) return redactJson(Object.fromEntries(value), hide)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value).map(([key, field]) => [
      redactText(key, hide),
      isSecretField(key) && isGiven(field) ? HIDDEN : redactJson(field, hide),
    ]),
  )
}

function isSecretField(key: string): boolean {
  return SECRET_FIELDS.some((name) => name.toLowerCase() === key.toLowerCase())
}

/** `recoveryKey: true` in a plan says that there shall be one. */
function isGiven(value: unknown): boolean {
  return value !== null && value !== undefined && typeof value !== 'boolean' && value !== ''
}
