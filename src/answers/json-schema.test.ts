import { readdirSync, readFileSync } from 'node:fs'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { answersJsonSchema } from './json-schema.ts'
import { migrateText } from './migrate-text.ts'

const schema = answersJsonSchema()
const validate = new Ajv2020({ allErrors: true, allowUnionTypes: true, strict: true, strictRequired: false }).compile(
  schema,
)
const isValid = (content: unknown): boolean => validate(content)

const CASES = new URL('../testing/cases/', import.meta.url)
const names = readdirSync(CASES)
const hasError = (name: string) => readdirSync(new URL(`${name}/`, CASES)).includes('error.txt')
const textOf = (name: string) => readFileSync(new URL(`${name}/answers.yaml`, CASES), 'utf8')
const currentOf = (name: string) => {
  const migrated = migrateText(textOf(name), 'answers.yaml')
  return 'text' in migrated ? migrated.text : ''
}

test('is a JSON Schema of draft 2020-12 that a strict validator takes', () => {
  expect(schema.$schema).toBe('https://json-schema.org/draft/2020-12/schema')
  expect(validate.errors ?? null).toBeNull()
})

describe('takes every good example', () => {
  test.each(names.filter((name) => !hasError(name)))('%s', (name) => {
    const ok = isValid(parse(currentOf(name)))
    expect(validate.errors ?? []).toEqual([])
    expect(ok).toBe(true)
  })
})

/** The bad examples whose mistake lies in one key's kind, choice or presence: what a schema knows while one types. */
const KNOWN = [
  'bond-mode-unknown',
  'data-layout-unknown',
  'device-by-kernel-name',
  'disk-entry-is-number',
  'everything-by-wrong-kinds',
  'filter-and-id',
  'filter-count-zero',
  'filter-is-text',
  'filter-key-misspelt',
  'filter-key-unknown',
  'filter-keys-without-match',
  'filter-neither-id-nor-match',
  'filter-type-unknown',
  'join-without-token',
  'keyboard-unknown',
  'language-nearly',
  'language-unknown',
  'layout-unknown',
  'password-and-hash',
  'pin-is-number',
  'pin-left-out',
  'role-unknown',
  'secret-file-is-list',
  'secret-given-twice',
  'secret-key-misspelt',
  'secret-prompt-is-false',
  'secret-variable-with-dollar',
  'section-is-a-list',
  'section-is-text',
  'section-misspelt',
  'ssh-keys-as-text',
  'unlock-left-out',
  'unlock-unknown',
  'version-2-with-keys-of-1',
  'version-as-text',
  'version-fraction',
  'version-left-out',
  'version-zero',
  'wipe-is-yes',
  'yaml-list-at-the-top',
  'yaml-no-is-text',
  'yaml-null-name',
  'yaml-octal-looking-name',
]

describe('refuses what it can know', () => {
  test.each(KNOWN)('%s', (name) => {
    expect(hasError(name)).toBe(true)
    expect(isValid(parse(textOf(name)))).toBe(false)
  })
})

test('a file may say where its schema is, and says no other new key', () => {
  const answers = parse(currentOf('raidz2-all-vdevs'))
  expect(isValid({ $schema: './answers.schema.json', ...answers })).toBe(true)
  expect(isValid({ $schema: 2, ...answers })).toBe(false)
  expect(isValid({ $id: 'x', ...answers })).toBe(false)
})

test('a secret without a value is none', () => {
  const answers = parse(currentOf('raidz2-all-vdevs'))
  expect(isValid({ ...answers, encryption: { ...answers.encryption, passphrase: null } })).toBe(false)
  expect(isValid({ ...answers, encryption: { unlock: 'none', passphrase: null } })).toBe(true)
})

test('an editor can complete names that are on a list', () => {
  const { system } = schema.properties as unknown as Record<
    string,
    typeof schema & { properties: Record<string, typeof schema> }
  >
  expect(system?.properties.keyboard?.enum).toContain('de-latin1')
  expect(system?.properties.language?.enum).toContain('de_DE.UTF-8')
  expect(system?.properties.timeZone?.examples).toContain('Europe/Berlin')
  expect(system?.title).toBe('System')
})

test('an editor can say of every key what it is', () => {
  expect(schema.required).toEqual(['version', 'disk', 'encryption', 'identity'])
  const properties = schema.properties as Record<string, { properties: Record<string, { description?: string }> }>
  for (const [section, { properties: keys = {} }] of Object.entries(properties)) {
    for (const [key, field] of Object.entries(keys)) expect([section, key, field.description]).not.toContain(undefined)
  }
})
