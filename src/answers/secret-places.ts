import { type Document, isMap, isNode, isScalar, isSeq } from 'yaml'
import { isPublic, publicWords, sectionNames } from './public-keys.ts'

/** From offset to offset (not included) in the text of an answer file: nothing of it may be shown. */
export type Hidden = { readonly from: number; readonly to: number }

/** Where a sound document holds what may be a secret: the values of all keys but those that are known to hold none. */
export function hiddenInDocument(document: Document): readonly Hidden[] {
  const hidden: Hidden[] = []
  const hide = (node: unknown) => {
    if (isNode(node) && node.range) hidden.push({ from: node.range[0], to: node.range[1] })
  }
  const walk = (node: unknown, path: readonly string[]) => {
    if (isMap(node)) {
      for (const { key, value } of node.items) {
        const inner = [...path, isScalar(key) ? String(key.value) : '']
        if (isPublic(inner)) walk(value, inner)
        else hide(value)
      }
    } else if (isSeq(node)) {
      for (const item of node.items) walk(item, path)
    } else if (isScalar(node) && (path.length === 0 || isTelling(path, String(node.value)))) hide(node)
  }
  walk(document.contents, [])
  return hidden
}

/** Their rules refuse an address with a password in it, and do not quote it. */
const ADDRESS_KEYS: readonly string[] = ['meshUrl', 'proxy', 'server']

/** A private key where a public one belongs, or an address with a password in it. */
function isTelling(path: readonly string[], text: string): boolean {
  if (/PRIVATE|:\/\/.*@/s.test(text)) return true
  // It may have been forgotten how an address begins.
  if (ADDRESS_KEYS.includes(path.at(-1) ?? '') && text.includes('@')) return true
  // A line out of the middle of a private key.
  return path.at(-1) === 'sshKeys' && text.length > 60 && /^[A-Za-z0-9+/=]+$/.test(text)
}

/** The same for text that is no YAML: line by line, and in doubt hidden. A value goes on where its line is not ended, as a
 *  quote that is open or lines that are indented more. */
export function hiddenInText(text: string): readonly Hidden[] {
  const words = publicWords()
  const heading = new RegExp(`^\\s*"?(${sectionNames().join('|')})"?:\\s*[{[]?\\s*$`)
  const hidden: Hidden[] = []
  /** The value that may go on: how far its key is indented, and the quote that would end it. */
  let secret: { readonly indent: number; readonly quote: string | null } | null = null
  let offset = 0
  for (const line of text.split('\n')) {
    const start = offset
    offset += line.length + 1
    const isHeading = heading.test(line)
    const parts: RegExpExecArray | null = /^(\s*(?:- )?["']?)([A-Za-z]\w*)(["']?:\s*)(.*)$/s.exec(line)
    const [, lead = '', key = '', colon = '', value = ''] = parts ?? []
    const indent: number = line.length - line.trimStart().length
    if (isHeading) {
      secret = null
      continue
    }
    const isWithin: boolean = secret !== null && (secret.quote !== null || indent > secret.indent || line.trim() === '')
    if (isWithin) {
      hidden.push({ from: start, to: offset - 1 })
      if (secret?.quote && line.includes(secret.quote)) secret = null
      continue
    }
    secret = null
    if (parts && words.has(key) && !isSuspect(key, value)) continue
    const isPlain = /^(\s*- \/dev\/disk\/[\w./:+@=-]+|[\s[\]{},]*|---|\.\.\.|%YAML [\d.]+|)\s*$/.test(line)
    if (isPlain) continue
    const valueAt = parts ? start + lead.length + key.length + colon.length : start + indent
    if (valueAt < offset - 1) hidden.push({ from: valueAt, to: offset - 1 })
    secret = { indent, quote: openQuote(value) }
  }
  return hidden
}

/** A line of known keys may still hold another key's value: in braces, or behind a quote that was never closed. */
function isSuspect(key: string, value: string): boolean {
  const inQuotes = /^"([^"'\\]*)",?\s*$|^'([^"'\\]*)',?\s*$/.exec(value)
  const text = inQuotes?.[1] ?? inQuotes?.[2] ?? value
  return (
    /[{}"'|>&*!]|: |pass|secret|token|pin\b|key/i.test(text) || isTelling(['sshKeys'], text) || isTelling([key], text)
  )
}

function openQuote(value: string): string | null {
  const quote = /^["']/.exec(value)?.[0]
  return quote !== undefined && value.indexOf(quote, 1) < 0 ? quote : null
}
