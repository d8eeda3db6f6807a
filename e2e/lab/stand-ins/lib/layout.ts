import {
  ABSOLUTE,
  entries,
  fields,
  type Hooks,
  hooks,
  LayoutError,
  properties,
  text,
  texts,
  typeOf,
  WORD,
} from './layout-fields.ts'
import { MODES, type Mode, membersOf, readTopology, type Topology } from './topology.ts'

/** What the lab makes with its mkfs and can mount in its initrd. */
type Format = 'vfat' | 'ext4' | 'xfs'

export type Filesystem = Hooks & {
  readonly type: 'filesystem'
  readonly format: Format
  readonly mountpoint: string | null
  readonly mountOptions: readonly string[]
  readonly extraArgs: readonly string[]
}
export type Swap = Hooks & { readonly type: 'swap'; readonly mountOptions: readonly string[] }
export type ZfsMember = Hooks & { readonly type: 'zfs'; readonly pool: string }
export type Luks = Hooks & {
  readonly type: 'luks'
  readonly name: string
  readonly passwordFile: string
  readonly settings: Readonly<Record<string, unknown>>
  readonly content: Filesystem
}
export type Content = Filesystem | Swap | ZfsMember | Luks

export type Partition = {
  readonly name: string
  readonly label: string
  readonly device: string
  readonly type: string
  readonly size: string
  readonly priority: number
  readonly content: Content
}
export type Gpt = Hooks & { readonly partitions: readonly Partition[] }
export type Disk = Hooks & { readonly key: string; readonly device: string; readonly content: Gpt }
export type Dataset = Hooks & {
  readonly name: string
  readonly options: Readonly<Record<string, string>>
} & (
    | { readonly type: 'zfs_fs'; readonly mountpoint: string | null; readonly mountOptions: readonly string[] }
    | { readonly type: 'zfs_volume'; readonly size: string; readonly content: Luks }
  )
export type Pool = Hooks & {
  readonly name: string
  /** Of all members in their order, or a description of several vdevs. */
  readonly mode: Mode | Topology
  readonly options: Readonly<Record<string, string>>
  readonly rootFsOptions: Readonly<Record<string, string>>
  readonly datasets: readonly Dataset[]
}
export type Layout = { readonly disks: readonly Disk[]; readonly pools: readonly Pool[] }

function filesystem(value: unknown, at: string): Filesystem {
  const node = fields(value, at, ['type', 'format', 'mountpoint', 'mountOptions', 'extraArgs'])
  return {
    ...hooks(node),
    type: 'filesystem',
    format: text(node, 'format', /^(vfat|ext4|xfs)$/) as Format,
    mountpoint: node.raw.mountpoint == null ? null : text(node, 'mountpoint', ABSOLUTE),
    mountOptions: texts(node, 'mountOptions', ['defaults']),
    extraArgs: texts(node, 'extraArgs', []),
  }
}

function luks(value: unknown, at: string): Luks {
  const node = fields(value, at, ['type', 'name', 'passwordFile', 'settings', 'content'])
  const settings = fields(node.raw.settings ?? {}, `${at}.settings`, ['allowDiscards', 'crypttabExtraOpts'])
  if (typeOf(node.raw.content, `${at}.content`) !== 'filesystem') {
    throw new LayoutError(`${at}.content: the lab knows only file systems in LUKS`)
  }
  return {
    ...hooks(node),
    type: 'luks',
    name: text(node, 'name', WORD),
    passwordFile: text(node, 'passwordFile', ABSOLUTE),
    settings: settings.raw,
    content: filesystem(node.raw.content, `${at}.content`),
  }
}

function content(value: unknown, at: string): Content {
  const type = typeOf(value, at)
  if (type === 'filesystem') return filesystem(value, at)
  if (type === 'luks') return luks(value, at)
  if (type === 'zfs') {
    const node = fields(value, at, ['type', 'pool'])
    return { ...hooks(node), type, pool: text(node, 'pool', WORD) }
  }
  if (type === 'swap') {
    const node = fields(value, at, ['type', 'randomEncryption', 'mountOptions'])
    if (node.raw.randomEncryption !== true) throw new LayoutError(`${at}: the lab knows only randomly encrypted swap`)
    return { ...hooks(node), type, mountOptions: texts(node, 'mountOptions', ['defaults']) }
  }
  throw new LayoutError(`${at}.type: unknown type \`${type}'`)
}

function partition(disk: string, name: string, value: unknown, at: string): Partition {
  const node = fields(value, at, ['size', 'type', 'priority', 'content'])
  const label = `disk-${disk}-${name}`
  if (label.length > 36) throw new LayoutError(`${at}: the label ${label} is longer than 36 characters`)
  const inner = content(node.raw.content, `${at}.content`)
  const size = text(node, 'size', /^(100%|[0-9]+[KMGTP]?)$/)
  return {
    name,
    label,
    device: `/dev/disk/by-partlabel/${label}`,
    type: text(node, 'type', /^[A-Fa-f0-9]{4}$/, inner.type === 'swap' ? '8200' : '8300'),
    size,
    priority: Number(node.raw.priority ?? (size === '100%' ? 9001 : 1000)),
    content: inner,
  }
}

function disk(key: string, value: unknown): Disk {
  const at = `disko.devices.disk.${key}`
  const node = fields(value, at, ['type', 'device', 'content'])
  if (typeOf(node.raw.content, `${at}.content`) !== 'gpt') throw new LayoutError(`${at}.content.type: must be gpt here`)
  const gpt = fields(node.raw.content, `${at}.content`, ['type', 'partitions'])
  const partitions = entries(gpt.raw.partitions, `${at}.content.partitions`)
    .map(([name, part]) => partition(key, name, part, `${at}.content.partitions.${name}`))
    .sort((a, b) => a.priority - b.priority)
  return {
    ...hooks(node),
    key,
    device: text(node, 'device', ABSOLUTE),
    content: { ...hooks(gpt), partitions },
  }
}

function dataset(name: string, value: unknown, at: string): Dataset {
  const type = typeOf(value, at)
  if (type === 'zfs_fs') {
    const node = fields(value, at, ['type', 'mountpoint', 'mountOptions', 'options'])
    const options = properties(node, 'options')
    const mountpoint = node.raw.mountpoint == null ? null : text(node, 'mountpoint', ABSOLUTE)
    if (mountpoint !== null && options.mountpoint !== 'legacy') {
      throw new LayoutError(`${at}: the lab knows only options.mountpoint = "legacy"`)
    }
    return { ...hooks(node), name, type, options, mountpoint, mountOptions: texts(node, 'mountOptions', ['defaults']) }
  }
  if (type === 'zfs_volume') {
    const node = fields(value, at, ['type', 'size', 'options', 'content'])
    if (typeOf(node.raw.content, `${at}.content`) !== 'luks') throw new LayoutError(`${at}.content: must be luks here`)
    return {
      ...hooks(node),
      name,
      type,
      options: properties(node, 'options'),
      size: text(node, 'size', /^[0-9]+[KMGTP]?$/),
      content: luks(node.raw.content, `${at}.content`),
    }
  }
  throw new LayoutError(`${at}.type: unknown type \`${type}'`)
}

function readMode(value: unknown, at: string): Mode | Topology {
  if (typeof value !== 'string') return readTopology(value, at)
  const mode = MODES.find((known) => known === value)
  if (mode === undefined)
    throw new LayoutError(`A definition for option \`${at}' is not of type \`one of ${MODES.join(', ')}'`)
  return mode
}

function pool(name: string, value: unknown): Pool {
  const at = `disko.devices.zpool.${name}`
  const node = fields(value, at, ['type', 'mode', 'options', 'rootFsOptions', 'datasets'])
  return {
    ...hooks(node),
    name,
    mode: readMode(node.raw.mode ?? '', `${at}.mode`),
    options: properties(node, 'options'),
    rootFsOptions: properties(node, 'rootFsOptions'),
    datasets: entries(node.raw.datasets, `${at}.datasets`).map(([key, set]) =>
      dataset(key, set, `${at}.datasets.${key}`),
    ),
  }
}

/** `disko.devices` as the evaluator printed it -> the typed layout.
 *  @throws LayoutError on an unknown type or field, or a value of the wrong type. */
export function readLayout(devices: unknown): Layout {
  const node = fields(devices, 'disko.devices', ['disk', 'zpool'])
  const disks = entries(node.raw.disk ?? {}, 'disko.devices.disk').map(([key, value]) => disk(key, value))
  const pools = entries(node.raw.zpool ?? {}, 'disko.devices.zpool').map(([key, value]) => pool(key, value))
  if (disks.length === 0) throw new LayoutError('disko.devices.disk is empty')
  for (const { content: gpt } of disks) {
    for (const { content: inner } of gpt.partitions) {
      if (inner.type === 'zfs' && !pools.some(({ name }) => name === inner.pool)) {
        throw new LayoutError(`no zpool is called ${inner.pool}`)
      }
    }
  }
  for (const { name, mode } of pools) checkMembers(name, mode, members(disks, name))
  return { disks, pools }
}

/** The partitions that say they belong to a pool, in the order of their disks' names. */
export function members(disks: readonly Disk[], pool: string): readonly string[] {
  return disks
    .flatMap((disk) => disk.content.partitions)
    .filter(({ content }) => content.type === 'zfs' && content.pool === pool)
    .map(({ device }) => device)
}

/** disko only says so and goes on without the pool; its first dataset fails then. */
function checkMembers(pool: string, mode: Mode | Topology, found: readonly string[]): void {
  if (found.length === 0) throw new LayoutError(`no devices found for zpool ${pool}`)
  if (typeof mode === 'string') return
  const named = membersOf(mode)
  const isSame = [...named].sort().join('\n') === [...found].sort().join('\n')
  if (!isSame)
    throw new LayoutError(`zpool ${pool}: not all disks accounted for: ${named.join(' ')} and ${found.join(' ')}`)
}
