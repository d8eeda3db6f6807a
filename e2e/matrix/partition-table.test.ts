import { expect, test } from 'vitest'
import { readSgdisk } from './partition-table.ts'

// sgdisk 1.0.10 on a disk of the lab.
const PRINTED = `Disk /dev/vdc: 12582912 sectors, 6.0 GiB
Sector size (logical/physical): 512/512 bytes
Total free space is 4028 sectors (2.0 MiB)

Number  Start (sector)    End (sector)  Size       Code  Name
   1            2048          526335   256.0 MiB   EF00  disk-a-esp
   2          526336          788479   128.0 MiB   8200  disk-a-swap
   3          788480        12580863   5.6 GiB     8300  disk-a-zfs
`

test('reads every row of the table, sizes from first and last sector', () => {
  expect(readSgdisk(PRINTED)).toEqual([
    { number: 1, startSector: 2048, sectors: 524288, type: 'EF00', label: 'disk-a-esp' },
    { number: 2, startSector: 526336, sectors: 262144, type: '8200', label: 'disk-a-swap' },
    { number: 3, startSector: 788480, sectors: 11792384, type: '8300', label: 'disk-a-zfs' },
  ])
})
