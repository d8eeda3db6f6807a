import { bundleHash } from '../lab/bundle-disk.ts'
import { keepEvidence, removeRunDir } from './evidence.ts'
import type { Machine } from './machine.ts'
import type { MachineOptions } from './machine-options.ts'
import { type SavedMachine, savedMachine } from './snapshot.ts'
import { startMachine } from './start-machine.ts'

/** A saved machine that grew out of another: restored, brought further by `reach`, and saved there. Made once for all that its
 *  key names, and that is: the machine it grew from, the bundle, `name` and `key`, which must say what `reach` does
 *  (answers, switches). Disks that are served by NBD cannot be in it. */
export async function checkpoint({
  name,
  key = [],
  bundleDir,
  reach,
  ...options
}: Omit<MachineOptions, 'disks' | 'ports' | 'bundleDisk'> & {
  name: string
  key?: readonly string[]
  from: SavedMachine
  /** Only where the machine it grows from has mounted none yet. */
  bundleDir?: string
  reach: (machine: Machine) => Promise<void>
}): Promise<SavedMachine> {
  const bundle = bundleDir === undefined ? [] : [await bundleHash(bundleDir)]
  return savedMachine(name, [options.from.id, ...bundle, ...key], async () => {
    options.say?.(`making the checkpoint ${name} once, to save it`)
    const machine = await startMachine({ ...options, ...(bundleDir && { bundleDir }) })
    try {
      await reach(machine)
      return machine
    } catch (error) {
      await keepEvidence(machine, `checkpoint-${name}`, error)
      await machine.dispose()
      await removeRunDir(machine)
      throw error
    }
  })
}
