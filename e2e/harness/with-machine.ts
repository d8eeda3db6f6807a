import { keepEvidence, removeRunDir } from './evidence.ts'
import { assertHealthy } from './invariants.ts'
import type { Machine } from './machine.ts'
import type { MachineOptions } from './machine-options.ts'
import { startMachine } from './start-machine.ts'

/** Starts a machine, hands it to `body`, checks the invariants, and always ends it. When anything fails the evidence is
 *  kept and the failure goes on. */
export async function withMachine<T>(
  name: string,
  options: MachineOptions,
  body: (machine: Machine) => Promise<T>,
): Promise<T> {
  const machine = await startMachine(options)
  try {
    const result = await body(machine)
    await assertHealthy(machine)
    return result
  } catch (error) {
    await keepEvidence(machine, name, error)
    throw error
  } finally {
    await machine.dispose()
    await removeRunDir(machine)
  }
}
