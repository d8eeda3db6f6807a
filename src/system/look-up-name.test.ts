import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { afterEach, expect, test } from 'vitest'
import { lookUpName } from './look-up-name.ts'

/** A name server of one answer: an A record, or the given response code without any. */
async function serve(answer: string | number): Promise<{ server: string; close(): void }> {
  const socket = createSocket('udp4')
  socket.on('message', (message, sender) => {
    const end = message.indexOf(0, 12) + 5
    const header = Buffer.from(message.subarray(0, 12))
    header.writeUInt16BE(typeof answer === 'number' ? 0x8180 + answer : 0x8180, 2)
    header.writeUInt16BE(typeof answer === 'number' ? 0 : 1, 6)
    header.writeUInt32BE(0, 8)
    const record =
      typeof answer === 'number'
        ? []
        : [Buffer.from([0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 60, 0, 4, ...answer.split('.').map(Number)])]
    socket.send(Buffer.concat([header, message.subarray(12, end), ...record]), sender.port, sender.address)
  })
  socket.bind(0, '127.0.0.1')
  await once(socket, 'listening')
  return { server: `127.0.0.1:${socket.address().port}`, close: () => socket.close() }
}

let close = () => {}
afterEach(() => close())

async function ask(answer: string | number) {
  const served = await serve(answer)
  close = served.close
  return lookUpName('cache.nixos.org', served.server, 2000)
}

test('gives the addresses that the server says', async () => {
  expect(await ask('10.9.0.1')).toEqual({ addresses: ['10.9.0.1'] })
})

test.each([
  [3, 'ENOTFOUND'],
  [2, 'ESERVFAIL'],
  [5, 'EREFUSED'],
])('the response code %d is the error %s', async (code, error) => {
  expect(await ask(code)).toEqual({ error })
})

test('a server that is not there is an error, not an exception', async () => {
  const served = await serve(0)
  close = () => {}
  served.close()
  expect(await lookUpName('cache.nixos.org', served.server, 500)).toMatchObject({ error: expect.stringMatching(/^E/) })
})
