import { fields, LayoutError, text, texts } from './layout-fields.ts'

/** disko's names of a vdev's kind. */
export const MODES = ['', 'mirror', 'raidz', 'raidz1', 'raidz2', 'raidz3'] as const
export type Mode = (typeof MODES)[number]

export type Vdev = { readonly mode: Mode; readonly members: readonly string[] }

/** A pool of several vdevs, each member by its device. */
export type Topology = {
  readonly vdev: readonly Vdev[]
  readonly spare: readonly string[]
  readonly log: readonly Vdev[]
  readonly dedup: readonly Vdev[]
  readonly special: readonly Vdev[]
  readonly cache: readonly string[]
}

/** A member is a path, or the name of a disk with a partition called `zfs`. */
const device = (member: string) => (member.startsWith('/') ? member : `/dev/disk/by-partlabel/disk-${member}-zfs`)

function readVdev(value: unknown, at: string): Vdev {
  const node = fields(value, at, ['mode', 'members'], { hooks: false })
  if (node.raw.members === undefined)
    throw new LayoutError(`The option \`${at}.members' was accessed but has no value defined`)
  const mode = text(node, 'mode', new RegExp(`^(${MODES.join('|')})$`), '') as Mode
  return { mode, members: texts(node, 'members', []).map(device) }
}

function readVdevs(value: unknown, at: string): readonly Vdev[] {
  if (value === undefined) return []
  if (!Array.isArray(value))
    throw new LayoutError(`A definition for option \`${at}' is not of type \`list of (submodule)'`)
  return value.map((one, index) => readVdev(one, `${at}.[definition ${index + 1}-entry]`))
}

/** `mode.topology` of a pool. Unlike most of disko's types it must name its own type.
 *  @throws LayoutError */
export function readTopology(value: unknown, at: string): Topology {
  const mode = fields(value, at, ['topology'], { hooks: false })
  const inner = `${at}.topology`
  const node = fields(mode.raw.topology, inner, ['type', 'vdev', 'spare', 'log', 'dedup', 'special', 'cache'], {
    hooks: false,
  })
  text(node, 'type', /^topology$/)
  const { vdev, log, dedup, special } = node.raw
  const lone = special !== undefined && special !== null && !Array.isArray(special)
  return {
    vdev: readVdevs(vdev, `${inner}.vdev`),
    spare: texts(node, 'spare', []).map(device),
    log: readVdevs(log, `${inner}.log`),
    dedup: readVdevs(dedup, `${inner}.dedup`),
    special: readVdevs(lone ? [special] : (special ?? undefined), `${inner}.special`),
    cache: texts(node, 'cache', []).map(device),
  }
}

/** In the order in which disko names them to zpool: kind by kind, single disks first. */
function kinds(topology: Topology): readonly (readonly [string, readonly Vdev[]])[] {
  const lone = (members: readonly string[]): readonly Vdev[] => (members.length === 0 ? [] : [{ mode: '', members }])
  const order = (vdevs: readonly Vdev[]) => [
    ...vdevs.filter(({ mode }) => mode === ''),
    ...vdevs.filter(({ mode }) => mode !== ''),
  ]
  return [
    ['', order(topology.vdev)],
    ['spare', lone(topology.spare)],
    ['log', order(topology.log)],
    ['dedup', order(topology.dedup)],
    ['special', order(topology.special)],
    ['cache', lone(topology.cache)],
  ]
}

export function membersOf(topology: Topology): readonly string[] {
  return kinds(topology).flatMap(([, vdevs]) => vdevs.flatMap(({ members }) => members))
}

/** The words of `zpool create` after the pool's name and options. */
export function topologyWords(topology: Topology): readonly string[] {
  return kinds(topology).flatMap(([kind, vdevs]) =>
    vdevs.length === 0
      ? []
      : [kind, ...vdevs.flatMap(({ mode, members }) => [mode, ...members])].filter((word) => word !== ''),
  )
}
