import { expect, test } from 'vitest'
import { stepOrder, steps } from '../steps/order.ts'
import { parseStep } from '../steps/parse-step.ts'
import type { Drafts } from '../steps/step.ts'
import { formatProblems } from './format-problems.ts'
import { OPTIONAL_KEYS } from './optional-keys.ts'
import { readAnswers } from './read-answers.ts'
import { SECRET_KEYS, type SecretKey } from './secret-keys.ts'
import type { SecretSources } from './secret-sources.ts'

const file = (encryption: string, identity = 'password: long enough') => `version: 2
disk:
  layout: single-zfs
  devices: [/dev/disk/by-id/virtio-keystone-a]
encryption:
  unlock: passphrase
  ${encryption}
identity:
  hostName: primer
  userName: anna
  ${identity}
`
const SECRET = 'canary mulberry oxcart'
const noFile: SecretSources = { readSecretFile: async () => null }

async function read(text: string, sources: Partial<SecretSources> = {}) {
  const result = await readAnswers(text, 'a.yaml', { ...noFile, ...sources, skipsStrength: true })
  const codes = result.problems.map(({ code, path }) => `${path.join('.')}: ${code}`)
  expect(formatProblems(result.problems, 'a.yaml').replace(/canary:/g, '')).not.toContain('canary')
  return { codes, answers: result.answers }
}

test('a secret comes from the environment, by its name', async () => {
  const readVariable = (name: string) => (name === 'DISK' ? SECRET : null)
  const { answers } = await read(file('passphraseEnv: DISK'), { readVariable })
  expect(answers?.encryption.passphrase?.reveal()).toBe(SECRET)
  expect((await read(file('passphraseEnv: OTHER'), { readVariable })).codes).toEqual([
    'encryption.passphraseEnv: secret-variable-unset',
  ])
})

test('the secret itself, written where its name belongs, is refused and not shown', async () => {
  expect((await read(file(`passphraseEnv: ${SECRET}`))).codes).toEqual([
    'encryption.passphraseEnv: invalid-variable-name',
  ])
})

test('a secret is asked for, in words, and once for each key', async () => {
  const asked: string[] = []
  const askSecret = async ({ what, isNew }: SecretKey) => {
    asked.push(`${what}${isNew ? ', twice' : ''}`)
    return SECRET
  }
  const { answers } = await read(file('passphrasePrompt: true', 'passwordPrompt: true'), { askSecret })
  expect(asked).toEqual(['passphrase of the disks, twice', 'password of the admin, twice'])
  expect(answers?.identity.password?.reveal()).toBe(SECRET)
})

test('what was typed is judged at the key that asked for it', async () => {
  const { codes } = await read(file('passphrasePrompt: true'), { askSecret: async () => 'short' })
  expect(codes).toEqual(['encryption.passphrasePrompt: passphrase-too-short'])
})

test('where nobody can be asked, that is said', async () => {
  const { codes } = await read(file('passphrasePrompt: true'), { askSecret: async () => null })
  expect(codes).toEqual(['encryption.passphrasePrompt: secret-prompt-without-terminal'])
  expect((await read(file('passphrasePrompt: true'))).codes).toEqual(['encryption.passphrasePrompt: secret-is-asked'])
})

test.each([
  ['passphrase: x\n  passphraseEnv: DISK', 'encryption.passphraseEnv'],
  ['passphraseFile: p\n  passphraseEnv: DISK', 'encryption.passphraseEnv'],
  ['passphraseFile: p\n  passphrasePrompt: true', 'encryption.passphrasePrompt'],
])('exactly one way is given: %j', async (lines, path) => {
  expect((await read(file(lines))).codes).toEqual([`${path}: secret-given-twice`])
})

test('a password and its hash are ways to say the same', async () => {
  const hash = `$6$saltsalt$${'a'.repeat(86)}`
  const both = await read(file(`passphrase: ${SECRET}`, `passwordEnv: P\n  passwordHash: ${hash}`), {
    readVariable: () => SECRET,
  })
  expect(both.codes).toEqual(['identity.passwordHash: secret-given-twice'])
  const { answers } = await read(file(`passphrase: ${SECRET}`, 'passwordHashFile: h'), {
    readSecretFile: async () => `${hash}\n`,
  })
  expect([answers?.identity.password, answers?.identity.passwordHash?.reveal()]).toEqual([null, hash])
})

test('nobody is asked to type a hash', async () => {
  expect((await read(file(`passphrase: ${SECRET}`, 'passwordHashPrompt: true'))).codes).toContain(
    'identity.passwordHashPrompt: unknown-key',
  )
})

/** What the other keys of a section say when its secrets are used. */
const IN_USE: { readonly [Id in keyof Drafts]?: object } = {
  encryption: { unlock: 'tpm-pin' },
  network: { interface: 'wlp2s0', wifiName: 'attic' },
  identity: { hostName: 'primer', userName: 'anna' },
  cluster: { role: 'worker', server: 'https://primer.home:6443', caHash: `sha256:${'0'.repeat(64)}` },
}

test.each(stepOrder.filter((id) => SECRET_KEYS[id]))(
  'what stands in for the secrets of %s passes their rules',
  (id) => {
    const standIns = (SECRET_KEYS[id] ?? []).map(({ key, standIn }) => [key, standIn])
    expect(
      parseStep(steps[id], { ...OPTIONAL_KEYS[id], ...IN_USE[id], ...Object.fromEntries(standIns) }),
    ).toHaveProperty('value')
  },
)

test('no secret of a step is forgotten', () => {
  const looksSecret = (key: string) => /pass|secret|token|pin$/i.test(key)
  const found = stepOrder.flatMap((id) =>
    Object.keys(OPTIONAL_KEYS[id])
      .filter(looksSecret)
      .map((key) => `${id}.${key}`),
  )
  const known = stepOrder.flatMap((id) => (SECRET_KEYS[id] ?? []).map(({ key }) => `${id}.${key}`))
  expect(known.toSorted()).toEqual(found.toSorted())
})
