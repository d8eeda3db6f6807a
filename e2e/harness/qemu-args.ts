import { join } from 'node:path'
import type { Accel } from './accel.ts'
import { type Backing, type DiskPlace, diskArgs, portDevice } from './disk-args.ts'
import { fetchForward } from './fetch-server.ts'

/** Everything that shapes the machine's hardware. Two processes with equal hardware can hand a saved state over. */
export type Hardware = {
  memoryMiB: number
  net: boolean
  tpm: boolean
  /** A screen: the firmware and tty1 draw on it. Without one tty1 has its text all the same. */
  display?: boolean
  /** Ids of the target disks in slot order; their serials too, unless `serials` says otherwise. */
  diskIds: string[]
  serials?: Record<string, string>
  /** Those of diskIds whose place was empty when the machine was made: a disk can be plugged in there while it runs. */
  ports?: string[]
}

/** What the installer comes on: the lab's own two disks, or an ISO as a CD or as a read-only stick. */
export type InstallerMedium = { systemDisk: string; bundleDisk: string } | { iso: string; as: 'cd' | 'stick' }

/** What the machine starts with. Secure Boot needs a firmware that the system cannot reach: system management mode. */
export type Firmware = { code: string; vars: string; isSecure: boolean }

export type Launch = {
  accel: Accel
  hardware: Hardware
  firmware: Firmware
  runDir: string
  /** Without it the firmware boots what the target disks hold. */
  installer: InstallerMedium | undefined
  /** What holds the content of the disks that are plugged in, by id. The place of another one is there, and empty. */
  disks: ReadonlyMap<string, { readonly backing: Backing }>
  /** Disks of hardware.diskIds that are not there this time, nor their places. */
  without: string[]
  tpmSocket: string | undefined
  incoming: string | undefined
  /** What the guest gets from fetch-server.ts. */
  fetched?: string | undefined
}

/** The places of one machine's files below its run folder. Socket names are short: a unix socket's path has 107 bytes. */
export const places = (runDir: string) => ({
  vars: join(runDir, 'vars.qcow2'),
  secureVars: join(runDir, 'secure-vars.qcow2'),
  system: join(runDir, 'system.qcow2'),
  bundle: join(runDir, 'bundle.raw'),
  fetched: join(runDir, 'fetched'),
  disk: (id: string) => join(runDir, `disk-${id}.qcow2`),
  rawDisk: (id: string) => join(runDir, `disk-${id}.raw`),
  nbdLog: (id: string) => join(runDir, `disk-${id}.nbd`),
  nbdSocket: (id: string) => join(runDir, `${id}.nbd.sock`),
  tpmDir: join(runDir, 'tpm'),
  keptTpmDir: join(runDir, 'kept-tpm'),
  tpmSocket: join(runDir, 'tpm.sock'),
  tpmLog: join(runDir, 'swtpm.log'),
  qmpSocket: join(runDir, 'qmp.sock'),
  qmpLog: join(runDir, 'qmp.log'),
  serialSocket: join(runDir, 'tty.sock'),
  serialLog: join(runDir, 'serial.log'),
  slipLog: join(runDir, 'emulator-slips.log'),
  agentSocket: join(runDir, 'agent.sock'),
  processLog: join(runDir, 'processes.log'),
  argvLog: join(runDir, 'argv.log'),
})

// With cx16 the emulation gives wrong flags and most boots die in __kmalloc; see docs of the lab, fact 1.
const cpu: Record<Accel, string[]> = {
  kvm: ['-accel', 'kvm', '-cpu', 'host'],
  tcg: ['-accel', 'tcg,thread=multi,tb-size=1024', '-cpu', 'Westmere,-cx16'],
}

const SECURE = [
  ...['-machine', 'q35,smm=on'],
  ...['-global', 'driver=cfi.pflash01,property=secure,value=on'],
  ...['-global', 'ICH9-LPC.disable_s3=1'],
]

/** The argv of QEMU for one boot. KEYSTONE_LAB_CPUS=1 gives the guest one processor: slower alone, and faster where two
 *  machines share two cores, because no processor of a guest then waits for one that has none. It starts stopped (-S), so that no byte is lost before the harness listens. */
export function qemuArgs({
  accel,
  hardware,
  firmware,
  runDir,
  installer,
  disks,
  without,
  tpmSocket,
  incoming,
  fetched,
}: Launch): string[] {
  const at = places(runDir)
  const args = [
    'qemu-system-x86_64',
    '-nodefaults',
    '-no-user-config',
    '-display',
    'none',
    '-monitor',
    'none',
    '-S',
    '-no-reboot',
    ...(firmware.isSecure ? SECURE : ['-machine', 'q35']),
    ...cpu[accel],
    '-smp',
    process.env.KEYSTONE_LAB_CPUS || '2',
    '-m',
    String(hardware.memoryMiB),
    '-nic',
    'none',
    '-chardev',
    `socket,id=qmp,path=${at.qmpSocket},server=on,wait=off`,
    '-mon',
    'chardev=qmp,mode=control',
    '-drive',
    `if=pflash,unit=0,format=raw,readonly=on,file=${firmware.code}`,
    '-drive',
    `if=pflash,unit=1,format=qcow2,file=${firmware.vars}`,
    '-chardev',
    `socket,id=tty,path=${at.serialSocket},server=on,wait=off,logfile=${at.serialLog},logappend=on`,
    '-serial',
    'chardev:tty',
    '-object',
    'rng-random,filename=/dev/urandom,id=rng0',
    '-device',
    'virtio-rng-pci,rng=rng0,addr=0x3',
    '-device',
    'virtio-serial-pci,id=vs0,addr=0x4',
    '-chardev',
    `socket,id=agent,path=${at.agentSocket},server=on,wait=off`,
    '-device',
    'virtserialport,bus=vs0.0,chardev=agent,name=keystone.agent',
  ]
  if (hardware.net) {
    // No boot ROM: nothing here ever boots from the network. restrict=on: the guest reaches nothing outside.
    const forward = fetched === undefined ? '' : `,${fetchForward(fetched)}`
    args.push(
      '-netdev',
      `user,id=net0,restrict=on${forward}`,
      '-device',
      'virtio-net-pci,netdev=net0,romfile=,addr=0x5',
    )
  }
  if (tpmSocket !== undefined) {
    args.push('-chardev', `socket,id=tpm,path=${tpmSocket}`, '-tpmdev', 'emulator,id=tpm0,chardev=tpm')
    args.push('-device', 'tpm-crb,tpmdev=tpm0')
  }
  if (hardware.display) args.push('-device', 'VGA,edid=on,xres=1024,yres=768,addr=0x8')
  if (installer) args.push(...mediumArgs(installer))
  for (const place of diskPlaces(hardware)) {
    if (without.includes(place.id)) continue
    args.push('-device', portDevice(place))
    const disk = disks.get(place.id)
    if (disk) args.push(...diskArgs(place, disk.backing))
  }
  if (incoming !== undefined) args.push('-incoming', incoming)
  return args
}

export const diskPlaces = ({ diskIds, serials = {} }: Hardware): readonly DiskPlace[] =>
  diskIds.map((id, index) => ({ id, serial: serials[id] ?? id, index }))

function mediumArgs(medium: InstallerMedium): string[] {
  if ('systemDisk' in medium) {
    return [
      ...['-drive', `if=none,id=system,file=${medium.systemDisk},format=qcow2,cache=unsafe`],
      ...['-device', 'virtio-blk-pci,drive=system,serial=keystone-system,bootindex=0,addr=0x6'],
      ...['-drive', `if=none,id=bundle,file=${medium.bundleDisk},format=raw,readonly=on`],
      ...['-device', 'virtio-blk-pci,drive=bundle,serial=keystone-bundle,addr=0x7'],
    ]
  }
  // The guest's cloud kernel knows no USB: a stick is a disk that cannot be written.
  const device =
    medium.as === 'cd'
      ? 'ide-cd,drive=medium,bus=ide.0,bootindex=0'
      : 'virtio-blk-pci,drive=medium,serial=keystone-stick,bootindex=0,addr=0x6'
  const kind = medium.as === 'cd' ? ',media=cdrom' : ''
  return ['-drive', `if=none,id=medium,file=${medium.iso},format=raw,readonly=on${kind}`, '-device', device]
}

/** A word that changes when the machine's hardware does: a saved state only fits the hardware it was saved on. */
export function hardwareFingerprint(hardware: Hardware): string {
  const installer = { systemDisk: 'system', bundleDisk: 'bundle' }
  const firmware = { code: 'code', vars: 'vars', isSecure: false }
  const filled = hardware.diskIds.filter((id) => !hardware.ports?.includes(id))
  const disks = new Map(filled.map((id) => [id, { backing: { kind: 'qcow2', file: id } as const }]))
  const launch = { firmware, runDir: '.', installer, disks, without: [], tpmSocket: 'tpm', incoming: undefined }
  return qemuArgs({ ...launch, accel: 'tcg', hardware }).join(' ')
}
