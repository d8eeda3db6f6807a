/** What holds a disk's content. */
export type Backing =
  | { readonly kind: 'qcow2' | 'raw'; readonly file: string }
  | { readonly kind: 'nbd'; readonly socket: string }

/** A place for a target disk: fixed by its index, with or without a disk in it and with or without its neighbours. */
export type DiskPlace = { readonly id: string; readonly serial: string; readonly index: number }

export type QemuObject = Readonly<Record<string, unknown>>

/** Names of a disk's parts. A node's name has 31 characters at most, an id 20. */
export const partsOf = (id: string) => ({
  image: `img-${id}`,
  node: `disk-${id}`,
  group: `tg-${id}`,
  port: `port-${id}`,
  fault: (count: number) => `fault-${id}-${count % 100}`,
})

/** The root port that the disk sits in: from the root bus itself nothing can be pulled. */
export function portDevice({ id, index }: DiskPlace): string {
  const slot = 0x10 + index
  return `pcie-root-port,id=${partsOf(id).port},chassis=${slot},slot=${slot},addr=0x${slot.toString(16)}`
}

/** What limits a disk's speed; without limits until somebody sets them. */
export const throttleGroup = (id: string): QemuObject => ({ 'qom-type': 'throttle-group', id: partsOf(id).group })

/** The image, and over it the node that the disk reads and writes. The image is exchanged under it while the guest runs. */
export function blockNodes(id: string, backing: Backing): readonly QemuObject[] {
  return [imageNode(id, backing), speedNode(id, partsOf(id).image)]
}

export function speedNode(id: string, file: string): QemuObject {
  const { node, group } = partsOf(id)
  return { driver: 'throttle', 'node-name': node, 'throttle-group': group, file, discard: 'unmap' }
}

function imageNode(id: string, backing: Backing): QemuObject {
  const common = { 'node-name': partsOf(id).image, discard: 'unmap' }
  if (backing.kind === 'nbd')
    return { driver: 'nbd', ...common, server: { type: 'unix', path: backing.socket }, 'reconnect-delay': 0 }
  // Not cache=unsafe: what the guest flushed must survive a killed QEMU, qcow2's own tables too.
  return { driver: backing.kind, ...common, file: { driver: 'file', filename: backing.file } }
}

/** The disk itself. It reports errors to the guest: by itself QEMU would stop the machine where the host's disk is full. A
 *  boot index for every disk: without one OVMF lists a disk behind its own shell once another one was booted. */
export function diskDevice({ id, serial, index }: DiskPlace): QemuObject {
  const { node, port } = partsOf(id)
  return {
    driver: 'virtio-blk-pci',
    id,
    drive: node,
    serial,
    bus: port,
    bootindex: 1 + index,
    'write-cache': 'on',
    werror: 'report',
    rerror: 'report',
  }
}

/** The arguments of one disk in its port. */
export function diskArgs(place: DiskPlace, backing: Backing): readonly string[] {
  const { driver, ...device } = diskDevice(place)
  const { 'qom-type': type, ...group } = throttleGroup(place.id)
  return [
    ...['-object', [type, ...words(group)].join(',')],
    ...blockNodes(place.id, backing).flatMap((node) => ['-blockdev', JSON.stringify(node)]),
    ...['-device', [driver, ...words(device)].join(',')],
  ]
}

const words = (object: QemuObject) => Object.entries(object).map(([key, value]) => `${key}=${String(value)}`)
