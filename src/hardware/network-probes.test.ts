import { expect, test } from 'vitest'
import { answeringMac, dateHeader, duplicateState, hasDefaultRoute, isNeighbourThere } from './network-probes.ts'

// Recorded from iputils 20221126 and iproute2 6.1 between two network namespaces.

test('arping names the machine that has the address, or nobody', () => {
  const taken =
    'ARPING 10.9.0.1 from 0.0.0.0 v0\nUnicast reply from 10.9.0.1 [AA:E1:2E:B1:74:46]  0.520ms\nSent 1 probes (1 broadcast(s))\nReceived 1 response(s)\n'
  const free = 'ARPING 10.9.0.2 from 0.0.0.0 v0\nSent 2 probes (2 broadcast(s))\nReceived 0 response(s)\n'
  expect(answeringMac(taken)).toBe('aa:e1:2e:b1:74:46')
  expect(answeringMac(free)).toBeNull()
})

test.each([
  ['[{"dst":"10.9.0.1","lladdr":"aa:e1:2e:b1:74:46","state":["REACHABLE"]}]', true],
  ['[{"dst":"10.9.0.1","lladdr":"aa:e1:2e:b1:74:46","state":["STALE"]}]', true],
  ['[{"dst":"10.9.0.99","state":["INCOMPLETE"]}]', false],
  ['[{"dst":"10.9.0.99","lladdr":"aa:e1:2e:b1:74:46","state":["FAILED"]}]', false],
  ['[]', false],
  ['', false],
  ['[null]', false],
])('of the neighbours %s one is there: %s', (json, isThere) => {
  expect(isNeighbourThere(json)).toBe(isThere)
})

const addresses = (infos: string) => `[{"ifname":"v0","addr_info":[${infos}]}]`

test.each([
  ['{"local":"fd09::7","prefixlen":64,"tentative":true}', 'searching'],
  ['{"local":"fd09::7","prefixlen":64,"dadfailed":true,"tentative":true}', 'taken'],
  ['{"local":"fd09::7","prefixlen":64}', 'free'],
  ['{"local":"fd09::8","prefixlen":64}', null],
])('an address with %s is %s', (info, state) => {
  expect(duplicateState(addresses(info), 'fd09::7')).toBe(state)
})

test('a default route is seen, with and without a metric', () => {
  expect(hasDefaultRoute('[{"dst":"default","gateway":"10.9.0.1","dev":"v0","metric":42000,"flags":[]}]')).toBe(true)
  expect(hasDefaultRoute('[]')).toBe(false)
  expect(hasDefaultRoute('not json')).toBe(false)
})

test('the date of an HTTP answer', () => {
  expect(dateHeader('HTTP/1.1 200 OK\r\nDate: Mon, 23 Nov 2026 07:36:32 GMT\r\n\r\n')?.toISOString()).toBe(
    '2026-11-23T07:36:32.000Z',
  )
  expect(dateHeader('HTTP/1.1 200 OK\r\nDate: yesterday\r\n\r\n')).toBeNull()
  expect(dateHeader('HTTP/1.1 200 OK\r\n\r\n')).toBeNull()
})
