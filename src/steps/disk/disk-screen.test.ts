import { expect, test } from 'vitest'
import { stepScreen } from '../../testing/step-screen.ts'

const open = stepScreen('disk')

test('shows layouts, disks with all that tells them apart, why one cannot be chosen, and the partitions', async () => {
  const { screen } = await open()
  expect(screen.body()).toEqual([
    '',
    '  How should the disks be used?',
    '  ❯ (*) One disk, encrypted ZFS',
    '        Checks all data for damage, and takes a snapshot each hour.',
    '    ( ) Mirror of two disks, encrypted ZFS',
    '        As above, and the machine goes on when one of the disks dies.',
    '    ( ) One disk, encrypted ext4 (LUKS2)',
    '        Plain and small.',
    '',
    '  Which disk? It is erased.',
    '    (*) vdb  no model name, 8 GiB, virtual',
    '        serial keystone-a; no known data',
    '    ( ) vdc  no model name, 8 GiB, virtual',
    '        serial keystone-b; no known data',
    '     -  vda  no model name, 4 GiB, virtual',
    '        serial keystone-medium; holds EFI system partition, Linux (ext4)',
    '        Cannot be chosen: this system was started from vda',
    '',
    '    Swap on each disk [512MiB                   ]  such as 4GiB, or 0 for none',
  ])
  screen.press('Tab', 'Tab')
  await screen.waitForText('Page Up for more')
  expect(screen.body()).toEqual([
    '',
    '        Plain and small.',
    '',
    '  Which disk? It is erased.',
    '    (*) vdb  no model name, 8 GiB, virtual',
    '        serial keystone-a; no known data',
    '    ( ) vdc  no model name, 8 GiB, virtual',
    '        serial keystone-b; no known data',
    '     -  vda  no model name, 4 GiB, virtual',
    '        serial keystone-medium; holds EFI system partition, Linux (ext4)',
    '        Cannot be chosen: this system was started from vda',
    '',
    '  ❯ Swap on each disk [512MiB                   ]  such as 4GiB, or 0 for none',
    '',
    '  After the install',
    '  vdb, 8 GiB',
    '  ├─ esp   1 GiB      boot files, /boot',
    '  ├─ swap  512 MiB    swap, a new random key at each boot',
    '  └─ zfs   6.5 GiB    pool rpool',
    '  Pool rpool: about 6.4 GiB for system and data, encrypted.',
  ])
})

test('a mirror takes the next free disk along, and asks for it when it is taken off', async () => {
  const { screen } = await open()
  screen.press('Down', 'Enter')
  await screen.waitForText('[x] vdc')
  screen.press('Down', 'Space', 'Enter', 'Enter')
  await screen.waitForText('One thing must be put right first; see the line with !')
  expect(screen.body()).toEqual([
    '',
    '  How should the disks be used?',
    '    ( ) One disk, encrypted ZFS',
    '        Checks all data for damage, and takes a snapshot each hour.',
    '    (*) Mirror of two disks, encrypted ZFS',
    '        As above, and the machine goes on when one of the disks dies.',
    '    ( ) One disk, encrypted ext4 (LUKS2)',
    '        Plain and small.',
    '',
    '  Which two disks? Both are erased.',
    '    ! This needs exactly 2 disks, and 1 is chosen. Choose with the space bar.',
    '  ❯ [x] vdb  no model name, 8 GiB, virtual',
    '        serial keystone-a; no known data',
    '    [ ] vdc  no model name, 8 GiB, virtual',
    '        serial keystone-b; no known data',
    '     -  vda  no model name, 4 GiB, virtual',
    '        serial keystone-medium; holds EFI system partition, Linux (ext4)',
    '        Cannot be chosen: this system was started from vda',
    '',
    '    Swap on each disk [512MiB                   ]  such as 4GiB, or 0 for none',
  ])
  screen.press('Down', 'Space')
  await screen.waitForText('[x] vdc')
  expect(screen.text()).not.toContain('!')
  screen.press('Tab', 'Enter')
  await screen.waitForText('Step 3 of 8')
})

test('disks in use and the boot medium say why they cannot be chosen', async () => {
  const { screen } = await open('usb-live-medium')
  expect(screen.body()).toEqual([
    '',
    '  How should the disks be used?',
    '  ❯ (*) One disk, encrypted ZFS',
    '        Checks all data for damage, and takes a snapshot each hour.',
    '     -  Mirror of two disks, encrypted ZFS',
    '        As above, and the machine goes on when one of the disks dies.',
    '        Cannot be chosen: it needs 2 disks, and 1 can be used',
    '    ( ) One disk, encrypted ext4 (LUKS2)',
    '        Plain and small.',
    '',
    '  Which disk? It is erased.',
    '    (*) sdb  Samsung SSD 870 EVO 1TB, 931.5 GiB, SSD',
    '        serial S6PTNM0T100001; no known data',
    '     -  sda  DataTraveler 3.0, 57.3 GiB, USB, removable',
    '        serial E0D55EA573DCF450; holds ISO image',
    '        Cannot be chosen: this system was started from sda',
    '     -  sdc  Samsung SSD 870 EVO 1TB, 931.5 GiB, SSD',
    '        serial S6PTNM0T100002; holds ZFS pool',
    '        Cannot be chosen: sdc is in use: part of the imported ZFS pool tank',
  ])
})

test('a swap size that is none is said next to it', async () => {
  const { screen } = await open()
  screen.press('Tab', 'Tab', 'Ctrl-U')
  screen.type('a lot\r')
  await screen.waitForText('! A size is a number with MiB, GiB or TiB, got "a lot". For example 4GiB,')
})

test('another disk is chosen by Enter, and its name is what must be typed', async () => {
  const { screen } = await open()
  screen.press('Tab', 'Down', 'Enter')
  await screen.waitForText('(*) vdc')
  expect(screen.text()).toContain('( ) vdb')
})
