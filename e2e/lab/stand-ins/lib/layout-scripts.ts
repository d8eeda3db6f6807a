import {
  type Dataset,
  type Disk,
  type Filesystem,
  type Layout,
  type Luks,
  members,
  type Partition,
  type Pool,
} from './layout.ts'
import type { Hooks } from './layout-fields.ts'
import { quote } from './shell.ts'
import { topologyWords } from './topology.ts'

/** A node's commands between its hooks, in a subshell of its own as in disko: a hook's variables end with it. */
function node(hooks: Hooks, kind: 'Create' | 'Mount' | 'Unmount', body: string): string {
  return `(\n${hooks[`pre${kind}Hook`]}\n${body}\n${hooks[`post${kind}Hook`]}\n)\n`
}

/** Under `set -x` nothing of the key is shown: the trace is off where it is read. */
const keyOf = (luks: Luks) => `<(set +x; printf %s "$(cat ${quote(luks.passwordFile)})")`

// Lab only: the real key derivation takes a minute under emulation.
const PBKDF = `\${KEYSTONE_LAB_CHEAP_PBKDF:+--pbkdf pbkdf2 --pbkdf-force-iterations 1000}`

const openLuks = (luks: Luks, device: string, extra = '') =>
  `cryptsetup open ${quote(device)} ${quote(luks.name)} ${luks.settings.allowDiscards === true ? '--allow-discards' : ''} ` +
  `--key-file=- ${extra} < ${keyOf(luks)}`

function formatFilesystem(fs: Filesystem, device: string): string {
  const flags = fs.extraArgs.map(quote).join(' ')
  return node(
    fs,
    'Create',
    `if ! blkid ${quote(device)} | grep -q TYPE=; then mkfs.${fs.format} ${flags} ${quote(device)}; fi`,
  )
}

function formatLuks(luks: Luks, device: string): string {
  return node(
    luks,
    'Create',
    `if ! cryptsetup isLuks ${quote(device)}; then
  cryptsetup -q luksFormat ${quote(device)} ${PBKDF} --key-file=- < ${keyOf(luks)}
fi
if ! cryptsetup status ${quote(luks.name)} >/dev/null; then
  ${openLuks(luks, device, '--persistent')}
fi
${formatFilesystem(luks.content, `/dev/mapper/${luks.name}`)}`,
  )
}

function formatContent({ content, device }: Partition): string {
  if (content.type === 'filesystem') return formatFilesystem(content, device)
  if (content.type === 'luks') return formatLuks(content, device)
  // A pool's member is formatted with its pool, random swap at each boot.
  return node(content, 'Create', ':')
}

function formatDisk(disk: Disk): string {
  const device = quote(disk.device)
  // disko calls sgdisk and settles once for each partition; once for all is the same and quicker.
  const table = disk.content.partitions.map((partition, index) => {
    const number = index + 1
    const end = partition.size === '100%' ? '-0' : `+${partition.size}`
    return `--new=${number}:0:${end} --partition-guid=${number}:R --change-name=${number}:${quote(partition.label)} --typecode=${number}:${partition.type}`
  })
  const body = `if ! blkid ${device} >&2; then sgdisk --clear ${device}; fi
sgdisk --align-end ${table.join(' ')} ${device}
partprobe ${device} || :
udevadm trigger --settle ${device}
udevadm settle --timeout=120
${disk.content.partitions.map(formatContent).join('\n')}`
  return node(disk, 'Create', node(disk.content, 'Create', body))
}

const flags = (letter: string, values: Readonly<Record<string, string>>) =>
  Object.entries(values)
    .map(([name, value]) => `-${letter} ${name}=${quote(value)}`)
    .join(' ')

function formatDataset(pool: Pool, dataset: Dataset): string {
  const name = quote(`${pool.name}/${dataset.name}`)
  const options = flags('o', dataset.options)
  const isThere = `zfs get type ${name} >/dev/null 2>&1`
  if (dataset.type === 'zfs_fs') {
    return node(dataset, 'Create', `if ! ${isThere}; then zfs create -up ${name} ${options}; fi`)
  }
  const device = `/dev/zvol/${pool.name}/${dataset.name}`
  return node(
    dataset,
    'Create',
    `if ! ${isThere}; then
  zfs create ${name} ${options} -V ${dataset.size}
  zvol_wait
  udevadm settle --timeout=120
fi
${formatLuks(dataset.content, device)}`,
  )
}

function poolWords({ disks }: Layout, { name, mode }: Pool): readonly string[] {
  if (typeof mode !== 'string') return topologyWords(mode)
  return [mode, ...members(disks, name)].filter((word) => word !== '')
}

function formatPool(layout: Layout, pool: Pool): string {
  const name = quote(pool.name)
  const root = pool.rootFsOptions.canmount === 'off' ? '-m none' : ''
  return node(
    pool,
    'Create',
    `if zpool import -N -f ${name} || zpool list ${name}; then
  echo "not creating zpool ${pool.name} as a pool with that name already exists" >&2
else
  zpool create -f ${name} -R "$root_mountpoint" ${root} ${flags('o', pool.options)} ${flags('O', pool.rootFsOptions)} \\
    ${poolWords(layout, pool).map(quote).join(' ')}
fi
${pool.datasets.map((dataset) => formatDataset(pool, dataset)).join('\n')}`,
  )
}

/** What erases the disks. What lies on them is given up first, the topmost first, as disko's own disk-deactivate does it. */
export function destroyScript(layout: Layout): string {
  const disks = layout.disks.map(({ device }) => quote(device)).join(' ')
  return `umount -Rv "$root_mountpoint" || :
for disk in ${disks}; do
  disk=$(realpath "$disk")
  for node in $(lsblk --list --noheadings --paths --output NAME "$disk" | tac); do
    # Gone with what it lay on, or listed twice.
    [ -e "$node" ] || continue
    for place in $(findmnt --noheadings --list --output TARGET --source "$node"); do umount -R "$place" || :; done
    case $(blkid -p -o value -s TYPE "$node" || :) in
      swap) swapoff "$node" || : ;;
      zfs_member)
        zpool destroy -f "$(blkid -p -o value -s LABEL "$node")" || :
        zpool labelclear -f "$node" || : ;;
      LVM2_member)
        group=$(pvs --noheadings --options vg_name "$node" | tr -d ' ' || :)
        if [ -n "$group" ]; then vgchange --activate n "$group" || :; vgremove -f "$group" || :; fi ;;
    esac
    case $(lsblk --nodeps --noheadings --output TYPE "$node") in
      crypt) cryptsetup close "$node" ;;
      raid*) mdadm --stop "$node" || : ;;
      lvm) lvremove -f -y "$node" || : ;;
      part) wipefs --all -f "$node" ;;
    esac
  done
  wipefs --all -f "$disk"
  dd if=/dev/zero of="$disk" bs=440 count=1
done
`
}

/** Partitions, file systems, pools: disks first, then pools, each in the order of the attribute names. */
export function formatScript(layout: Layout): string {
  return [...layout.disks.map(formatDisk), ...layout.pools.map((pool) => formatPool(layout, pool))].join('\n')
}

type Mount = { readonly mountpoint: string; readonly mount: string; readonly unmount: string }

const optionFlags = (options: readonly string[]) => options.map((option) => `-o ${quote(option)}`).join(' ')

function mountOf(
  where: string,
  source: string,
  type: string,
  options: readonly string[],
  around: readonly Hooks[],
): Mount {
  const target = `"$root_mountpoint"${quote(where)}`
  const wrap = (kind: 'Mount' | 'Unmount', body: string) =>
    around.reduce((inner, hooks) => node(hooks, kind, inner), body)
  return {
    mountpoint: where,
    mount: wrap(
      'Mount',
      `if ! findmnt ${quote(source)} ${target} >/dev/null 2>&1; then
  mount ${quote(source)} ${target} -t ${type} ${optionFlags(options)} -o X-mount.mkdir
fi`,
    ),
    unmount: wrap('Unmount', `if findmnt ${quote(source)} ${target} >/dev/null 2>&1; then umount ${target}; fi`),
  }
}

function filesystemMounts(fs: Filesystem, device: string, around: readonly Hooks[]): readonly Mount[] {
  return fs.mountpoint === null ? [] : [mountOf(fs.mountpoint, device, fs.format, fs.mountOptions, [fs, ...around])]
}

function mounts(layout: Layout): readonly Mount[] {
  const ofDisks = layout.disks.flatMap((disk) =>
    disk.content.partitions.flatMap(({ content, device }) => {
      if (content.type === 'filesystem') return filesystemMounts(content, device, [disk.content, disk])
      if (content.type === 'luks') {
        return filesystemMounts(content.content, `/dev/mapper/${content.name}`, [content, disk.content, disk])
      }
      return []
    }),
  )
  const ofPools = layout.pools.flatMap((pool) =>
    pool.datasets.flatMap((dataset) =>
      dataset.type === 'zfs_fs' && dataset.mountpoint !== null
        ? [mountOf(dataset.mountpoint, `${pool.name}/${dataset.name}`, 'zfs', dataset.mountOptions, [dataset, pool])]
        : [],
    ),
  )
  const depth = (path: string) => (path === '/' ? 0 : path.split('/').length)
  return [...ofDisks, ...ofPools].sort((a, b) => depth(a.mountpoint) - depth(b.mountpoint))
}

const openIfClosed = (luks: Luks, device: string) =>
  node(luks, 'Mount', `if ! cryptsetup status ${quote(luks.name)} >/dev/null 2>&1; then ${openLuks(luks, device)}; fi`)

const closeIfOpen = (luks: Luks) =>
  node(
    luks,
    'Unmount',
    `if cryptsetup status ${quote(luks.name)} >/dev/null 2>&1; then cryptsetup close ${quote(luks.name)}; fi`,
  )

function keyOfDataset(pool: Pool, dataset: Dataset, wanted: 'unavailable' | 'available', command: string): string {
  const name = quote(`${pool.name}/${dataset.name}`)
  return `if [ "$(zfs get keystatus ${name} -H -o value)" = ${wanted} ]; then zfs ${command} ${name}; fi`
}

const hasKey = (dataset: Dataset) => (dataset.options.keylocation ?? 'none') !== 'none'

/** Opens what must be open, then mounts below the root mount point, parents first. */
export function mountScript(layout: Layout): string {
  const mappings = layout.disks.flatMap((disk) =>
    disk.content.partitions.flatMap(({ content, device }) =>
      content.type === 'luks' ? [openIfClosed(content, device)] : [],
    ),
  )
  const pools = layout.pools.map((pool) => {
    const datasets = pool.datasets.map((dataset) => {
      if (dataset.type === 'zfs_volume') {
        return node(dataset, 'Mount', openIfClosed(dataset.content, `/dev/zvol/${pool.name}/${dataset.name}`))
      }
      return hasKey(dataset) ? node(dataset, 'Mount', keyOfDataset(pool, dataset, 'unavailable', 'load-key')) : ''
    })
    const name = quote(pool.name)
    const body = `zpool list ${name} >/dev/null 2>&1 || zpool import -l -R "$root_mountpoint" ${name}\n${datasets.join('\n')}`
    return node(pool, 'Mount', body)
  })
  return [...mappings, ...pools, ...mounts(layout).map(({ mount }) => mount)].join('\n')
}

/** The reverse of mountScript: unmounts, closes, exports. */
export function unmountScript(layout: Layout): string {
  const pools = layout.pools.map((pool) => {
    const datasets = pool.datasets.map((dataset) => {
      if (dataset.type === 'zfs_volume') return node(dataset, 'Unmount', closeIfOpen(dataset.content))
      return hasKey(dataset) ? node(dataset, 'Unmount', keyOfDataset(pool, dataset, 'available', 'unload-key')) : ''
    })
    const name = quote(pool.name)
    return node(
      pool,
      'Unmount',
      `${datasets.join('\n')}\nif zpool list ${name} >/dev/null 2>&1; then zpool export ${name}; fi`,
    )
  })
  const mappings = layout.disks.flatMap((disk) =>
    disk.content.partitions.flatMap(({ content }) => (content.type === 'luks' ? [closeIfOpen(content)] : [])),
  )
  const unmounts = [...mounts(layout)].reverse().map(({ unmount }) => unmount)
  return [...unmounts, ...pools, ...mappings].join('\n')
}
