import { bootEntries } from './catalogue/boot.ts'
import { cryptsetupEntries } from './catalogue/cryptsetup.ts'
import { diskoEntries } from './catalogue/disko.ts'
import { diskErrorEntries, lostDiskEntries } from './catalogue/disks.ts'
import { endingEntries, gitEntries, machineEntries, refusalEntries } from './catalogue/machine.ts'
import { mountEntries } from './catalogue/mount.ts'
import { networkEntries } from './catalogue/network.ts'
import { nixEntries } from './catalogue/nix.ts'
import { partitionTableEntries } from './catalogue/partitions.ts'
import { releaseEntries } from './catalogue/release.ts'
import { roomEntries } from './catalogue/room.ts'
import { tpmEntries } from './catalogue/tpm.ts'
import { zfsEntries } from './catalogue/zfs.ts'
import type { CatalogueEntry } from './entry.ts'

/** Every failure whose cause is known, in the order they are tried: what the machine itself shows comes before what an exit
 *  code says, and what a program does for one purpose before what it does for any. */
export const catalogue: readonly CatalogueEntry[] = [
  ...lostDiskEntries,
  ...machineEntries,
  ...diskErrorEntries,
  ...roomEntries,
  ...networkEntries,
  ...bootEntries,
  ...tpmEntries,
  ...releaseEntries,
  ...nixEntries,
  ...endingEntries,
  ...cryptsetupEntries,
  ...partitionTableEntries,
  ...zfsEntries,
  ...mountEntries,
  ...diskoEntries,
  ...gitEntries,
  ...refusalEntries,
]
