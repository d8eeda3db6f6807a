import { expect, test } from 'vitest'
import { catalogue } from './catalogue.ts'
import { diagnose } from './diagnose.ts'
import { diskoStep, failureOf, NO_FACTS } from './entry.ts'

test.each(catalogue.map((entry) => [entry.code, entry] as const))('%s: its example leads to it', (code, entry) => {
  const { signature, facts } = entry.example
  const diagnosis = diagnose(signature, facts)
  expect(diagnosis).toMatchObject({ code, waysOn: entry.waysOn })
  // A cause is one sentence, in the form of all our messages; a remedy is something to do.
  expect(diagnosis?.cause).toMatch(/^([a-z/]|ZFS ).{20,220}[^.\s]$/)
  expect(diagnosis?.remedy.length).toBeGreaterThan(0)
  for (const step of diagnosis?.remedy ?? []) expect(step).toMatch(/^[a-z].{8,150}[^.\s]$/)
  expect(entry.title).toMatch(/^[A-Z/].*[^.]$/)
  expect(entry.waysOn).toEqual(expect.arrayContaining(['shell', 'bundle', 'power-off']))
})

test('no code stands for two entries', () => {
  const codes = catalogue.map(({ code }) => code)
  expect(codes.filter((code, index) => codes.indexOf(code) !== index)).toEqual([])
})

test('knows every failure of the table of injected faults that ends with exit code 4', () => {
  const codes = catalogue.map(({ code }) => code)
  expect(codes).toEqual(
    expect.arrayContaining([
      ...['disk-gone', 'disk-write-error', 'disk-read-error', 'target-full', 'disk-smaller-than-it-says'],
      ...['target-busy', 'mapping-busy', 'tpm-gone', 'tpm-locked', 'network-lost', 'dns-dead', 'cache-wrong'],
      ...['tmp-full', 'out-of-memory', 'nix-error', 'boot-loader-failed'],
      ...['efi-variables-read-only', 'efi-variables-full', 'module-missing', 'clock-wrong'],
    ]),
  )
})

test('facts that nobody knows lead to no cause that needs them', () => {
  for (const { code, example } of catalogue.filter(({ example }) => example.facts !== NO_FACTS)) {
    const without = diagnose(example.signature, NO_FACTS)?.code
    // Some of them are told by the signature too; these only say less then.
    const isToldAnyway = [
      'mapping-busy',
      'target-busy',
      'cache-wrong',
      'download-failed',
      'boot-loader-failed',
      'tpm-refused',
    ]
    if (!isToldAnyway.includes(code)) expect([code, without]).not.toEqual([code, code])
  }
})

test('a failure of nothing that is known has no cause', () => {
  expect(diagnose(failureOf({ task: 'finish' }), NO_FACTS)).toBeNull()
  expect(diagnose(failureOf({ task: 'passwords', program: 'mkpasswd', exitCode: 1 }), NO_FACTS)).toBeNull()
})

test('what preflight found has its own words: a full /tmp or a pool with errors is not put in their place', () => {
  const found = failureOf({ task: 'preflight', problems: ['not-root'] })
  const facts = {
    ...NO_FACTS,
    freeBytes: { temporary: 0, target: 0, runtime: 0 },
    oomKills: 3,
    hasLink: false,
    clockIsBeforeBuild: true,
    efiVariables: 'read-only',
    pools: [{ name: 'tank', state: 'ONLINE', readErrors: 1, writeErrors: 1 }],
    brokenMounts: ['/mnt'],
    users: [{ pid: 1, name: 'a', path: '/mnt' }],
    missingModules: ['zfs'],
  } as const
  expect(diagnose(found, facts)).toBeNull()
})

test('a mistake in the configuration is not blamed on a machine without a network', () => {
  const offline = { ...NO_FACTS, hasLink: false, hasRoute: false, nameLookup: 'no-answer' } as const
  const evaluation = failureOf({ task: 'build', program: 'nix', action: 'build', exitCode: 1 })
  expect(diagnose(evaluation, offline)?.code).toBe('nix-error')
})

test('content that came and was wrong is told before a name server that is silent, and so is a build that failed', () => {
  const silent = { ...NO_FACTS, hasLink: true, hasRoute: true, nameLookup: 'no-answer' } as const
  const nix = { fetching: ['a'], building: ['b'], corruptedPath: null, untrustedPath: 'a', position: null }
  const build = failureOf({ task: 'build', program: 'nix', action: 'build', exitCode: 1, nix })
  expect(diagnose(build, silent)?.code).toBe('cache-wrong')
  expect(diagnose({ ...build, nix: { ...nix, untrustedPath: null } }, silent)?.code).toBe('dns-dead')
  expect(diagnose({ ...build, exitCode: 100, nix: { ...nix, untrustedPath: null } }, silent)?.code).toBe('build-failed')
})

test('a path that came whole and was refused is the fault of the cache, unless the network went at that moment', () => {
  const nix = { fetching: ['a'], building: [], corruptedPath: null, untrustedPath: null, position: null }
  const build = failureOf({
    task: 'build',
    program: 'nix',
    action: 'build',
    exitCode: 1,
    nix: { ...nix, refusedPath: 'a' },
  })
  expect(diagnose(build, { ...NO_FACTS, hasLink: true, hasRoute: true })).toMatchObject({
    code: 'cache-wrong',
    cause: 'a came from the cache with other content than it should have; it was not used',
  })
  expect(diagnose(build, { ...NO_FACTS, hasLink: false, hasRoute: true })?.code).toBe('network-lost')
})

test('a pool that lost a disk and works on is not why nix failed', () => {
  const pools = [{ name: 'rpool', state: 'DEGRADED', readErrors: 2, writeErrors: 40 }]
  const evaluation = failureOf({ task: 'build', program: 'nix', action: 'build', exitCode: 1 })
  expect(diagnose(evaluation, { ...NO_FACTS, pools })?.code).toBe('nix-error')
})

test("a program that disko's script did not find is named", () => {
  const missing = diskoStep('zvol_wait', null, 127)
  expect(diagnose(missing, NO_FACTS)).toMatchObject({
    code: 'program-missing',
    cause: 'the program zvol_wait is not on this system',
  })
})

test('a program that crashed was not ended by anybody', () => {
  const crash = failureOf({ task: 'build', program: 'nix', action: 'build', signal: 'SIGSEGV' })
  expect(diagnose(crash, NO_FACTS)?.cause).toBe('the program nix crashed (SIGSEGV)')
  expect(diagnose({ ...crash, signal: 'SIGTERM' }, NO_FACTS)?.cause).toBe(
    'the program nix was ended from outside, by the signal SIGTERM',
  )
})

test('what stands first in the remedy is what the failure page has chosen already', () => {
  const first = Object.fromEntries(catalogue.map(({ code, waysOn }) => [code, waysOn[0]]))
  expect(first).toMatchObject({
    ...{ 'disk-gone': 'retry', 'target-full': 'answers', 'disk-smaller-than-it-says': 'answers' },
    ...{ 'clock-wrong': 'shell', 'tmp-full': 'shell', 'target-busy': 'shell', 'efi-variables-read-only': 'shell' },
    ...{ 'tpm-gone': 'power-off', 'module-missing': 'power-off', 'layout-not-understood': 'bundle' },
  })
})

test('names the process that keeps a mount, and how to end it', () => {
  const users = [{ pid: 4711, name: 'sleep', path: '/mnt/nix' }]
  const unmount = failureOf({ task: 'unmount', program: 'umount', action: '/mnt', exitCode: 32 })
  const { cause, remedy } = diagnose(unmount, { ...NO_FACTS, users }) ?? { cause: '', remedy: [] }
  expect(cause).toBe(
    'the file systems of the target cannot be unmounted: they are used by sleep (process 4711) in /mnt/nix',
  )
  expect(remedy).toContain('end it: kill 4711; where it stays: kill -9 4711')
})

test('a passphrase that is tried before a program needs it is known by its problem', () => {
  const found = failureOf({ task: 'partition', problems: ['passphrase-refused'] })
  expect(diagnose(found, NO_FACTS)).toMatchObject({
    code: 'passphrase-refused',
    waysOn: ['retry', 'answers', 'shell', 'bundle', 'power-off'],
  })
  expect(diagnose({ ...found, problems: ['passphrase-wrong'] }, NO_FACTS)?.code).not.toBe('passphrase-refused')
})
