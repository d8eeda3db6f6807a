import {
  CREDSTORE_DIRECTORY,
  DATA_POOL_KEY_FILE,
  NEW_DATA_POOL_KEY_FILE,
  PASSPHRASE_FILE,
  POOL_KEY_FILE,
} from '../model/paths.ts'
import type { PlannedDataPool, PlannedDataset, PlannedStorage, PlannedVdev } from '../model/plan.ts'
import { MIB } from '../model/size.ts'
import type { DatasetContext, StorageContext, TopologyContext, VdevContext } from '../render/storage-context.ts'
import { disksThatMayFail, filesystemOf, shapeOf } from './layouts.ts'

/** The disks for the templates. */
export function storageContext(storage: PlannedStorage): StorageContext {
  const { layout, isEncrypted, swapKind, swapBytes, vdevs, dataPool } = storage
  const shape = shapeOf(layout)
  const pool = storage.pool ?? ''
  const datasetRootName = isEncrypted ? 'crypt' : 'system'
  const disks = storage.disks.flatMap(({ key, id, espMountpoint }) =>
    espMountpoint === null ? [] : [{ key, device: id, espMountpoint }],
  )
  const lossesAllowed = disksThatMayFail(shape, disks.length)
  const otherDisks = storage.disks.flatMap(({ key, id, role }) => {
    if (role === 'system') return []
    return [{ key, device: id, pool: role === 'data' ? (dataPool?.pool ?? '') : pool, role }]
  })
  return {
    isZfs: storage.pool !== null,
    isEncrypted,
    isRedundant: isRedundant(vdevs),
    isMirror: shape === 'mirror',
    isStripe: shape === 'stripe',
    isRaidz: shape.startsWith('raidz'),
    isRaid10: shape === 'raid10',
    disksToLose: WORDS[lossesAllowed] ?? String(lossesAllowed),
    espSize: diskoSize(storage.espBytes),
    swapSize: diskoSize(swapKind === 'random' ? swapBytes : 0),
    hasSwap: swapKind === 'random' && swapBytes > 0,
    hibernationMiB: swapKind === 'hibernation' ? Math.round(swapBytes / MIB) : 0,
    disks,
    otherDisks,
    hasOtherDisks: otherDisks.length > 0,
    rootFormat: storage.pool === null ? filesystemOf(layout) : '',
    pool,
    datasetRoot: pool === '' ? '' : `${pool}/${datasetRootName}`,
    datasetRootName: pool === '' ? '' : datasetRootName,
    topology: topologyOf(vdevs),
    datasets: datasetsBelow(pool, storage.datasets),
    luksName: storage.luksName ?? '',
    luksDevice: storage.luksDevice ?? '',
    passphraseFile: PASSPHRASE_FILE,
    credstoreDirectory: CREDSTORE_DIRECTORY,
    poolKeyFile: POOL_KEY_FILE,
    hasDataPool: dataPool !== null,
    hasDataKey: dataPool !== null && isEncrypted,
    dataPool: dataPoolContext(dataPool, isEncrypted),
  }
}

const WORDS = ['', 'one', 'two', 'three']

function dataPoolContext(dataPool: PlannedDataPool | null, isEncrypted: boolean): StorageContext['dataPool'] {
  const name = dataPool?.pool ?? ''
  return {
    name,
    datasetRoot: isEncrypted && dataPool !== null ? `${name}/crypt` : name,
    isRedundant: isRedundant(dataPool?.vdevs ?? []),
    topology: topologyOf(dataPool?.vdevs ?? []),
    datasets: datasetsBelow(name, dataPool?.datasets ?? []),
    keyFile: DATA_POOL_KEY_FILE,
    newKeyFile: NEW_DATA_POOL_KEY_FILE,
  }
}

/** Where every vdev that holds data has a second copy or parity. */
function isRedundant(vdevs: readonly PlannedVdev[]): boolean {
  const data = vdevs.filter(({ kind }) => kind === 'data')
  return data.length > 0 && data.every(({ mode }) => mode !== '')
}

function topologyOf(vdevs: readonly PlannedVdev[]): TopologyContext {
  const of = (kind: PlannedVdev['kind']) => vdevs.filter((vdev) => vdev.kind === kind)
  return {
    vdevs: asDisko(of('data')),
    logs: asDisko(of('log')),
    specials: asDisko(of('special')),
    spares: of('spare').flatMap(({ disks }) => disks),
    caches: of('cache').flatMap(({ disks }) => disks),
  }
}

/** Single disks in one entry: disko sorts several with a comparison that calls each smaller than the other, and then their
 *  order is nobody's promise. zpool makes the same of both. Source: disko lib/types/zpool.nix, formatVdevList */
function asDisko(vdevs: readonly PlannedVdev[]): readonly VdevContext[] {
  const singles = vdevs.filter(({ mode }) => mode === '').flatMap(({ disks }) => disks)
  const groups = vdevs.filter(({ mode }) => mode !== '').map(({ mode, disks }) => ({ mode, members: disks }))
  return singles.length === 0 ? groups : [...groups, { mode: '', members: singles }]
}

function datasetsBelow(pool: string, datasets: readonly PlannedDataset[]): readonly DatasetContext[] {
  return datasets.map(({ name, mountpoint }) => ({ name: name.slice(pool.length + 1), mountpoint }))
}

/** disko takes `[0-9]+[KMGTP]`; all our sizes are whole MiB. */
function diskoSize(bytes: number): string {
  return `${Math.round(bytes / MIB)}M`
}
