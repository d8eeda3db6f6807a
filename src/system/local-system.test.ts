import { mkdtempSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { Secret } from '../model/secret.ts'
import { Cancelled, CommandError } from './errors.ts'
import { createLocalSystem } from './local-system.ts'
import { createLog } from './log.ts'
import type { Program } from './programs.ts'
import { runCommand } from './run-command.ts'

// Real small programs; none of them is one of ours, hence the one cast.
const program = (name: string) => name as Program
const sh = (script: string) => [program('sh'), ['-c', script]] as const

function system(environment: Record<string, string> = {}) {
  const log = createLog({ append: () => {} })
  return { log, ...createLocalSystem({ log, environment, killDelayMs: 100 }) }
}
const folder = () => mkdtempSync(join(tmpdir(), 'keystone-system-'))

test('gives a secret to stdin, closes it, and keeps it out of the log even when the program echoes it', async () => {
  const { run, log } = system()
  const result = await run(program('cat'), [], { stdin: new Secret('correct horse') })
  expect(result).toEqual({ exitCode: 0, stdout: 'correct horse', stderr: '' })
  expect(log.tail().join('\n')).not.toContain('horse')
  expect(log.tail()).toContain('  ***')
})

test('without stdin a program finds end of file and does not wait', async () => {
  expect((await system().query(program('cat'), [])).stdout).toBe('')
})

test('a program gets the place of its credentials only when it has some', async () => {
  const show = sh('printenv CREDENTIALS_DIRECTORY || echo none')
  const local = system({ CREDENTIALS_DIRECTORY: '/from/somewhere/else' })
  expect((await local.query(...show)).stdout).toBe('none\n')
  const options = { credentialsDirectory: '/run/keystone/credentials' }
  expect((await local.query(...show, options)).stdout).toBe('/run/keystone/credentials\n')
})

test('a program gets the proxy that it is to download by, in place of the one of the live system, and no other does', async () => {
  const show = sh('echo "$http_proxy $https_proxy $no_proxy"')
  const local = system({ http_proxy: 'http://live:1', https_proxy: 'http://live:2', no_proxy: 'live' })
  const proxy = 'http://proxy.example:3128'
  expect((await local.run(...show, { proxy })).stdout).toBe(`${proxy} ${proxy} localhost,127.0.0.1,::1\n`)
  expect(local.log.tail()).toContain(`  by the proxy ${proxy}: sh`)
  expect((await local.run(...show, { proxy: null })).stdout).toBe('http://live:1 http://live:2 live\n')
  expect((await local.run(...show)).stdout).toBe('http://live:1 http://live:2 live\n')
})

test('a program that does not read its stdin is no error', async () => {
  expect(await system().run(program('true'), [], { stdin: 'x'.repeat(2 ** 20) })).toMatchObject({ exitCode: 0 })
})

test('a program that ignores the request to stop is stopped, and what holds its output with it', async () => {
  const cancel = new AbortController()
  const onLine = () => cancel.abort()
  const running = system().run(...sh("trap '' TERM; echo up; while :; do sleep 1; done"), {
    signal: cancel.signal,
    onLine,
  })
  await expect(running).rejects.toBeInstanceOf(Cancelled)
})

test('a wrong exit code throws with the program, the line and the last 20 lines', async () => {
  const failure = system().run(...sh('for i in $(seq 30); do echo line $i; done; echo broken >&2; exit 3'))
  const error = await failure.catch((caught) => caught)
  expect(error).toBeInstanceOf(CommandError)
  expect(error).toMatchObject({ program: 'sh', exitCode: 3, isMissing: false, message: 'sh failed with exit code 3' })
  expect(error.lastLines).toHaveLength(20)
  expect(error.lastLines.at(-1)).toBe('broken')
  expect(error.lastLines.at(0)).toBe('line 12')
})

test('an exit code that is expected is a result', async () => {
  expect(await system().query(program('false'), [], { okExitCodes: [0, 1] })).toMatchObject({ exitCode: 1 })
})

test('a program that is not installed is told from one that failed', async () => {
  const error = await system()
    .query(program('keystone-no-such-program'), [])
    .catch((caught) => caught)
  expect(error).toMatchObject({ name: 'CommandError', isMissing: true, exitCode: null })
})

test('delivers each line while the program still runs', async () => {
  const cancel = new AbortController()
  const seen: string[] = []
  // It would run for a minute: only a line that arrives early can end it.
  const running = system().run(...sh('echo out; echo err >&2; sleep 60'), {
    signal: cancel.signal,
    onLine: (line, stream) => {
      seen.push(`${stream} ${line}`)
      if (seen.length === 2) cancel.abort()
    },
  })
  await expect(running).rejects.toBeInstanceOf(Cancelled)
  expect(seen.sort()).toEqual(['stderr err', 'stdout out'])
})

test('a cancel ends what the program started too', async () => {
  const cancel = new AbortController()
  let child = 0
  const running = system().run(...sh('sleep 60 & echo $!; wait'), {
    signal: cancel.signal,
    onLine: (line) => {
      child = Number(line)
      cancel.abort()
    },
  })
  await expect(running).rejects.toBeInstanceOf(Cancelled)
  // Reparented and reaped by init, or still a zombie: in both cases it no longer sleeps.
  const hasEnded = () => {
    try {
      return ['Z', 'X'].includes(readFileSync(`/proc/${child}/stat`, 'utf8').split(' ')[2] ?? '')
    } catch {
      return true
    }
  }
  await expect.poll(hasEnded).toBe(true)
})

test('starts nothing when it was cancelled before', async () => {
  const cancel = new AbortController()
  cancel.abort()
  const { run, log } = system()
  await expect(run(program('true'), [], { signal: cancel.signal })).rejects.toBeInstanceOf(Cancelled)
  expect(log.tail()).toEqual([])
})

test('a program that takes too long is ended, and the error says so', async () => {
  const error = await system()
    .query(program('sleep'), ['60'], { timeoutMs: 100 })
    .catch((caught) => caught)
  expect(error).toMatchObject({ name: 'CommandError', exitCode: null, message: 'sleep gave no answer within 0.1 s' })
})

test('secret output reaches the caller and nobody else', async () => {
  const { run, log } = system()
  const seen: string[] = []
  const onLine = (line: string) => seen.push(line)
  const result = await run(...sh('echo recovery-key; echo note >&2'), { isSecretOutput: true, onLine })
  expect(result.stdout).toBe('recovery-key\n')
  expect(seen).toEqual(['note'])
  const error = await run(...sh('echo recovery-key; exit 1'), { isSecretOutput: true }).catch((caught) => caught)
  expect(error.lastLines).toEqual([])
  // The second line quotes the script itself, in which the key stands: by now the log knows it as a secret.
  expect(log.tail().slice(1).join('\n')).not.toContain('recovery-key')
})

test('the log has the line, how it ended, how long it took, and the output of a run', async () => {
  const { run, query, log } = system()
  await run(...sh('echo made'))
  await query(...sh('echo seen'))
  const lines = log.tail().map((line) => line.replace(/\d+\.\d\d s/, 'T s'))
  expect(lines).toEqual([
    "$ sh -c 'echo made'",
    '  made',
    '  exit 0 after T s: sh',
    "$ sh -c 'echo seen'",
    '  exit 0 after T s: sh',
  ])
})

test('programs get the C locale and only the variables they need', async () => {
  const environment = { PATH: '/usr/bin:/bin', LC_ALL: 'de_DE.UTF-8', HOME: '/root', KEYSTONE_SECRET: 'x' }
  const { stdout } = await system(environment).query(program('env'), [])
  expect(stdout.trim().split('\n').sort()).toEqual([
    'GIT_CONFIG_GLOBAL=/dev/null',
    'GIT_CONFIG_NOSYSTEM=1',
    'HOME=/root',
    'LC_ALL=C',
    'PATH=/usr/bin:/bin',
  ])
})

test('writes a file in one step with exactly the mode, and leaves nothing else behind', async () => {
  const at = folder()
  await system().writeFile(join(at, 'flake.nix'), 'old', { mode: 0o600 })
  // Group-writable: any usual umask would take that away.
  await system().writeFile(join(at, 'flake.nix'), 'new', { mode: 0o664 })
  expect(readFileSync(join(at, 'flake.nix'), 'utf8')).toBe('new')
  expect(statSync(join(at, 'flake.nix')).mode & 0o7777).toBe(0o664)
  expect(readdirSync(at)).toEqual(['flake.nix'])
})

test('writes a secret in the clear to its file and hides it in the log', async () => {
  const at = join(folder(), 'passphrase')
  const { writeFile, log } = system()
  await writeFile(at, new Secret('correct horse'), { mode: 0o600 })
  expect(readFileSync(at, 'utf8')).toBe('correct horse')
  log.write('it is correct horse')
  expect(log.tail()).toEqual([`wrote ${at} (0600)`, 'it is ***'])
})

test('a failed write leaves the old content and no temporary file', async () => {
  const at = folder()
  await system().makeDirectory(join(at, 'taken'), { mode: 0o755 })
  await expect(system().writeFile(join(at, 'taken'), 'x', { mode: 0o644 })).rejects.toThrow()
  expect(readdirSync(at)).toEqual(['taken'])
})

test('reads, lists, follows links, and answers null for what is not there', async () => {
  const at = folder()
  const { readText, readBytes, listDirectory, realPath, exists, appendFile, makeDirectory, removeFile } = system()
  writeFileSync(join(at, 'b'), 'text')
  symlinkSync('b', join(at, 'a'))
  symlinkSync('nowhere', join(at, 'c'))
  expect(await readText(join(at, 'a'))).toBe('text')
  expect(await readBytes(join(at, 'b'))).toEqual(Buffer.from('text'))
  expect(await listDirectory(at)).toEqual(['a', 'b', 'c'])
  expect(await realPath(join(at, 'a'))).toBe(join(at, 'b'))
  expect(await exists(at)).toBe(true)
  for (const path of [join(at, 'c'), join(at, 'none'), at]) expect(await readText(path)).toBe(null)
  expect(await realPath(join(at, 'c'))).toBe(null)
  expect(await exists(join(at, 'c'))).toBe(false)
  expect(await listDirectory(join(at, 'none'))).toBe(null)
  await appendFile(join(at, 'journal'), '1\n', { mode: 0o600 })
  await appendFile(join(at, 'journal'), '2\n', { mode: 0o600 })
  expect(await readText(join(at, 'journal'))).toBe('1\n2\n')
  await makeDirectory(join(at, 'deep/er'), { mode: 0o700 })
  expect(statSync(join(at, 'deep/er')).mode & 0o777).toBe(0o700)
  await removeFile(join(at, 'journal'))
  await removeFile(join(at, 'journal'))
  expect(await exists(join(at, 'journal'))).toBe(false)
})

test('a failed program is told in fields: its arguments, the signal that ended it, and the last command it traced', async () => {
  const secret = new Secret('correct horse')
  const local = system()
  local.log.hide(secret)
  const failed = await local.run(...sh('set -x; cat "/nowhere/correct horse"')).catch((error) => error)
  expect(failed).toMatchObject({ exitCode: 1, signal: null, timedOut: false, traced: ['cat', '/nowhere/***'] })
  expect(failed.args).toEqual(['-c', 'set -x; cat "/nowhere/***"'])
  const killed = await local.query(...sh('kill -KILL $$')).catch((error) => error)
  expect(killed).toMatchObject({ exitCode: null, signal: 'SIGKILL', timedOut: false, isMissing: false })
  expect(killed.message).toBe('sh was ended by SIGKILL')
  const late = await local.query(...sh('sleep 60'), { timeoutMs: 50 }).catch((error) => error)
  expect(late).toMatchObject({ exitCode: null, signal: 'SIGTERM', timedOut: true })
  const missing = await local.query(program('no-such-program'), ['a']).catch((error) => error)
  expect(missing).toMatchObject({ isMissing: true, signal: null, args: ['a'] })
})

test('a program that nothing ends is not waited for: a disk that does not answer must not hold the installer too', async () => {
  const log = createLog({ append: () => {} })
  const cancel = new AbortController()
  let pid = 0
  const kill = (given: number | undefined) => {
    pid = given ?? 0
  }
  const running = runCommand(
    'sleep',
    ['60'],
    { signal: cancel.signal },
    {
      log,
      environment: { PATH: process.env.PATH ?? '' },
      logsOutput: true,
      killDelayMs: 20,
      kill,
    },
  )
  setTimeout(() => cancel.abort(), 20)
  await expect(running).rejects.toBeInstanceOf(Cancelled)
  expect(log.tail().at(-2)).toBe(`  sleep (process ${pid}) cannot be ended, nobody waits for it any more`)
  process.kill(-pid, 'SIGKILL')
})
