import { expect, test } from 'vitest'
import type { Plan } from '../model/plan.ts'
import { answersHashOf } from '../plan/answers-hash.ts'
import { dataPoolPlan, ext4Plan, zfsPlan } from '../testing/task-context.ts'
import { isMarkOf, readMark } from './install-mark.ts'

const MARK = {
  format: 1,
  planHash: 'f00d',
  answersHash: answersHashOf(zfsPlan),
  hostName: 'primer',
  installerVersion: 'from source',
  finishedAt: '2026-11-23T20:01:00.000Z',
} as const

test.each([
  ['no JSON', '{'],
  ['nothing', 'null'],
  ['a list', '[]'],
  ['another format', JSON.stringify({ ...MARK, format: 2 })],
  ['no hash', JSON.stringify({ ...MARK, planHash: undefined })],
  ['a name that would move the cursor', JSON.stringify({ ...MARK, hostName: '\u001b[2J' })],
  ['a time that is none', JSON.stringify({ ...MARK, finishedAt: 'yesterday' })],
  ['a version of two lines', JSON.stringify({ ...MARK, installerVersion: '1\n2' })],
])('%s is no mark', (_, text) => {
  expect(readMark(text)).toBeNull()
})

test('a mark is read as it was written', () => {
  expect(readMark(`${JSON.stringify(MARK)}\n`)).toEqual(MARK)
})

test('the same answers are known again when a disk has failed, and other answers are not taken for them', () => {
  const [disk] = zfsPlan.storage.disks
  const otherDisk: Plan = {
    ...zfsPlan,
    hash: 'cafe',
    hostId: 'ffffffff',
    storage: { ...zfsPlan.storage, disks: disk ? [{ ...disk, id: '/dev/disk/by-id/virtio-other' }] : [] },
  }
  expect(isMarkOf(MARK, zfsPlan)).toBe(true)
  expect(isMarkOf(MARK, otherDisk)).toBe(true)
  const others: readonly Plan[] = [ext4Plan, dataPoolPlan, { ...zfsPlan, hash: 'cafe', sshKeys: ['ssh-ed25519 AAAA'] }]
  expect(others.map((plan) => isMarkOf(MARK, plan))).toEqual([false, false, false])
})
