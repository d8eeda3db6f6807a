import { expect, test } from 'vitest'
import { hardware } from '../../testing/machine.ts'
import { parseStep } from '../parse-step.ts'
import { identityStep } from './identity.ts'
import { checkHostName, checkPassword, checkUserName } from './names.ts'
import { checkSshKey } from './ssh-key.ts'

const machine = hardware('one-nvme-uefi')
const ED25519 = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAICUwO0ZRXGdyfYiTnqm0v8rV4Ov2AQwXIi04Q05ZZG96'
const draft = {
  hostName: 'primer',
  userName: 'admin',
  password: 'canary-canary',
  passwordHash: '',
  sshKeys: [`${ED25519} anna@laptop`],
}

test.each([
  ['primer', null],
  ['a', null],
  ['7', null],
  ['node-1', null],
  ['x'.repeat(63), null],
  ['x'.repeat(64), 'invalid-hostname'],
  ['', 'missing'],
  ['primer.home', 'invalid-hostname'],
  ['.', 'invalid-hostname'],
  ['Primer', 'invalid-hostname'],
  ['-a', 'invalid-hostname'],
  ['a-', 'invalid-hostname'],
  ['a_b', 'invalid-hostname'],
  ['a b', 'invalid-hostname'],
  ['blåbær', 'invalid-hostname'],
  ['localhost', 'invalid-hostname'],
])('the host name %j gives %s', (text, code) => {
  expect(checkHostName(text)?.code ?? null).toBe(code)
})

test('a host name with a dot gets a hint only when the first part is sound', () => {
  expect(checkHostName('primer.home')?.hint).toBe('use primer')
  expect(checkHostName('Primer.home')?.hint).toBeUndefined()
})

test.each([
  ['admin', null],
  ['_svc', null],
  ['a-b_c9', null],
  ['x'.repeat(32), null],
  ['x'.repeat(33), 'invalid-user-name'],
  ['', 'missing'],
  ['Anna', 'invalid-user-name'],
  ['9lives', 'invalid-user-name'],
  ['a.b', 'invalid-user-name'],
  ['a:b', 'invalid-user-name'],
  ['a\n', 'invalid-user-name'],
  ['root', 'reserved-user-name'],
  ['etcd', 'reserved-user-name'],
  ['systemd-network', 'reserved-user-name'],
  ['nixbld1', 'reserved-user-name'],
])('the user name %j gives %s', (text, code) => {
  expect(checkUserName(text)?.code ?? null).toBe(code)
})

test.each([
  ['', 'missing'],
  ['seven77', 'password-too-short'],
  ['$6$rounds=5000$salt$cutoffhash', 'password-is-a-hash'],
  ['$y$j9T$salt$', 'password-is-a-hash'],
  ['$6 a goose$ costs', null],
  ['eight888', null],
  ['påskeæg!', null],
  ['x'.repeat(256), null],
  ['x'.repeat(257), 'password-too-long'],
  ['æ'.repeat(256), 'password-too-long'],
  ['with\ttab here', 'password-not-typable'],
  ['line end here\n', 'password-not-typable'],
])('the password %j gives %s', (text, code) => {
  expect(checkPassword(text)?.code ?? null).toBe(code)
})

// Keys made for this test; the private halves never existed.
test.each([
  ED25519,
  `${ED25519} anna@laptop`,
  `${ED25519} a comment with "quotes" and $signs`,
  `ssh-rsa ${wire('ssh-rsa', 3, 257)}`,
  `ecdsa-sha2-nistp256 ${wire('ecdsa-sha2-nistp256', 8, 65)}`,
  `sk-ssh-ed25519@openssh.com ${wire('sk-ssh-ed25519@openssh.com', 32, 4)} stick`,
])('accepts the SSH key %s', (text) => {
  expect(checkSshKey(text)).toBeNull()
})

test.each([
  ['', 'invalid-ssh-key'],
  ['anna@laptop', 'invalid-ssh-key'],
  ['ssh-dss AAAAB3NzaC1kc3M=', 'invalid-ssh-key'],
  ['ssh-ed25519', 'invalid-ssh-key'],
  ['ssh-ed25519 not*base64', 'invalid-ssh-key'],
  [ED25519.slice(0, -4), 'invalid-ssh-key'],
  [`ecdsa-sha2-nistp256 ${wire('ssh-rsa', 3, 257)}`, 'invalid-ssh-key'],
  [`ssh-rsa ${ED25519.split(' ')[1]}`, 'invalid-ssh-key'],
  [`ssh-ed25519 ${wire('ssh-ed25519', 31)}`, 'invalid-ssh-key'],
  [`${ED25519}\n${ED25519}`, 'invalid-ssh-key'],
  [` ${ED25519}`, 'invalid-ssh-key'],
  [`${ED25519} anna \ud800`, 'invalid-ssh-key'],
  [`${ED25519} \u202egnirts`, 'invalid-ssh-key'],
  [`command="id" ${ED25519}`, 'ssh-key-with-options'],
  ['-----BEGIN OPENSSH PRIVATE KEY-----', 'ssh-key-is-private'],
])('refuses the SSH key %j with %s', (text, code) => {
  expect(checkSshKey(text)?.code).toBe(code)
})

test('every cut of a key is noticed', () => {
  const rsa = `ssh-rsa ${wire('ssh-rsa', 3, 257)}`
  for (let cut = 1; cut < 300; cut++) expect(checkSshKey(rsa.slice(0, -4 * cut))).not.toBeNull()
  for (let length = 0; length < ED25519.length; length++) {
    expect(checkSshKey(ED25519.slice(0, length))).not.toBeNull()
  }
})

test('no message quotes a password or a key', () => {
  const bad = { ...draft, password: 'canary\n', sshKeys: ['canary canary', `canary ${ED25519}`, 'ssh-rsa canary'] }
  expect(JSON.stringify(parseStep(identityStep, bad))).not.toContain('canary')
})

test('a hash stands in for the password, and both at once are refused', () => {
  const hash = '$y$j9T$F5Jx5fExrKuPp53xLKQ..1$NZzFZezDfvwNfvJQpShjKY9w42oE28tdTweNgSyXnt0'
  const parsed = parseStep(identityStep, { ...draft, password: '', passwordHash: hash })
  expect('value' in parsed && [parsed.value.password, parsed.value.passwordHash?.reveal()]).toEqual([null, hash])
  const twice = parseStep(identityStep, { ...draft, passwordHash: hash })
  expect('problems' in twice && twice.problems.map(({ code }) => code)).toEqual(['secret-given-twice'])
})

test('the same key twice is pointed out', () => {
  const parsed = parseStep(identityStep, { ...draft, sshKeys: [ED25519, ED25519] })
  expect('problems' in parsed && parsed.problems).toEqual([
    { code: 'same-ssh-key-twice', path: ['identity', 'sshKeys', 1], message: 'this key is on the list already' },
  ])
})

test('the summary names keys by their comment, and says what having none means', () => {
  const summaryOf = (sshKeys: string[]) => {
    const parsed = parseStep(identityStep, { ...draft, sshKeys })
    return 'value' in parsed ? identityStep.summary(parsed.value, machine) : []
  }
  expect(summaryOf(draft.sshKeys).at(-1)).toEqual({
    label: 'SSH key',
    value: 'anna@laptop SHA256:jMtLbcm6rO027qTX3y5wqQfpU7jF2C0mTrXHNrnJ/zk',
  })
  expect(summaryOf([ED25519]).at(-1)).toEqual({
    label: 'SSH key',
    value: 'ssh-ed25519 SHA256:jMtLbcm6rO027qTX3y5wqQfpU7jF2C0mTrXHNrnJ/zk',
  })
  expect(summaryOf([]).at(-1)).toEqual({ label: 'SSH keys', value: 'none: login by ssh will not be possible' })
})

/** The base64 of an SSH wire string: the type, then fields of these lengths. */
function wire(type: string, ...lengths: number[]): string {
  const fields = [Buffer.from(type), ...lengths.map((length) => Buffer.alloc(length, 7))]
  const parts = fields.flatMap((field) => {
    const size = Buffer.alloc(4)
    size.writeUInt32BE(field.length)
    return [size, field]
  })
  return Buffer.concat(parts).toString('base64')
}
