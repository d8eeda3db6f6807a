import { expect, test } from 'vitest'
import { readZpoolStatus } from './zpool-status.ts'

const label = (key: string) => `/dev/disk/by-partlabel/disk-${key}-zfs`

// zfs 2.3.9, `zpool status -P`, of a pool with one of everything.
const ALL = `  pool: rpool
 state: ONLINE
config:

	NAME                                          STATE     READ WRITE CKSUM
	rpool                                         ONLINE       0     0     0
	  mirror-0                                    ONLINE       0     0     0
	    ${label('a')}         ONLINE       0     0     0
	    ${label('b')}         ONLINE       0     0     0
	  mirror-1                                    ONLINE       0     0     0
	    ${label('c')}         ONLINE       0     0     0
	    ${label('d')}         ONLINE       0     0     0
	special	
	  mirror-3                                    ONLINE       0     0     0
	    ${label('special1')}  ONLINE       0     0     0
	    ${label('special2')}  ONLINE       0     0     0
	logs	
	  ${label('log1')}        ONLINE       0     0     0
	spares
	  ${label('spare1')}      AVAIL   

errors: No known data errors
`

test('a pool with vdevs of all kinds', () => {
  expect(readZpoolStatus(ALL)).toEqual([
    { kind: 'data', mode: 'mirror', members: [label('a'), label('b')] },
    { kind: 'data', mode: 'mirror', members: [label('c'), label('d')] },
    { kind: 'special', mode: 'mirror', members: [label('special1'), label('special2')] },
    { kind: 'log', mode: '', members: [label('log1')] },
    { kind: 'spare', mode: '', members: [label('spare1')] },
  ])
})

test('each disk of a stripe is a vdev of its own', () => {
  const text = `config:

	NAME                                 STATE     READ WRITE CKSUM
	rpool                                ONLINE       0     0     0
	  ${label('a')}  ONLINE       0     0     0
	  ${label('b')}  ONLINE       0     0     0

errors: No known data errors
`
  expect(readZpoolStatus(text)).toEqual([
    { kind: 'data', mode: '', members: [label('a')] },
    { kind: 'data', mode: '', members: [label('b')] },
  ])
})
