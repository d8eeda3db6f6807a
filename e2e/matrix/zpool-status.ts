/** A vdev as `zpool status -P` draws it, its members by path. */
export type FoundVdev = {
  readonly kind: 'data' | 'spare' | 'log' | 'cache' | 'special'
  readonly mode: '' | 'mirror' | 'raidz1' | 'raidz2' | 'raidz3'
  readonly members: readonly string[]
}

const HEADINGS: Readonly<Record<string, FoundVdev['kind']>> = {
  spares: 'spare',
  logs: 'log',
  cache: 'cache',
  special: 'special',
}

/** The tree below `config:` of one pool. Single disks of one kind are one vdev `''` together, as they are given to zpool. */
export function readZpoolStatus(text: string): readonly FoundVdev[] {
  const rows = (text.split(/^\tNAME .*\n/m)[1] ?? '').split('\n')
  const end = rows.indexOf('')
  const found: { kind: FoundVdev['kind']; mode: FoundVdev['mode']; members: string[] }[] = []
  let kind: FoundVdev['kind'] = 'data'
  let group: { members: string[] } | undefined
  for (const row of end < 0 ? rows : rows.slice(0, end)) {
    const [, indent = '', name = ''] = /^\t( *)(\S+)/.exec(row) ?? []
    if (indent === '') {
      kind = HEADINGS[name] ?? 'data'
      group = undefined
    } else if (name.startsWith('/')) {
      const alone = indent.length === 2
      if (alone) {
        group = found.find((vdev) => vdev.kind === kind && vdev.mode === '')
        if (!group) found.push({ kind, mode: '', members: [] })
        group = found.find((vdev) => vdev.kind === kind && vdev.mode === '')
      }
      group?.members.push(name)
    } else {
      const mode = name.replace(/-\d+$/, '') as FoundVdev['mode']
      const vdev = { kind, mode, members: [] }
      found.push(vdev)
      group = vdev
    }
  }
  return found
}
