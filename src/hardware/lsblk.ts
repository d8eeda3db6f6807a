import { plainText } from './plain-text.ts'

/** One device as lsblk tells it, with everything it may leave out made explicit. */
export type BlockDevice = {
  readonly name: string
  readonly path: string
  /** `disk`, `part`, `crypt`, `lvm`, `raid1`, `loop`, `rom`, … */
  readonly type: string
  readonly sizeBytes: number | null
  readonly model: string | null
  readonly serial: string | null
  /** World-wide name as udev has it: `0x5000c500a1b2c3d4`, `eui.0025385b71b0a1b2`. */
  readonly wwn: string | null
  readonly transport: string | null
  readonly isRotational: boolean | null
  readonly isRemovable: boolean
  readonly isReadOnly: boolean
  readonly logicalSectorBytes: number | null
  readonly physicalSectorBytes: number | null
  readonly filesystem: string | null
  readonly label: string | null
  readonly uuid: string | null
  readonly partitionLabel: string | null
  readonly partitionUuid: string | null
  readonly partitionType: string | null
  readonly partitionTable: string | null
  /** `[SWAP]` for swap, as lsblk writes it. */
  readonly mountpoints: readonly string[]
  readonly children: readonly BlockDevice[]
}

/** The arguments whose output `parseLsblk` reads: JSON, sizes in bytes, all columns. */
export const LSBLK_ARGS = ['-J', '-b', '-O'] as const

/** `lsblk -J -b -O` -> the tree of devices; null when the text is not what lsblk writes. Reads every util-linux since 2.33:
 *  older ones write numbers and booleans as text and have `mountpoint` instead of `mountpoints`. */
export function parseLsblk(json: string): readonly BlockDevice[] | null {
  let output: unknown
  try {
    output = JSON.parse(json)
  } catch {
    return null
  }
  const devices = isFields(output) ? output.blockdevices : null
  return Array.isArray(devices) ? devices.filter(isFields).map(readDevice) : null
}

/** A device with everything below it, itself first. */
export function flatten(device: BlockDevice): readonly BlockDevice[] {
  return [device, ...device.children.flatMap(flatten)]
}

type Fields = Readonly<Record<string, unknown>>
const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

function readDevice(fields: Fields): BlockDevice {
  const name = text(fields.name) ?? text(fields.kname) ?? ''
  const mountpoints = Array.isArray(fields.mountpoints) ? fields.mountpoints : [fields.mountpoint]
  return {
    name,
    path: text(fields.path) ?? `/dev/${name}`,
    type: text(fields.type) ?? 'unknown',
    sizeBytes: count(fields.size),
    model: text(fields.model)?.replace(/\s+/g, ' ') ?? null,
    serial: text(fields.serial),
    wwn: text(fields.wwn),
    transport: text(fields.tran),
    isRotational: boolean(fields.rota),
    isRemovable: boolean(fields.rm) ?? false,
    isReadOnly: boolean(fields.ro) ?? false,
    logicalSectorBytes: sector(fields['log-sec']),
    physicalSectorBytes: sector(fields['phy-sec']),
    filesystem: text(fields.fstype),
    label: text(fields.label),
    uuid: text(fields.uuid),
    partitionLabel: text(fields.partlabel),
    partitionUuid: text(fields.partuuid),
    partitionType: text(fields.parttype),
    partitionTable: text(fields.pttype),
    mountpoints: mountpoints.flatMap((mountpoint) => text(mountpoint) ?? []),
    children: Array.isArray(fields.children) ? fields.children.filter(isFields).map(readDevice) : [],
  }
}

function text(value: unknown): string | null {
  return typeof value === 'string' ? plainText(value) : null
}

/** A size in bytes: whole, not negative, and small enough to be counted with. */
function count(value: unknown): number | null {
  const parsed = typeof value === 'string' && value.trim() !== '' ? Number(value) : value
  return typeof parsed === 'number' && Number.isSafeInteger(parsed) && parsed >= 0 ? parsed : null
}

/** What sectors can be: powers of two, from 512 bytes to what the kernel allows at most. */
function sector(value: unknown): number | null {
  const bytes = count(value)
  return bytes !== null && bytes >= 512 && bytes <= 65_536 && Number.isInteger(Math.log2(bytes)) ? bytes : null
}

function boolean(value: unknown): boolean | null {
  if (typeof value === 'boolean') return value
  return value === '1' || value === 1 ? true : value === '0' || value === 0 ? false : null
}
