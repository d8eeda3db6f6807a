import { expect, test } from 'vitest'
import type { DiskAnswers } from '../model/answers.ts'
import { GIB } from '../model/size.ts'
import { planStorage } from '../plan/storage.ts'
import { hardware } from '../testing/machine.ts'
import { toAscii } from './ascii.ts'
import { diskChangeRows } from './disk-change-rows.ts'
import { layOut } from './lay-out.ts'
import { displayWidth } from './text.ts'

function linesOf(machineName: string, layout: DiskAnswers['layout'], count: number, width = 76): readonly string[] {
  const machine = hardware(machineName)
  const free = machine.disks.filter(({ id, isBootMedium }) => id !== null && !isBootMedium)
  const devices = free.slice(0, count).flatMap(({ id }) => id ?? [])
  const none = { spares: [], log: [], cache: [], special: [], dataPool: null }
  const sizes = { espBytes: GIB, swapBytes: 0, swapKind: 'random' } as const
  const storage = planStorage({ layout, devices, ...sizes, ...none }, 'passphrase', machine.disks)
  if (!storage) throw new Error('no storage')
  return layOut(diskChangeRows({ storage }, machine, width), width).map(({ text }) => text)
}

test('before and after of a disk with Windows, then each thing that is erased or created', () => {
  expect(linesOf('laptop-windows-secure-boot', 'single-ext4', 1)).toEqual([
    '',
    'What happens to the disks',
    'nvme0n1  WD PC SN740 SDDPNQD-1T00-1006, 953.9 GiB',
    `  Before  ABC${'█'.repeat(62)}D`,
    '          A nvme0n1p1 FAT "SYSTEM" 260 MiB, B nvme0n1p2 "Microsoft reserved',
    '          part…" 16 MiB, C nvme0n1p3 Windows (BitLocker) "Basic data',
    '          partition" 951.6 GiB, D nvme0n1p4 NTFS "WinRE" 2 GiB',
    `  After   AB${'█'.repeat(64)}`,
    '          A esp 1 GiB, B root 952.9 GiB',
    '',
    'One after the other',
    '  Erase  partition nvme0n1p1 of nvme0n1: 260 MiB, FAT, "SYSTEM"',
    '  Erase  partition nvme0n1p2 of nvme0n1: 16 MiB, "Microsoft reserved part…"',
    '  Erase  partition nvme0n1p3 of nvme0n1: 951.6 GiB, Windows (BitLocker),',
    '         "Basic data partition"',
    '  Erase  partition nvme0n1p4 of nvme0n1: 2 GiB, NTFS, "WinRE"',
    '  Erase  partition table of nvme0n1',
    '  Create partition table (GPT) on nvme0n1',
    '  Create partition 1 of nvme0n1: esp, 1 GiB, boot files, /boot',
    '  Create file system FAT on nvme0n1, mounted at /boot',
    '  Create partition 2 of nvme0n1: root, 952.9 GiB, LUKS2 with ext4, /',
    '  Create LUKS2 on nvme0n1, opened as cryptroot',
    '  Create file system ext4 on cryptroot, mounted at /',
  ])
})

test.each([56, 76, 110])('in ASCII every line fits %s columns, and every bar fills them', (width) => {
  for (const machine of ['two-virtio-uefi-tpm', 'jbod-90-disks', 'leftovers-of-everything']) {
    const lines = linesOf(machine, 'mirror-zfs', 2, width).map(toAscii)
    expect(lines.filter((line) => displayWidth(line) > width)).toEqual([])
    const bars = lines.filter((line) => /^ {2}(?:Before|After )/.test(line))
    expect(bars).toHaveLength(4)
    expect(bars.map((line) => line.length)).toEqual([width, width, width, width])
  }
})
