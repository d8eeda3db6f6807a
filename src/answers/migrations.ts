import { type Document, isMap, isScalar, isSeq, type Node, type Pair, Scalar, YAMLMap } from 'yaml'
import type { Problem } from '../model/problem.ts'
import { closestWord } from '../steps/closest-word.ts'
import { unknownKeyProblem, wrongTypeProblem } from '../steps/parse-step.ts'
import type { YamlProblem } from './yaml-problems.ts'

export const CURRENT_VERSION = 2

export type Migrated = {
  /** What the file says it is; null when it does not say, or not in a way that can be read. */
  readonly version: number | null
  /** False: nothing else of it can be judged. */
  readonly isReadable: boolean
  /** In the words of the file's own version, each with its place in it. */
  readonly problems: readonly YamlProblem[]
  /** Paths of the current version whose problems are told by `problems` already. */
  readonly told: readonly Problem['path'][]
  /** Paths of the current version -> as the file calls them. */
  readonly renamed: ReadonlyMap<string, Problem['path']>
}

/** Keys of version 1, by section. What is in no list was no key then. */
const KEYS_1: Readonly<Record<string, readonly string[]>> = {
  disk: ['layout', 'devices', 'swap'],
  encryption: ['passphrase', 'passphraseFile', 'tpmUnlock', 'recoveryKey'],
  network: ['interface', 'mode', 'address', 'gateway', 'nameservers'],
  identity: ['hostName', 'userName', 'password', 'passwordFile', 'sshKeys'],
  cluster: ['name', 'role'],
  confirm: ['erase'],
}

/** Of a key that only version 1 had, in a file that says it is newer: what has come in its place. */
export function withOldName(problem: Problem): Problem {
  const was = problem.code === 'unknown-key' ? GONE.get(problem.path.join('.')) : undefined
  return was === undefined ? problem : { ...problem, hint: was }
}

const GONE: ReadonlyMap<string, string> = new Map([
  ['encryption.tpmUnlock', 'version 2 says unlock: tpm or unlock: passphrase in its place'],
  ['confirm', 'version 2 says wipe: true at each disk that may be erased in its place'],
])

/** Brings a document to the current version, in place: what is kept keeps its place in the text, so that a later problem
 *  is still shown where the person wrote it, and its comments. The one place that knows older versions. */
export function migrate(document: Document): Migrated {
  const none = { told: [], renamed: new Map() }
  const root = document.contents
  const path = ['version']
  const pair = isMap(root) ? pairOf(root, 'version') : null
  if (!isMap(root) || !pair || plainValue(pair) === null) {
    const hint = `begin the file with version: ${CURRENT_VERSION}`
    const problem = { code: 'missing', path, message: 'is needed, but not given', hint }
    return { ...none, version: null, isReadable: true, problems: [{ problem, offset: startOf(pair?.key) }] }
  }
  const version = plainValue(pair)
  const offset = startOf(pair.value)
  if (typeof version !== 'number') {
    return {
      ...none,
      version: null,
      isReadable: true,
      problems: [
        {
          problem: { ...wrongTypeProblem(path, 'number', version), hint: `write version: ${CURRENT_VERSION}` },
          offset,
        },
      ],
    }
  }
  if (!Number.isInteger(version) || version < 1 || version > CURRENT_VERSION) {
    const message = `this Keystone reads answer files of version 1 and ${CURRENT_VERSION}, got ${version}`
    const hint = version > CURRENT_VERSION ? 'use a newer Keystone' : `take ${CURRENT_VERSION}`
    const problem = { code: 'unknown-version', path, message, hint }
    return { ...none, version, isReadable: false, problems: [{ problem, offset }] }
  }
  if (version === CURRENT_VERSION) return { ...none, version, isReadable: true, problems: [] }
  return { version, isReadable: true, ...from1(document, root) }
}

/** Version 2 has `encryption.unlock` in the place of `tpmUnlock`, and says `wipe: true` at each disk in the place of
 *  `confirm.erase`. Everything else means what it meant. */
function from1(document: Document, root: YAMLMap): Pick<Migrated, 'problems' | 'told' | 'renamed'> {
  const problems: YamlProblem[] = takeUnknown1(root)
  const told: Problem['path'][] = []
  const renamed = new Map([['encryption.unlock', ['encryption', 'tpmUnlock']]])
  const version = pairOf(root, 'version')
  if (isScalar(version?.value)) version.value = atPlaceOf(version.value, CURRENT_VERSION)

  const encryption = pairOf(root, 'encryption')
  if (isMap(encryption?.value)) {
    const found = tpmUnlockTo2(encryption.value, startOf(encryption.key))
    if (found) {
      problems.push(found)
      told.push(['encryption', 'unlock'])
    }
  }
  const confirm = pairOf(root, 'confirm')
  if (confirm) {
    // A key that was taken out was meant to be what is missing now.
    const isToldAlready = problems.some(({ problem }) => problem.path[0] === 'confirm')
    const found = confirmTo2(root, confirm)
    problems.push(...(isToldAlready ? [] : found))
    keepComments(document, confirm)
    root.items.splice(root.items.indexOf(confirm), 1)
  }
  return { problems, told, renamed }
}

function tpmUnlockTo2(encryption: YAMLMap, offsetOfSection: number): YamlProblem | null {
  const path = ['encryption', 'tpmUnlock']
  const pair = pairOf(encryption, 'tpmUnlock')
  // A second one is a problem that is told with the file's other mistakes.
  encryption.items = encryption.items.filter(
    ({ key }) => !isScalar(key) || key.value !== 'tpmUnlock' || key === pair?.key,
  )
  const value = pair && plainValue(pair)
  if (!pair || value === null) {
    const hint = 'true: unlock by the TPM2 at boot; false: always ask for the passphrase'
    const problem = { code: 'missing', path, message: 'is needed, but not given', hint }
    return { problem, offset: pair ? startOf(pair.key) : offsetOfSection }
  }
  if (typeof value !== 'boolean') {
    encryption.items.splice(encryption.items.indexOf(pair), 1)
    return { problem: wrongTypeProblem(path, 'boolean', value), offset: startOf(pair.value) }
  }
  if (isScalar(pair.key)) pair.key.value = 'unlock'
  if (isScalar(pair.value)) pair.value = atPlaceOf(pair.value, value ? 'tpm' : 'passphrase')
  return null
}

/** `wipe: true` for each disk, when the list is the one of disk.devices, in any order. */
function confirmTo2(root: YAMLMap, confirm: Pair): YamlProblem[] {
  const group = confirm.value
  if (group === null || (isScalar(group) && group.value === null)) return []
  const erase = isMap(group) ? pairOf(group, 'erase') : null
  if (!isMap(group) || !erase) {
    const problem = isMap(group)
      ? { code: 'missing', path: ['confirm', 'erase'], message: 'is needed, but not given', hint: 'a list of disks' }
      : wrongTypeProblem(['confirm'], 'object', plainValue(confirm))
    return [{ problem, offset: startOf(confirm.key) }]
  }
  const path = ['confirm', 'erase']
  if (!isSeq(erase.value)) {
    return [{ problem: wrongTypeProblem(path, 'array', plainValue(erase)), offset: startOf(erase.value) }]
  }
  const disk = pairOf(root, 'disk')
  const devices = isMap(disk?.value) ? pairOf(disk.value, 'devices')?.value : null
  if (!isSeq(devices) || !devices.items.every((item) => isScalar(item) && typeof item.value === 'string')) return []
  const names = (items: readonly unknown[]) => items.map((item) => String(isScalar(item) ? item.value : item)).sort()
  if (names(devices.items).join('\n') !== names(erase.value.items).join('\n')) {
    const message = 'confirm.erase must list exactly the disks of disk.devices'
    const hint = `to erase them, list ${names(devices.items).join(' and ')}`
    return [{ problem: { code: 'not-confirmed', path, message, hint }, offset: startOf(erase.key) }]
  }
  devices.items = devices.items.map((item) => confirmed(item as Scalar))
  return []
}

function confirmed(device: Scalar): YAMLMap {
  const map = new YAMLMap()
  map.set(new Scalar('id'), device)
  map.set(new Scalar('wipe'), new Scalar(true))
  map.range = device.range ?? null
  // Before the whole entry, not between `id:` and its value.
  map.commentBefore = device.commentBefore ?? null
  device.commentBefore = null
  return map
}

/** Nothing that a person wrote is dropped: what stood at a key that is gone goes to the end. */
function keepComments(document: Document, gone: Pair): void {
  const comments = commentsIn(gone)
  if (comments.length > 0) document.comment = [document.comment, ...comments].filter((text) => text).join('\n')
}

function commentsIn(node: unknown): string[] {
  if (node === null || typeof node !== 'object') return []
  if ('key' in node && 'value' in node) return [...commentsIn(node.key), ...commentsIn(node.value)]
  const { commentBefore, comment, items } = node as { commentBefore?: string; comment?: string; items?: unknown[] }
  return [commentBefore, ...(items ?? []).flatMap(commentsIn), comment].filter((text) => typeof text === 'string')
}

/** Takes the keys that version 1 did not have out, so that nobody judges them by the rules of today. */
function takeUnknown1(root: YAMLMap): YamlProblem[] {
  const problems: YamlProblem[] = []
  root.items = root.items.filter(({ key, value }) => {
    const section = isScalar(key) ? String(key.value) : ''
    // The names of sections are the reader's business, but this one is new.
    if (section === 'system') problems.push(newKey([section], startOf(key)))
    const keys = KEYS_1[section]
    if (keys && isMap(value)) {
      value.items = value.items.filter(({ key: inner }) => {
        const name = isScalar(inner) ? String(inner.value) : ''
        if (keys.includes(name)) return true
        problems.push(unknownKey1(section, name, keys, startOf(inner)))
        return false
      })
    }
    return section !== 'system'
  })
  return problems
}

function unknownKey1(section: string, name: string, keys: readonly string[], offset: number): YamlProblem {
  const isSlip = closestWord(name, keys) !== null
  if (isSlip || section === 'confirm') return { problem: unknownKeyProblem(name, [section], keys), offset }
  return newKey([section, name], offset)
}

function newKey(path: Problem['path'], offset: number): YamlProblem {
  const message = 'an answer file of version 1 has no such key'
  const hint = 'for what version 2 knows: keystone answers migrate rewrites the file'
  return { problem: { code: 'unknown-key', path, message, hint }, offset }
}

function pairOf(map: YAMLMap, name: string): Pair<unknown, unknown> | null {
  return map.items.find(({ key }) => isScalar(key) && key.value === name) ?? null
}

function plainValue({ value }: Pair<unknown, unknown>): unknown {
  if (isScalar(value)) return value.value
  return isMap(value) ? {} : isSeq(value) ? [] : null
}

/** A new value where the old one stands, with its comments. */
function atPlaceOf(old: Scalar, value: unknown): Scalar {
  const scalar = new Scalar(value)
  scalar.range = old.range ?? null
  scalar.comment = old.comment ?? null
  scalar.commentBefore = old.commentBefore ?? null
  return scalar
}

function startOf(node: unknown): number {
  return (node as Node | null | undefined)?.range?.[0] ?? 0
}
