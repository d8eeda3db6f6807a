import { expect, test } from 'vitest'
import type { Hardware } from '../../model/hardware.ts'
import { hardware } from '../../testing/machine.ts'
import { stepScreen } from '../../testing/step-screen.ts'
import { layOut } from '../../ui/lay-out.ts'
import { fieldsOf } from '../../ui/rows.ts'
import { parseStep } from '../parse-step.ts'
import type { Drafts } from '../step.ts'
import { diskStep } from './disk.ts'
import { diskScreen } from './disk-screen.tsx'

const open = stepScreen('disk')

test('shows all layouts, and why some do not fit; then disks, sizes, a data pool, and how it will look', async () => {
  const { screen } = await open()
  expect(screen.body()).toEqual([
    '',
    '  How should the disks be used?',
    '  ❯ (*) One disk, ZFS',
    '        Checks all data for damage, and takes a snapshot each hour.',
    '    ( ) Mirror, ZFS',
    '        The same data on two disks or more; goes on while one is left.',
    '    ( ) Stripe, ZFS',
    '        The space of all disks; all is lost when one of them dies.',
    '    ( ) One disk, ext4',
    '        Plain and small.',
    '    ( ) One disk, XFS',
    '        Plain, and good with large files.',
    '     -  RAIDZ1, ZFS',
    '        Cannot be chosen: it needs at least 3 disks; 2 can be used',
    '     -  RAIDZ2, ZFS',
    '        Cannot be chosen: it needs at least 4 disks; 2 can be used',
    '     -  RAIDZ3, ZFS',
    '        Cannot be chosen: it needs at least 5 disks; 2 can be used',
    '     -  Striped mirrors (RAID10), ZFS',
    '        Cannot be chosen: it needs at least 4 disks, in pairs; 2 can be used',
  ])
  screen.press('Tab', 'Tab')
  await screen.waitForText('❯ Boot partition')
  expect(screen.body().slice(-10)).toEqual([
    '  Which disk? It is erased.',
    '    (*) vdb  no model name, 8 GiB, virtual',
    '        serial keystone-a; no known data',
    '    ( ) vdc  no model name, 8 GiB, virtual',
    '        serial keystone-b; no known data',
    '     -  vda  no model name, 4 GiB, virtual',
    '        serial keystone-medium; holds EFI system partition, Linux (ext4, lab)',
    '        Cannot be chosen: this system was started from vda',
    '',
    '  ❯ Boot partition    [1GiB               ]  on each system disk, such as 1GiB',
  ])
  screen.press('Tab', 'Tab')
  await screen.waitForText('❯ Data pool')
  expect(screen.body().slice(2)).toEqual([
    '    Boot partition    [1GiB               ]  on each system disk, such as 1GiB',
    '    Swap on each disk [512MiB             ]  such as 4GiB, or 0 for none',
    '     -  Hibernation',
    '        Cannot be chosen: with ZFS the pool could be damaged when the machine',
    '        comes back',
    '',
    '  A second pool for data, on other disks?',
    '  ❯ Data pool         [none               ]',
    '',
    '  After the install',
    '  5.8 GiB for system and data.',
    '    The rest: boot partitions 1 GiB, swap 512 MiB, ZFS rounding 505.5 MiB, ZFS',
    '              slop space 192 MiB, ZFS labels 4.5 MiB, partition tables 2 MiB',
    '  vdb, 8 GiB',
    '    A████████B████C███████████████████████████████████████████████████████████',
    '    A esp   1 GiB      boot files, /boot',
    '    B swap  512 MiB    a new random key at each boot',
    '    C zfs   6.5 GiB    pool rpool',
  ])
})

test('a mirror takes the next free disk along, and asks for it when it is taken off', async () => {
  const { screen } = await open()
  screen.press('Down', 'Enter', 'Down')
  await screen.waitForText('❯ [x] vdc')
  screen.press('Space', 'Shift-Tab', 'Shift-Tab', 'Enter')
  await screen.waitForText('One thing must be put right first; see the line with !')
  await screen.waitForText('! This needs at least 2 disks, and 1 is chosen. Choose with the space bar.')
  screen.press('Down', 'Space')
  await screen.waitForText('[x] vdc')
  expect(screen.text()).not.toContain('!')
  screen.press('Shift-Tab', 'Shift-Tab', 'Enter')
  await screen.waitForText('Step 4 of 10')
})

test('disks in use and the boot medium say why they cannot be chosen', async () => {
  const { screen } = await open('usb-live-medium')
  screen.press('Tab', 'Tab')
  await screen.waitForText('❯ Boot partition')
  expect(screen.body().slice(-11, -1)).toEqual([
    '  Which disk? It is erased.',
    '    (*) sdb  Samsung SSD 870 EVO 1TB, 931.5 GiB, SSD',
    '        serial S6PTNM0T100001; no known data',
    '     -  sda  DataTraveler 3.0, 57.3 GiB, USB, removable',
    '        serial E0D55EA573DCF450; holds ISO image (d-live 13.1 st amd64)',
    '        Cannot be chosen: this system was started from sda',
    '     -  sdc  Samsung SSD 870 EVO 1TB, 931.5 GiB, SSD',
    '        serial S6PTNM0T100002; holds ZFS pool tank',
    '        Cannot be chosen: sdc is in use: part of the imported ZFS pool tank',
    '',
  ])
})

test('a swap size that is none is said next to it', async () => {
  const { screen } = await open()
  screen.press('Tab', 'Tab', 'Tab', 'Ctrl-U')
  screen.type('a lot\r')
  screen.press('Shift-Tab', 'Shift-Tab', 'Shift-Tab', 'Shift-Tab', 'Shift-Tab', 'Enter')
  await screen.waitForText('! A size is a number with MiB, GiB or TiB, got "a lot". For example 4GiB,')
})

test('another disk is chosen by Enter, and its name is what must be typed', async () => {
  const { screen } = await open()
  screen.press('Tab', 'Down', 'Enter')
  await screen.waitForText('(*) vdc')
  expect(screen.text()).toContain('( ) vdb')
})

type Draft = Drafts['disk']

/** The page without a wizard around it: its lines at 80 columns, and what a key on one of its fields makes of the draft. */
function page(machine: Hardware, changes: Partial<Draft> = {}) {
  const draft = { ...diskStep.defaults(machine), ...changes }
  let changed = draft
  const problems = [...diskProblems(draft, machine)]
  const rows = diskScreen({
    draft,
    hardware: machine,
    problems,
    onChange: (next: Draft) => {
      changed = next
    },
    width: 76,
  } as unknown as Parameters<typeof diskScreen>[0])
  return {
    text: layOut(rows, 76)
      .map(({ text }) => text)
      .join('\n'),
    press(id: string, value = ''): Draft {
      const field = fieldsOf(rows).find((candidate) => candidate.id === id)
      if (field?.kind === 'choice') field.onChoose()
      if (field?.kind === 'check') field.onToggle()
      if (field?.kind === 'select') field.onSelect(value)
      return changed
    },
  }
}

function diskProblems(draft: Draft, machine: Hardware) {
  const parsed = parseStep(diskStep, draft)
  return 'problems' in parsed ? parsed.problems : diskStep.check(parsed.value, machine)
}

test('a layout takes disks without data along before those that hold some, however much these are like the first', () => {
  const machine = hardware('two-virtio-uefi-tpm')
  const disk = (name: string, sizeBytes: number, contents: string[] = []) => {
    const [recorded] = machine.disks.filter(({ isBootMedium }) => !isBootMedium)
    if (!recorded) throw new Error('the recorded machine has a free disk')
    return { ...recorded, id: `/dev/disk/by-id/${name}`, name, path: `/dev/${name}`, sizeBytes, contents }
  }
  const disks = [disk('vdb', 100e9), disk('vdc', 100e9, ['Windows (NTFS)']), disk('vdd', 500e9), disk('vde', 200e9)]
  const devices = (layout: string, changes: Partial<Draft> = {}) =>
    page({ ...machine, disks }, changes)
      .press(layout)
      .devices.map((id) => id.slice('/dev/disk/by-id/'.length))
  expect(devices('mirror-zfs')).toEqual(['vdb', 'vde'])
  expect(devices('raid10-zfs')).toEqual(['vdb', 'vde', 'vdd', 'vdc'])
  // What the person has chosen stays.
  expect(devices('mirror-zfs', { devices: ['/dev/disk/by-id/vdc'] })).toEqual(['vdc', 'vdb'])
})

test('with 90 disks RAIDZ takes as many as it needs, and every disk can be chosen', () => {
  const jbod = hardware('jbod-90-disks')
  const draft = page(jbod).press('raidz2-zfs')
  expect(draft.devices).toHaveLength(4)
  const { text } = page(jbod, draft)
  expect(text.match(/^\[x\] sd/gm)).toHaveLength(4)
  expect(text.match(/^\[ \] |^ - {2}/gm)?.length).toBeGreaterThan(80)
})

test('hibernation goes with ext4, and takes a swap file as large as the memory', () => {
  const machine = { ...hardware('one-nvme-uefi'), memoryBytes: 15.5 * 1024 ** 3 }
  expect(page(machine).text).toContain(' -  Hibernation')
  const draft = page(machine, { layout: 'single-ext4' }).press('hibernation')
  expect(draft).toMatchObject({ hibernation: true, swap: '16GiB' })
  expect(page(machine, draft).text).toContain('Swap file')
})

test('a data pool says which layouts do not fit, and a disk of the system cannot be in it', () => {
  const machine = hardware('two-virtio-uefi-tpm')
  const draft = page(machine).press('dataLayout', 'mirror')
  const { text } = page(machine, draft)
  expect(text).toContain('! This needs at least 2 disks, and none is chosen.')
  expect(text).toContain('Cannot be chosen: it is a system disk already')
  const chosen = page(machine, { ...draft, dataLayout: 'single' }).press('data-vdc')
  expect(chosen.dataDevices).toEqual(['/dev/disk/by-id/virtio-keystone-b'])
  expect(page(machine, chosen).text).toContain('GiB for data on /data.')
  expect(page(machine, chosen).press('dataLayout', 'none')).toMatchObject({ dataLayout: 'none', dataDevices: [] })
})

test('what only an answer file can give is shown, with what is wrong about it', () => {
  const { text } = page(hardware('two-virtio-uefi-tpm'), { cache: ['/dev/disk/by-id/gone'] })
  expect(text).toContain('cache disk: /dev/disk/by-id/gone')
  expect(text).toContain('! This machine has no disk /dev/disk/by-id/gone.')
})

test('a disk that is scrolled out of sight is shown before Space changes it', async () => {
  const { screen } = await open('storage-server-12-hdd-2-ssd')
  screen.press('Down', 'Space', 'Tab')
  await screen.waitForText('❯ [x] sda')
  screen.press('PageDown', 'PageDown')
  await screen.waitFor((text) => !text.includes('sda'), 'another part of the page')
  screen.press('Space')
  await screen.waitForText('❯ [x] sda')
  screen.press('Space')
  await screen.waitForText('❯ [ ] sda')
})

test('the layouts of a data pool are called as everywhere, not as in an answer file', async () => {
  const { screen } = await open('storage-server-12-hdd-2-ssd')
  screen.press('Shift-Tab', 'Shift-Tab', 'Space')
  await screen.waitForText('> none')
  expect(screen.text()).toMatch(/Mirror\n/u)
})
