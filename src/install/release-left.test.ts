import { expect, test } from 'vitest'
import { fakeSystem } from '../testing/fake-system.ts'
import {
  devicesLine,
  ext4Mounted,
  ext4Plan,
  mountsLine,
  noMapping,
  nothingMounted,
  openMapping,
} from '../testing/task-context.ts'
import { releaseLeft } from './release-left.ts'

test('ends the programs first, then lets go of what they held, and says both', async () => {
  const commands = {
    [mountsLine]: ext4Mounted,
    [devicesLine]: [openMapping('cryptroot'), noMapping],
    'umount -R /mnt': '',
    'cryptsetup close cryptroot': '',
    'udevadm settle --timeout=30': '',
  }
  const files = { '/run/keystone/passphrase': 'canary', '/run/keystone/credentials/cryptenroll.new-tpm2-pin': '1' }
  const system = fakeSystem({ commands, files })
  const runsAtEnd: number[] = []
  const logged: string[] = []
  await releaseLeft(
    {
      ...system,
      async endOrphans() {
        runsAtEnd.push(system.calls().length)
        return [{ pid: 4711, name: 'mkfs.ext4' }]
      },
    },
    ext4Plan,
    (line) => logged.push(line),
  )
  expect(runsAtEnd).toEqual([0])
  expect(system.runs().slice(0, 2)).toEqual(['umount -R /mnt', 'cryptsetup close cryptroot'])
  expect(system.removed()).toEqual(Object.keys(files))
  expect(logged).toEqual([
    'ended mkfs.ext4 (process 4711), left by an install that did not end',
    'letting go of /mnt, cryptroot, left by an install that did not end',
  ])
})

test('does nothing where nothing is held', async () => {
  const system = fakeSystem({ commands: { [mountsLine]: nothingMounted, [devicesLine]: noMapping } })
  const logged: string[] = []
  await releaseLeft(system, ext4Plan, (line) => logged.push(line))
  expect([...system.runs(), ...logged]).toEqual([])
})
