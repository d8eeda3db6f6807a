import { checkDnsLabel } from '../dns-label.ts'
import { type FieldCheck, type Finding, quote } from '../field.ts'

/** Below which services get their names: `home.example.org`. At least two labels, as certificates are made for them. */
export const checkDomain: FieldCheck = (text) => {
  if (text === '') return null
  const wrong = (message: string): Finding => ({
    code: 'invalid-domain',
    message,
    hint: 'for example home.example.org',
  })
  if (text.length > 253) return wrong(`a domain has at most 253 characters, got ${text.length}`)
  const labels = text.split('.')
  if (labels.length < 2) return wrong(`a domain has at least one dot, got ${quote(text)}`)
  const bad = labels.map((label) => checkDnsLabel(label, 'each part of a domain', 'invalid-domain')).find(Boolean)
  if (bad) return wrong(labels.includes('') ? `a domain has no empty part, got ${quote(text)}` : bad.message)
  if (/^\d+$/.test(labels.at(-1) ?? '')) return wrong(`this is an IP address or no domain: ${quote(text)}`)
  return null
}

/** Where the mesh is coordinated (Headscale). */
export const checkMeshUrl: FieldCheck = (text) =>
  text === '' ? null : checkHttps(text, 'invalid-mesh-url', 'https://mesh.example.org')

export const checkServer: FieldCheck = (text) => {
  const example = 'https://primer.home:6443'
  if (text === '')
    return { code: 'missing', message: 'the address of the cluster is needed', hint: `for example ${example}` }
  return checkHttps(text, 'invalid-server', example)
}

function checkHttps(text: string, code: string, example: string): Finding | null {
  const wrong = (message: string): Finding => ({ code, message, hint: `for example ${example}` })
  // Before everything that quotes the text, whether it can be read as an address or not.
  if (text.includes('@')) return wrong('the address holds no user name and no password')
  const url = /^\S+$/.test(text) ? URL.parse(text) : null
  if (!url) return wrong(`this is no address: ${quote(text)}`)
  if (url.protocol !== 'https:') return wrong(`the address begins with https://, got ${quote(text)}`)
  if (url.pathname !== '/' || url.search !== '' || url.hash !== '') {
    return wrong(`the address is a host and perhaps a port, without anything behind it, got ${quote(text)}`)
  }
  // What the URL parser accepts, but would write otherwise (spaces, upper case), is better refused.
  if (!/^https:\/\/[a-z0-9.:[\]-]+\/?$/.test(text))
    return wrong(`a host name has only a-z, 0-9, dots and -, got ${quote(text)}`)
  return null
}

/** A Kubernetes bootstrap token. Never quoted in a message. Source: kubernetes.io, "Authenticating with Bootstrap Tokens" */
export const checkToken: FieldCheck = (text) => {
  const hint = 'on the first Primer, keystone shows it, such as abcdef.0123456789abcdef'
  if (text === '') return { code: 'missing', message: 'a join token is needed', hint }
  if (/^[a-z0-9]{6}\.[a-z0-9]{16}$/.test(text)) return null
  return {
    code: 'invalid-token',
    message: 'a join token is 6 and 16 letters a-z or digits with a dot in between',
    hint,
  }
}

export const checkCaHash: FieldCheck = (text) => {
  const hint = 'the first Primer shows it together with the token'
  if (text === '') return { code: 'missing', message: 'the hash of the CA of the cluster is needed', hint }
  if (/^sha256:[0-9a-f]{64}$/.test(text)) return null
  return { code: 'invalid-ca-hash', message: `it is sha256: and 64 digits 0-9 a-f, got ${quote(text)}`, hint }
}
