import { expect, test } from 'vitest'
import { hardware } from '../../testing/machine.ts'
import { parseStep } from '../parse-step.ts'
import type { Drafts } from '../step.ts'
import { clusterStep } from './cluster.ts'
import { checkCaHash, checkDomain, checkMeshUrl, checkServer, checkToken } from './join-rules.ts'

const HASH = `sha256:${'0123456789abcdef'.repeat(4)}`
const first = clusterStep.defaults(hardware('one-nvme-uefi'))
const joining: Drafts['cluster'] = {
  ...first,
  role: 'worker',
  server: 'https://primer.home:6443',
  token: 'abcdef.0123456789abcdef',
  caHash: HASH,
}

test.each([
  ['', null],
  ['home.example.org', null],
  ['xn--bcher-kva.example', null],
  ['home', 'invalid-domain'],
  ['home.', 'invalid-domain'],
  ['Home.example', 'invalid-domain'],
  ['a_b.example', 'invalid-domain'],
  ['10.0.0.1', 'invalid-domain'],
  [`${'a.'.repeat(127)}example`, 'invalid-domain'],
])('the domain %j gives %s', (text, code) => {
  expect(checkDomain(text)?.code ?? null).toBe(code)
})

test.each([
  ['https://primer.home:6443', null],
  ['https://10.0.0.2:6443/', null],
  ['https://[fd00::2]:6443', null],
  ['', 'missing'],
  ['http://primer.home:6443', 'invalid-server'],
  ['primer.home:6443', 'invalid-server'],
  ['https://primer.home/api', 'invalid-server'],
  ['https://anna:secret@primer.home', 'invalid-server'],
  ['https://primer.home:99999', 'invalid-server'],
  ['https://primer.home $(id)', 'invalid-server'],
  ['https://PRIMER.home', 'invalid-server'],
])('the address %j gives %s', (text, code) => {
  expect(checkServer(text)?.code ?? null).toBe(code)
})

test.each([
  'https://anna:secret@primer.home',
  'http://anna:secret@primer.home',
  'https://anna:secret@primer.home/api',
  'https://anna:secret@primer home',
  'https://anna:secret@:99999',
  'anna:secret@primer.home',
])('the address %j is refused without quoting its password', (text) => {
  for (const check of [checkServer, checkMeshUrl]) {
    expect(check(text)?.message).toBe('the address holds no user name and no password')
    expect(JSON.stringify(check(text))).not.toContain('secret')
  }
})

test.each([
  ['', null],
  ['https://mesh.example.org', null],
  ['http://mesh.example.org', 'invalid-mesh-url'],
])('the mesh %j gives %s', (text, code) => {
  expect(checkMeshUrl(text)?.code ?? null).toBe(code)
})

test.each([
  ['abcdef.0123456789abcdef', null],
  ['', 'missing'],
  ['abcdef', 'invalid-token'],
  ['ABCDEF.0123456789ABCDEF', 'invalid-token'],
  ['abcdef.0123456789abcdef\n', 'invalid-token'],
])('the token %j gives %s, and is not quoted', (text, code) => {
  const finding = checkToken(text)
  expect(finding?.code ?? null).toBe(code)
  if (text !== '') expect(finding?.message ?? '').not.toContain(text.trim())
})

test.each([
  [HASH, null],
  ['', 'missing'],
  [HASH.slice(0, -1), 'invalid-ca-hash'],
  [HASH.replace('sha256:', ''), 'invalid-ca-hash'],
])('the CA hash %j gives %s', (text, code) => {
  expect(checkCaHash(text)?.code ?? null).toBe(code)
})

test('the first Primer joins nothing, whatever the fields for joining hold', () => {
  expect(parseStep(clusterStep, { ...joining, role: 'primer', token: 'nonsense' })).toEqual({
    value: { name: 'home', role: 'primer', domain: null, meshUrl: null, join: null },
  })
})

test('a machine that joins needs an address, a token and a hash', () => {
  const parsed = parseStep(clusterStep, { ...first, role: 'storage' })
  expect('problems' in parsed && parsed.problems.map(({ code, path }) => `${path.join('.')} ${code}`)).toEqual([
    'cluster.server missing',
    'cluster.token missing',
    'cluster.caHash missing',
  ])
})

test('the summary tells what it joins, and never the token', () => {
  const parsed = parseStep(clusterStep, {
    ...joining,
    domain: 'home.example.org',
    meshUrl: 'https://mesh.example.org/',
  })
  const summary = 'value' in parsed ? clusterStep.summary(parsed.value, hardware('one-nvme-uefi')) : []
  expect(summary).toEqual([
    { label: 'Cluster', value: 'home' },
    { label: 'Role', value: 'Worker' },
    { label: 'Joins', value: 'https://primer.home:6443' },
    { label: 'Domain', value: 'home.example.org' },
    { label: 'Mesh', value: 'https://mesh.example.org' },
  ])
})
