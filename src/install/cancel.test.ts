import { describe, expect, test } from 'vitest'
import { TASK_IDS, type TaskId } from '../model/event.ts'
import { dryRunOfCase } from '../testing/good-cases.ts'

// Each task of the real sequence, cancelled as it begins: what was asked for stops there, and no later task begins.
describe('a cancel as a task begins', () => {
  test.each(TASK_IDS)('stops at %s', async (cancelled) => {
    const cancel = new AbortController()
    const begun: TaskId[] = []
    const { outcome, changes } = await dryRunOfCase('single-zfs-dhcp', {
      signal: cancel.signal,
      onEvent(event) {
        if (event.type !== 'task-started') return
        begun.push(event.task)
        if (event.task === cancelled) cancel.abort()
      },
    })
    expect(outcome).toEqual({ status: 'cancelled', problems: [] })
    expect(begun.at(-1)).toBe(cancelled)
    // Only what lets go of the disks may still run then.
    const own = changes.find(({ task }) => task === cancelled)?.changes ?? []
    const letsGo = /^(umount|swapoff|cryptsetup close|zpool export|udevadm|lsblk|sync)\b/
    for (const change of own) {
      if (change.kind === 'command') expect(change.line).toMatch(letsGo)
      else expect(change.kind).toBe('remove')
    }
  })
})
