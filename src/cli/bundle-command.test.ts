import { expect, test } from 'vitest'
import { createLiveLog } from '../install/live-log.ts'
import { fakeSystem } from '../testing/fake-system.ts'
import { hardware } from '../testing/machine.ts'
import { zfsPlan } from '../testing/task-context.ts'
import { bundleOf } from './bundle-command.ts'

const PLACE = '/root/bundle.tar.gz'
const input = {
  log: ['a line of the log'],
  events: [],
  hardware: hardware('two-virtio-uefi-tpm'),
  plan: zfsPlan,
  files: [],
  failure: null,
  begun: null,
}

/** A machine of which nothing more can be read: a bundle is made all the same. */
const bareSystem = () =>
  fakeSystem({
    commands: {
      'journalctl *': { missing: true },
      'lsblk *': { missing: true },
      'zpool *': { missing: true },
      'zfs *': { missing: true },
      'findmnt *': { missing: true },
      'dmesg *': { missing: true },
      'ip *': { missing: true },
      'cryptsetup *': { missing: true },
    },
    directories: ['/root'],
  })

test('a bundle goes to a file, as a gzip archive', async () => {
  const system = bareSystem()
  const hands = { system, liveLog: createLiveLog() }
  const result = await bundleOf(hands, input, { to: 'file', path: PLACE }, new AbortController().signal)
  expect(result).toEqual({ status: 'saved', path: PLACE })
  expect([...((await system.readBytes(PLACE)) ?? [])].slice(0, 2)).toEqual([0x1f, 0x8b])
})

test('as text it says how to read it', async () => {
  const hands = { system: bareSystem(), liveLog: createLiveLog() }
  const result = await bundleOf(hands, input, { to: 'text' }, new AbortController().signal)
  if (result.status !== 'text') throw new Error(result.status)
  expect(result.lines[0]).toBe('-----BEGIN KEYSTONE BUNDLE-----')
})
