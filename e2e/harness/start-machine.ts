import { machineTools, requireTools } from '../lab/tools.ts'
import { findAccel } from './accel.ts'
import { Machine } from './machine.ts'
import { makeFiles, makeRunDir } from './machine-files.ts'
import type { MachineOptions } from './machine-options.ts'
import { findOvmf } from './ovmf.ts'

/** Makes a machine and switches it on. Throws when a program is missing or QEMU does not start. A restored machine is
 *  ready when this returns; a cold one has just begun to boot (see waitReady). */
export async function startMachine(options: MachineOptions): Promise<Machine> {
  await requireTools(machineTools)
  const { image, from, say } = options
  const accel = await findAccel(image.kernel, say)
  const firmware = await findOvmf()
  const runDir = await makeRunDir(options.runDir)
  const { hardware, bundleDisk, attached } = await makeFiles(options, runDir, firmware)
  const size = options.size ?? from?.size
  const { iso } = options
  const setup = { runDir, image, hardware, bundleDisk, attached, iso, accel, firmwareCode: firmware.code, size, say }
  const machine = new Machine(setup)
  try {
    if (from) await machine.tty.screen.write(from.screen)
    await machine.powerOn({ boot: options.boot ?? 'installer', ...(from && { incoming: `exec:cat '${from.state}'` }) })
    if (from) {
      await machine.waitReady()
      await machine.agent.syncClock()
    }
  } catch (error) {
    await machine.dispose()
    throw error
  }
  return machine
}
