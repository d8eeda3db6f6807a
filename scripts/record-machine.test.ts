import { execFileSync, spawnSync } from 'node:child_process'
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { detectHardware } from '../src/hardware/detect.ts'
import { ASK_PERMANENT } from '../src/hardware/tpm-lockout.ts'
import { recordedSystem } from '../src/testing/machine.ts'
import { factsOf } from '../src/testing/machine-facts.ts'

const SCRIPT = new URL('record-machine.sh', import.meta.url).pathname
const work = mkdtempSync(join(tmpdir(), 'keystone-record-'))
afterAll(() => rmSync(work, { recursive: true, force: true }))

const NET = 'sys/devices/pci0000:00/0000:01:00.0/net/eno1'
const VARIABLE = '8be4df61-93ca-11d2-aa0d-00e098032b8c'

/** A machine as a folder, and the two programs that answer for it. */
function makeMachine(): { root: string; path: string } {
  const root = join(work, 'root')
  const path = join(work, 'bin')
  const write = (file: string, content: string | Uint8Array) => {
    mkdirSync(dirname(join(root, file)), { recursive: true })
    writeFileSync(join(root, file), content)
  }
  const link = (file: string, target: string) => {
    mkdirSync(dirname(join(root, file)), { recursive: true })
    symlinkSync(join(root, target), join(root, file))
  }
  write('proc/sys/kernel/arch', 'x86_64\n')
  write('proc/cpuinfo', 'processor\t: 0\nmodel name\t: Test CPU\nflags\t\t: lm vmx\nSerial\t\t: 00000000deadbeef\n')
  write('proc/meminfo', 'MemTotal:        8052188 kB\n')
  write('proc/cmdline', 'root=UUID=6d0c2f0e-1b9a-4c3e-a7be-0c1d2e3f4a5b quiet\n')
  write('proc/self/mounts', '/dev/sdb1 /mnt/a"b\\c ext4 rw 0 0\n')
  write(`sys/firmware/efi/efivars/SecureBoot-${VARIABLE}`, Uint8Array.of(6, 0, 0, 0, 1))
  write(`sys/firmware/efi/efivars/SetupMode-${VARIABLE}`, Uint8Array.of(6, 0, 0, 0, 0))
  write(`sys/firmware/efi/efivars/Secret-${VARIABLE}`, 'not to be recorded')
  write('sys/devices/platform/tpm/tpm0/tpm_version_major', '1\n')
  link('sys/class/tpm/tpm0', 'sys/devices/platform/tpm/tpm0')
  write(`${NET}/address`, 'a4:6b:b6:44:55:66\n')
  write(`${NET}/carrier`, '1\n')
  write(`${NET}/speed`, '1000\n')
  write(`${NET}/uevent`, 'INTERFACE=eno1\n')
  link('sys/class/net/eno1', NET)
  link(`${NET}/device`, 'sys/devices/pci0000:00/0000:01:00.0')
  mkdirSync(join(root, 'sys/bus/pci/drivers/igb'), { recursive: true })
  link('sys/devices/pci0000:00/0000:01:00.0/driver', 'sys/bus/pci/drivers/igb')
  for (const disk of ['sda', 'sda1', 'sdb', 'sdb1']) write(`dev/${disk}`, '')
  link('dev/disk/by-id/ata-Test_Disk_AB12_CD34', 'dev/sda')
  link('dev/disk/by-id/wwn-0x5000c500a1b2c3d4', 'dev/sda')
  link('dev/disk/by-id/ata-Test_Disk_000000000000', 'dev/sdb')
  write('sys/block/sda/size', '1')
  write('run/lvm/pvs_online/Kc3kXfQ1hS0e2RabcdEFGHijklmnopqr', '8:1\nvg:vg0\ndev:/dev/sda1\n')

  const disk = (name: string, serial: string, wwn: string | null, children: object[]) => ({
    name,
    type: 'disk',
    size: 1000000000000,
    model: 'Test Disk',
    serial,
    wwn,
    children,
  })
  const uuid = 'Kc3kXf-Q1hS-0e2R-abcd-EFGH-ijkl-mnopqr'
  const blockdevices = [
    disk('sda', 'AB12 CD34', '0x5000c500a1b2c3d4', [{ name: 'sda1', type: 'part', fstype: 'LVM2_member', uuid }]),
    disk('sdb', '000000000000', null, [
      { name: 'sdb1', type: 'part', fstype: 'ext4', uuid: '6d0c2f0e-1b9a-4c3e-a7be-0c1d2e3f4a5b', label: 'Zoé' },
    ]),
  ]
  const program = (name: string, cases: Record<string, string>) => {
    const lines = Object.entries(cases).map(([args, answer], index) => {
      writeFileSync(join(path, `${name}.${index}`), answer)
      return `  '${args}') cat '${join(path, `${name}.${index}`)}' ;;`
    })
    writeFileSync(join(path, name), `#!/usr/bin/env bash\ncase "$*" in\n${lines.join('\n')}\n  *) exit 1 ;;\nesac\n`)
    chmodSync(join(path, name), 0o755)
  }
  mkdirSync(path)
  program('lsblk', {
    '-J -b -O': `${JSON.stringify({ blockdevices }, null, 3)}\n`,
    '-n -o SERIAL': 'AB12 CD34\n\n000000000000\n',
    '-n -o WWN': '0x5000c500a1b2c3d4\n0x5000c500a1b2c3d4\n',
    '-n -o UUID': `${uuid}\n6d0c2f0e-1b9a-4c3e-a7be-0c1d2e3f4a5b\n`,
  })
  const addr_info = [
    { local: '192.0.2.7', prefixlen: 24 },
    { local: 'fe80::a66b:b6ff:fe44:5566', prefixlen: 64 },
  ]
  program('ip', { '-j addr': `${JSON.stringify([{ ifname: 'eno1', address: 'a4:6b:b6:44:55:66', addr_info }])}\n` })
  return { root, path }
}

const { root, path } = makeMachine()

function record(name: string, ...options: string[]) {
  const folder = join(work, name)
  execFileSync('bash', [SCRIPT, ...options, '--root', root, folder], { env: { PATH: `${path}:${process.env.PATH}` } })
  const read = (file: string) => (existsSync(join(folder, file)) ? readFileSync(join(folder, file), 'utf8') : null)
  const all = ['cpuinfo', 'meminfo', 'sys.json', 'lsblk.json', 'ip-addr.json', 'origin.txt'].map(read).join('\n')
  return { read, all }
}

test('what it records is detected as the machine itself is', async () => {
  const { read } = record('plain')
  expect(factsOf(await detectHardware(recordedSystem(read)))).toEqual({
    firmware: 'uefi',
    secureBoot: 'enabled',
    tpm: '1.2',
    memory: '7.7 GiB',
    offered: { sda: 'ata-Test_Disk_AB12_CD34' },
    refused: { sdb: 'disk-is-boot-medium: this system was started from sdb' },
    contents: { sda: ['LVM (vg0)'], sdb: ['Linux (ext4, Zoé)'] },
    interfaces: { eno1: 'link, 1000 Mbit/s, 192.0.2.7/24, fe80::a66b:b6ff:fe44:5566/64' },
    stacked: {},
    problems: [],
    fit: 'yes',
  })
  expect(JSON.parse(read('sys.json') ?? '').files['/proc/self/mounts']).toBe('/dev/sdb1 /mnt/a"b\\c ext4 rw 0 0\n')
})

test('takes no firmware variable that it was not made for', () => {
  const { all } = record('variables')
  expect(all).toContain('SecureBoot-')
  expect(all).not.toContain('Secret-')
})

test('without serials nothing is left that names this machine, and it is still the same machine', async () => {
  const { read, all } = record('hidden', '--without-serials')
  const telling = [
    'AB12',
    'CD34',
    '5000c500a1b2c3d4',
    'a4:6b:b6:44:55:66',
    'b6ff:fe44',
    '6d0c2f0e',
    'Kc3kXf',
    'deadbeef',
  ]
  for (const secret of telling) expect(all).not.toContain(secret)
  expect(factsOf(await detectHardware(recordedSystem(read)))).toMatchObject({
    offered: { sda: 'ata-Test_Disk_SERIAL0001' },
    refused: { sdb: 'disk-is-boot-medium: this system was started from sdb' },
    contents: { sda: ['LVM (vg0)'] },
    interfaces: { eno1: 'link, 1000 Mbit/s, 192.0.2.7/24, fe80::0:ff:fe00:1/64' },
  })
  const [sda, sdb] = JSON.parse(read('lsblk.json') ?? '').blockdevices
  expect([sda.serial, sda.wwn, sda.size]).toEqual(['SERIAL0001', '0x5000000000000001', 1000000000000])
  // Zeros name nobody, and what they show must stay: that two disks can have the same.
  expect(sdb.serial).toBe('000000000000')
  expect(read('origin.txt')).toMatch(/^Recorded by scripts\/record-machine\.sh on .+, without serial numbers\.\n$/)
})

test('records the machine that the test runs on', async () => {
  const folder = join(work, 'here')
  execFileSync('bash', [SCRIPT, '--without-serials', folder])
  const read = (file: string) => (existsSync(join(folder, file)) ? readFileSync(join(folder, file), 'utf8') : null)
  const found = await detectHardware(recordedSystem(read))
  expect(found.cpu.threads).toBeGreaterThan(0)
  expect(found.memoryBytes).toBeGreaterThan(0)
})

test('asks the TPM what the detection asks it', () => {
  const [, escaped = ''] = /printf '((?:\\x[0-9a-f]{2}){22})' >&/.exec(readFileSync(SCRIPT, 'utf8')) ?? []
  expect(Buffer.from(escaped.replaceAll('\\x', ''), 'hex')).toEqual(Buffer.from(ASK_PERMANENT))
})

test.each([
  [[], 'give the folder to write'],
  [['--fast', 'x'], 'there is no option --fast'],
  [['a', 'b'], 'one word too many: b'],
  [[work], `${work} is there already`],
  [['--root', '/nonexistent', 'x'], '--root needs a folder'],
])('refuses %j', (args, message) => {
  const { status, stderr } = spawnSync('bash', [SCRIPT, ...args], { encoding: 'utf8' })
  expect([status, stderr]).toEqual([2, `record-machine.sh: ${message}\n`])
})
