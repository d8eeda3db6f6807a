import { expect, test } from 'vitest'
import { CommandError, UserError } from '../system/errors.ts'
import { failureOf } from './entry.ts'
import { signatureOf } from './signature.ts'

const command = (given: Partial<ConstructorParameters<typeof CommandError>[0]>) =>
  new CommandError({ program: 'disko', line: '', exitCode: 1, lastLines: [], ...given })

test('a program: what it was for, how it ended', () => {
  const error = command({ program: 'cryptsetup', args: ['-q', 'luksFormat', '/dev/vdb3'], exitCode: 2 })
  expect(signatureOf('partition', error)).toEqual(
    failureOf({ task: 'partition', program: 'cryptsetup', action: 'luksFormat', exitCode: 2 }),
  )
})

test('disko: the step of its script that failed', () => {
  const traced = ['/nix/store/x/bin/zpool', 'create', '-f', 'rpool']
  const error = command({ args: ['--mode', 'mount'], exitCode: 1, traced })
  expect(signatureOf('partition', error)).toMatchObject({
    program: 'disko',
    action: 'mount',
    exitCode: 1,
    inner: { program: 'zpool', action: 'create' },
  })
  expect(signatureOf('build', command({ program: 'nix', traced })).inner).toBeNull()
})

test('an error around another keeps what the inner one knew', () => {
  const inner = command({ program: 'nix', args: ['build', '--store'], exitCode: null, signal: 'SIGKILL' })
  const nix = { fetching: ['a'], building: [], corruptedPath: null, untrustedPath: null, position: null }
  const outer = command({ program: 'nix', exitCode: null, nix, cause: inner })
  expect(signatureOf('build', outer)).toEqual(
    failureOf({ task: 'build', program: 'nix', action: 'build', signal: 'SIGKILL', nix }),
  )
})

test('problems by their codes, system calls by their errno, a missing program as ENOENT', () => {
  const problems = [{ code: 'disk-gone', path: [], message: 'm' }]
  expect(signatureOf('preflight', new UserError('x', { problems })).problems).toEqual(['disk-gone'])
  const full = Object.assign(new Error('ENOSPC: no space'), { code: 'ENOSPC', syscall: 'write' })
  expect(signatureOf('copy-log', new Error('around', { cause: full }))).toEqual(
    failureOf({ task: 'copy-log', errno: 'ENOSPC' }),
  )
  expect(signatureOf('build', command({ program: 'nix', exitCode: null, isMissing: true })).errno).toBe('ENOENT')
  expect(signatureOf('build', 'a text')).toEqual(failureOf({ task: 'build' }))
})
