import { connect } from 'node:net'
import { expect, test } from 'vitest'
import { serveOnce } from './serve-once.ts'

const content = new Uint8Array(300_000).map((_, at) => at % 251)
const options = { address: '127.0.0.1', port: 0, name: 'keystone-bundle.tar.gz', timeoutMs: 20_000 }

test('gives it to the first who names the code, once, and closes', async () => {
  const served = await serveOnce(content, options)
  expect(served.code).toMatch(/^[a-z]{8}$/)
  expect(served.url).toMatch(new RegExp(`^http://127\\.0\\.0\\.1:\\d+/${served.code}$`))
  const response = await fetch(served.url)
  expect(response.status).toBe(200)
  expect(response.headers.get('content-disposition')).toBe('attachment; filename="keystone-bundle.tar.gz"')
  expect(new Uint8Array(await response.arrayBuffer())).toEqual(content)
  expect(await served.taken).toBe(true)
  await expect(fetch(served.url)).rejects.toThrow()
})

test('a wrong code is not found, and the right one works after it', async () => {
  const served = await serveOnce(content, options)
  const top = served.url.slice(0, -served.code.length)
  for (const path of [
    '',
    'aaaaaaaa',
    `${served.code}x`,
    `${served.code.slice(0, -1)}`,
    `${served.code}?a`,
    'favicon.ico',
  ]) {
    expect((await fetch(`${top}${path}`)).status).toBe(404)
  }
  expect((await fetch(served.url, { method: 'HEAD' })).status).toBe(404)
  expect((await fetch(served.url)).status).toBe(200)
  expect(await served.taken).toBe(true)
})

test('a download that breaks off does not count', async () => {
  const large = new Uint8Array(32 * 2 ** 20)
  const served = await serveOnce(large, options)
  const { port } = new URL(served.url)
  await new Promise<void>((resolve) => {
    const socket = connect(Number(port), '127.0.0.1', () =>
      socket.write(`GET /${served.code} HTTP/1.1\r\nhost: a\r\n\r\n`),
    )
    socket.once('data', () => socket.destroy())
    socket.once('close', () => resolve())
  })
  let response = await fetch(served.url)
  // The server learns of the broken one in its own time.
  while (response.status === 404) response = await fetch(served.url)
  expect((await response.arrayBuffer()).byteLength).toBe(large.length)
  expect(await served.taken).toBe(true)
})

test('ends when the time is over, when it is stopped, and when its signal is aborted', async () => {
  const late = await serveOnce(content, { ...options, timeoutMs: 10 })
  expect(await late.taken).toBe(false)
  const stopped = await serveOnce(content, options)
  stopped.stop()
  expect(await stopped.taken).toBe(false)
  const cancel = new AbortController()
  const cancelled = await serveOnce(content, { ...options, signal: cancel.signal })
  cancel.abort()
  expect(await cancelled.taken).toBe(false)
  for (const { url } of [late, stopped, cancelled]) await expect(fetch(url)).rejects.toThrow()
})

test('takes another port when the wanted one is in use, and says so in its address', async () => {
  const first = await serveOnce(content, options)
  const port = Number(new URL(first.url).port)
  const second = await serveOnce(content, { ...options, port })
  expect(Number(new URL(second.url).port)).not.toBe(port)
  expect((await fetch(second.url)).status).toBe(200)
  first.stop()
})
