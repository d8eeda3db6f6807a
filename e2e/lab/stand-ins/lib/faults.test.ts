import { execFile } from 'node:child_process'
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { type AddressInfo, createServer, type Server } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterEach, expect, test } from 'vitest'
import { createNixProgressReader } from '../../../../src/install/nix-progress.ts'
import { fetchFrom, fillStore, replay, systemErrorText } from './faults.ts'

const servers: Server[] = []
afterEach(() => {
  for (const server of servers.splice(0)) server.close()
})

async function serve(bytes: number, { ends = true } = {}): Promise<string> {
  const server = createServer((socket) => {
    socket.on('error', () => {})
    socket.write(Buffer.alloc(bytes))
    if (ends) socket.end()
  })
  servers.push(server)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return `127.0.0.1:${(server.address() as AddressInfo).port}`
}

const PATH = '/nix/store/0123456789abcdfghijklmnpqrsvwxyz-jq-1.7'

test('a path is downloaded when all of it came', async () => {
  await fetchFrom(await serve(2 ** 20), PATH)
})

test('a download fails in the words of nix: cut off, stalled, refused, without a name', async () => {
  await expect(fetchFrom(await serve(1000), PATH)).rejects.toThrow(
    /^unable to download 'http:\/\/127.0.0.1:\d+\/nix\/store\/.*-jq-1.7': Transferred a partial file \(18\) .* 1047576 bytes missing$/,
  )
  await expect(fetchFrom(await serve(1000, { ends: false }), PATH, 50)).rejects.toThrow('Timeout was reached (28)')
  await expect(fetchFrom('127.0.0.1:1', PATH)).rejects.toThrow('Could not connect to server (7) ECONNREFUSED')
  // No name server is asked for a name that cannot be one.
  const host = 'x'.repeat(70)
  await expect(fetchFrom(`${host}:80`, PATH)).rejects.toThrow(`(6) Could not resolve host: ${host}`)
})

test('the store is filled and emptied again', async () => {
  const store = mkdtempSync(join(tmpdir(), 'ks-fill-'))
  await fillStore(store, 9)
  expect(readdirSync(join(store, 'nix/store'))).toEqual([])
  rmSync(store, { recursive: true })
})

test('a full disk is told in the words of nix', async () => {
  // A file that may not grow beyond 1 MiB is what a test without a disk of its own can have.
  const script = `import { fillStore, systemErrorText } from '${new URL('faults.ts', import.meta.url).href}'
    process.on('SIGXFSZ', () => {})
    await fillStore(process.argv[1], 9).catch((error) => console.log(systemErrorText(error)))`
  const store = mkdtempSync(join(tmpdir(), 'ks-full-'))
  const node = [process.execPath, '--input-type=module-typescript', '-e', script, store]
  const limited = ['-c', 'ulimit -f 1024; exec "$@"', 'bash', ...node]
  const { stdout } = await promisify(execFile)('bash', limited)
  expect(stdout).toBe(`writing to file '${store}/nix/store/.lab-filler/0': file too large\n`)
  // The piece that did not fit is gone.
  expect(readdirSync(join(store, 'nix/store/.lab-filler'))).toEqual([])
  rmSync(store, { recursive: true })
})

test('only errors of system calls are told so', () => {
  const full = Object.assign(new Error('x'), { errno: -28, code: 'ENOSPC', syscall: 'write', path: '/mnt/a' })
  expect(systemErrorText(full)).toBe("writing to file '/mnt/a': No space left on device")
  const broken = Object.assign(new Error('x'), { errno: -5, code: 'EIO', syscall: 'open', path: '/mnt/a' })
  expect(systemErrorText(broken)).toBe("open '/mnt/a': Input/output error")
  expect(systemErrorText(new TypeError('x is not a function'))).toBeNull()
})

test('a recorded stream is said again, and its exit code given', async () => {
  const script = `import { replay } from '${new URL('faults.ts', import.meta.url).href}'
    process.exitCode = replay('wrong-hash:1')`
  const node = promisify(execFile)(process.execPath, ['--input-type=module-typescript', '-e', script])
  const { code, stderr } = (await node.catch((error: unknown) => error)) as { code: number; stderr: string }
  expect(code).toBe(1)
  const reader = createNixProgressReader()
  const log = stderr.split('\n').flatMap((line) => reader.read(line).log)
  expect(log.some((line) => line.startsWith('error: hash mismatch importing path'))).toBe(true)
})

test('nixos-install ends with a trace of nix, before it changes anything', async () => {
  const program = fileURLToPath(new URL('../nixos-install.ts', import.meta.url))
  const system = '/nix/store/0123456789abcdfghijklmnpqrsvwxyz-nixos-system-primer-26.05'
  const line = ['--root', '/', '--system', system, '--no-root-passwd', '--no-channel-copy']
  const run = (env: object) =>
    promisify(execFile)(process.execPath, [program, ...line, '--option', 'fsync-store-paths', 'true'], {
      env: { ...process.env, ...env },
    }).catch((error: unknown) => error as { code: number; stderr: string })
  const traced = await run({ KEYSTONE_LAB_INSTALL_FAILS: 'trace' })
  expect(traced).toMatchObject({ code: 1, stderr: expect.stringContaining("error: attribute 'keystoneLab' missing") })
  expect(await run({})).toMatchObject({ code: 1, stderr: `path '${system}' is not valid in /\n` })
})

test('a stream that was never recorded is not replayed', () => {
  expect(() => replay('nothing:1')).toThrow('the lab has no recorded stream nothing')
})
