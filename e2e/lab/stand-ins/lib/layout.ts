/** The part of disko's types that our templates use. Anything else is an error, so that a template cannot quietly rely
 *  on what the lab does not do. Field names and defaults as in disko's lib/types. */
export class LayoutError extends Error {
  override readonly name = 'LayoutError'
}

export type Hooks = {
  readonly preCreateHook: string
  readonly postCreateHook: string
  readonly preMountHook: string
  readonly postMountHook: string
  readonly preUnmountHook: string
  readonly postUnmountHook: string
}

export type Filesystem = Hooks & {
  readonly type: 'filesystem'
  readonly format: 'vfat' | 'ext4'
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
  readonly mode: '' | 'mirror'
  readonly options: Readonly<Record<string, string>>
  readonly rootFsOptions: Readonly<Record<string, string>>
  readonly datasets: readonly Dataset[]
}
export type Layout = { readonly disks: readonly Disk[]; readonly pools: readonly Pool[] }

const HOOKS = [
  'preCreateHook',
  'postCreateHook',
  'preMountHook',
  'postMountHook',
  'preUnmountHook',
  'postUnmountHook',
] as const

type Fields = { readonly at: string; readonly raw: Readonly<Record<string, unknown>> }

function fields(value: unknown, at: string, known: readonly string[]): Fields {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new LayoutError(`A definition for option \`${at}' is not of type \`attribute set'`)
  }
  const raw = value as Record<string, unknown>
  for (const key of Object.keys(raw)) {
    if (!known.includes(key) && !HOOKS.includes(key as (typeof HOOKS)[number])) {
      throw new LayoutError(`The option \`${at}.${key}' does not exist`)
    }
  }
  return { at, raw }
}

function hooks({ at, raw }: Fields): Hooks {
  const entries = HOOKS.map((hook) => {
    const value = raw[hook] ?? ''
    if (typeof value !== 'string') throw notOfType(`${at}.${hook}`, 'strings concatenated with "\\n"')
    return [hook, value]
  })
  return Object.fromEntries(entries) as Hooks
}

function notOfType(at: string, type: string): LayoutError {
  return new LayoutError(`A definition for option \`${at}' is not of type \`${type}'`)
}

function text({ at, raw }: Fields, key: string, pattern: RegExp, fallback?: string): string {
  const value = raw[key] ?? fallback
  if (value === undefined) throw new LayoutError(`The option \`${at}.${key}' was accessed but has no value defined`)
  if (typeof value !== 'string' || !pattern.test(value)) throw notOfType(`${at}.${key}`, `string matching ${pattern}`)
  return value
}

function texts({ at, raw }: Fields, key: string, fallback: readonly string[]): readonly string[] {
  const value = raw[key] ?? fallback
  if (!Array.isArray(value) || value.some((item) => typeof item !== 'string'))
    throw notOfType(`${at}.${key}`, 'list of string')
  return value as string[]
}

function properties({ at, raw }: Fields, key: string): Readonly<Record<string, string>> {
  const value = raw[key] ?? {}
  const isRight =
    typeof value === 'object' &&
    !Array.isArray(value) &&
    Object.values(value as object).every((item) => typeof item === 'string')
  if (!isRight) throw notOfType(`${at}.${key}`, 'attribute set of string')
  return value as Record<string, string>
}

function entries(value: unknown, at: string): readonly (readonly [string, unknown])[] {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw notOfType(at, 'attribute set')
  // Nix prints attributes sorted, JSON.parse keeps the order but not for keys like "10": sort again, by bytes.
  return Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1))
}

function typeOf(value: unknown, at: string): string {
  const type = (value as { type?: unknown } | null)?.type
  if (typeof type !== 'string') throw new LayoutError(`The option \`${at}.type' was accessed but has no value defined`)
  return type
}

const ABSOLUTE = /^\/[\w./:+-]*$/
const WORD = /^[\w.:-]+$/

function filesystem(value: unknown, at: string): Filesystem {
  const node = fields(value, at, ['type', 'format', 'mountpoint', 'mountOptions', 'extraArgs'])
  return {
    ...hooks(node),
    type: 'filesystem',
    format: text(node, 'format', /^(vfat|ext4)$/) as 'vfat' | 'ext4',
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

function pool(name: string, value: unknown): Pool {
  const at = `disko.devices.zpool.${name}`
  const node = fields(value, at, ['type', 'mode', 'options', 'rootFsOptions', 'datasets'])
  return {
    ...hooks(node),
    name,
    mode: text(node, 'mode', /^(|mirror)$/, '') as '' | 'mirror',
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
  return { disks, pools }
}
