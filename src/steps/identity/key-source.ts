import { type Finding, quote } from '../field.ts'
import { checkSshKey } from './ssh-key.ts'

/** Where keys can be taken from, besides being typed. */
export type KeySource =
  | { readonly kind: 'file'; readonly path: string }
  /** Always https: who can change the answer on its way could log in later. */
  | { readonly kind: 'url'; readonly url: string; readonly name: string }

/** GitHub: 1 to 39 letters, digits and single hyphens, none at an end. */
const GITHUB_USER = /^[A-Za-z0-9](?:-?[A-Za-z0-9]){0,38}$/

/** What a person typed into the field for keys: a source, a finding about one that is meant but wrong, or null: a key. */
export function keySourceOf(text: string): KeySource | { readonly finding: Finding } | null {
  const word = text.trim()
  if (word.startsWith('/') || word.startsWith('~/')) return { kind: 'file', path: word.replace(/^~(?=\/)/, '/root') }
  const [, user] = /^(?:github:|gh:|@)(.*)$/.exec(word) ?? []
  if (user !== undefined) {
    if (user.length <= 39 && GITHUB_USER.test(user))
      return { kind: 'url', url: `https://github.com/${user}.keys`, name: `github:${user}` }
    return wrong(`GitHub has no user names like ${quote(user)}`, 'for example github:anna')
  }
  if (/^http:/i.test(word)) return wrong('keys are fetched by https only, got http', 'write https://…')
  if (!/^https:/i.test(word)) return null
  const url = URL.parse(word)
  if (!url || url.hostname === '')
    return wrong(`this is no address: ${quote(word)}`, 'for example https://example.org/anna.keys')
  if (url.username !== '' || url.password !== '')
    return wrong('the address holds a user name or a password', 'leave it out')
  return { kind: 'url', url: url.href, name: url.href }
}

function wrong(message: string, hint: string) {
  return { finding: { code: 'invalid-key-source', message, hint } }
}

export type FoundKeys = {
  readonly keys: readonly string[]
  /** How many lines were no key we take, and why the first of them was not. */
  readonly refusedCount: number
  readonly firstRefusal: Finding | null
}

/** The keys in a text of one key a line (`~/.ssh/id_ed25519.pub`, authorized_keys, what GitHub serves). Each once. */
export function keysIn(text: string): FoundKeys {
  const lines = text.split(/\r\n|\r|\n/).map((line) => line.trim())
  const meant = lines.filter((line) => line !== '' && !line.startsWith('#'))
  const refusals = meant.map((line) => checkSshKey(line)).filter((finding) => finding !== null)
  return {
    keys: [...new Set(meant.filter((line) => checkSshKey(line) === null))],
    refusedCount: refusals.length,
    firstRefusal: refusals[0] ?? null,
  }
}
