/** One device as lsblk tells it, with everything it may leave out made explicit. */
export type BlockDevice = {
  readonly name: string
  readonly path: string
  /** `disk`, `part`, `crypt`, `lvm`, `raid1`, `loop`, `rom`, … */
  readonly type: string
  readonly sizeBytes: number | null
  readonly model: string | null
  readonly serial: string | null
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
    sizeBytes: number(fields.size),
    model: text(fields.model)?.replace(/\s+/g, ' ') ?? null,
    serial: text(fields.serial),
    transport: text(fields.tran),
    isRotational: boolean(fields.rota),
    isRemovable: boolean(fields.rm) ?? false,
    isReadOnly: boolean(fields.ro) ?? false,
    logicalSectorBytes: number(fields['log-sec']),
    physicalSectorBytes: number(fields['phy-sec']),
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
  return typeof value === 'string' && value.trim() !== '' ? value.trim() : null
}

function number(value: unknown): number | null {
  const parsed = typeof value === 'string' ? Number(value) : value
  return typeof parsed === 'number' && Number.isFinite(parsed) ? parsed : null
}

function boolean(value: unknown): boolean | null {
  if (typeof value === 'boolean') return value
  return value === '1' || value === 1 ? true : value === '0' || value === 0 ? false : null
}
