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

/** The tree below `config:` of one pool. A disk that stands alone is a vdev of its own, with the mode `''`. */
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
      if (indent.length === 2) found.push({ kind, mode: '', members: [name] })
      else group?.members.push(name)
    } else {
      const mode = name.replace(/-\d+$/, '') as FoundVdev['mode']
      const vdev = { kind, mode, members: [] }
      found.push(vdev)
      group = vdev
    }
  }
  return found
}
