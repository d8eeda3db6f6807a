import type { StepId } from '../model/answers.ts'
import { closestWord } from '../steps/closest-word.ts'
import { DISK_LISTS } from '../steps/disk/disk-rules.ts'
import { stepOrder, steps } from '../steps/order.ts'
import { fieldDescriptions } from '../steps/parse-step.ts'
import { idEntrySchema, matchEntrySchema } from './disk-entries.ts'
import { referenceNames, SECRET_KEYS } from './secret-keys.ts'
import { SCHEMA_KEY } from './yaml-problems.ts'

/** What older versions called something that is no secret either. */
const OLDER: Readonly<Record<string, readonly string[]>> = { encryption: ['tpmUnlock'], confirm: ['erase'] }

const SECTIONS: readonly string[] = [...stepOrder, 'confirm']

/** Whether the value under this path of keys may be shown: only keys that are known, and known to be no secret. What is
 *  misspelt may be a secret under a wrong name. Positions in lists are left out of the path. */
export function isPublic(path: readonly string[]): boolean {
  const [section, key, ...inner] = path
  if (section === 'version' || section === SCHEMA_KEY) return path.length === 1
  if (section === undefined || !SECTIONS.includes(section)) return false
  if (key === undefined) return true
  if (!meansPublicKey(section, key)) return false
  if (inner.length === 0) return true
  const isDiskEntry = section === 'disk' && DISK_LISTS.some((list) => list === key)
  return isDiskEntry && inner.every((name) => closestWord(name, entryKeys()) !== null)
}

/** A slip of the finger is taken for the key that is nearest, and hidden when that is a secret. */
function meansPublicKey(section: string, key: string): boolean {
  const secrets = [
    ...(SECRET_KEYS[section as StepId] ?? []).map((secret) => secret.key),
    ...referenceNames(section as StepId),
  ]
  const meant = closestWord(key, [...secrets, ...sectionKeys(section)])
  return meant !== null && !secrets.includes(meant)
}

/** Every key that is public somewhere, for text that is no YAML and so has no path. */
export function publicWords(): ReadonlySet<string> {
  return new Set([
    'version',
    ...SECTIONS.flatMap((section) => sectionKeys(section).filter((key) => !isSecretKey(section, key))),
    ...entryKeys(),
  ])
}

export function sectionNames(): readonly string[] {
  return SECTIONS
}

function sectionKeys(section: string): readonly string[] {
  const step = steps[section as StepId]
  return [...(step ? fieldDescriptions(step.schema).keys() : []), ...(OLDER[section] ?? [])]
}

function isSecretKey(section: string, key: string): boolean {
  return SECRET_KEYS[section as StepId]?.some((secret) => secret.key === key) ?? false
}

function entryKeys(): readonly string[] {
  const match = matchEntrySchema.shape
  return [...Object.keys(idEntrySchema.shape), ...Object.keys(match), ...Object.keys(match.match.shape)]
}
