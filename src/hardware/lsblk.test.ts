import { expect, test } from 'vitest'
import { flatten, parseLsblk } from './lsblk.ts'

test('reads the text form of old versions like the typed form of new ones', () => {
  const typed = {
    name: 'sda',
    type: 'disk',
    size: 512,
    rota: true,
    rm: false,
    ro: true,
    'log-sec': 4096,
    mountpoints: ['/', null],
  }
  const text = {
    name: 'sda',
    type: 'disk',
    size: '512',
    rota: '1',
    rm: '0',
    ro: '1',
    'log-sec': '4096',
    mountpoint: '/',
  }
  const [fromTyped, fromText] = [typed, text].map((device) => parseLsblk(JSON.stringify({ blockdevices: [device] })))
  expect(fromText).toEqual(fromTyped)
  expect(fromTyped?.[0]).toMatchObject({
    sizeBytes: 512,
    isRotational: true,
    isReadOnly: true,
    logicalSectorBytes: 4096,
    mountpoints: ['/'],
  })
})

test('what is missing, blank or of another type is null, not a guess', () => {
  const device = {
    name: 'sda',
    size: 'big',
    rota: 'maybe',
    model: '  ',
    serial: 7,
    children: [null, 'x', { name: 'sda1' }],
  }
  const [disk] = parseLsblk(JSON.stringify({ blockdevices: [null, device] })) ?? []
  expect(disk).toMatchObject({
    path: '/dev/sda',
    type: 'unknown',
    sizeBytes: null,
    isRotational: null,
    model: null,
    serial: null,
  })
  expect(disk && flatten(disk).map((one) => one.name)).toEqual(['sda', 'sda1'])
})

test('a text that is no lsblk output is null', () => {
  for (const text of ['', 'lsblk: failed', '[]', 'null', '{"blockdevices":7}']) expect(parseLsblk(text)).toBe(null)
})

test('sizes that nothing can have are unknown', () => {
  const sizes = [-1, 1.5, 1e300, '1e30', 'NaN', '', [], {}, true]
  const blockdevices = sizes.map((size) => ({ name: 'sda', size, 'log-sec': size }))
  for (const device of parseLsblk(JSON.stringify({ blockdevices })) ?? []) {
    expect(device).toMatchObject({ sizeBytes: null, logicalSectorBytes: null })
  }
  const sectors = parseLsblk(
    JSON.stringify({ blockdevices: [0, 3, 511, 513, 131072].map((size) => ({ 'log-sec': size })) }),
  )
  expect(sectors?.map((device) => device.logicalSectorBytes)).toEqual([null, null, null, null, null])
})

test('what a label holds cannot move the cursor, break a line, or turn the text around', () => {
  const label = 'a\u001b[2J\nb\u202ec\ud800'
  const [disk] = parseLsblk(JSON.stringify({ blockdevices: [{ name: 'sda', label }] })) ?? []
  expect(disk?.label).toBe('a\ufffd[2J\ufffdb\ufffdc\ufffd')
})
