import { posix } from 'node:path'
import type { Hardware } from '../model/hardware.ts'
import { UserError } from '../system/errors.ts'
import type { System } from '../system/system.ts'

/** A machine that was recorded with `keystone detect --json`: a file, or the name of a folder with a hardware.json in one of
 *  `directories`. */
export async function readRecordedHardware(
  system: System,
  nameOrFile: string,
  directories: readonly string[],
): Promise<Hardware> {
  const candidates = [nameOrFile, ...directories.map((directory) => posix.join(directory, nameOrFile, 'hardware.json'))]
  for (const path of candidates) {
    const text = await system.readText(path)
    if (text !== null) return parseHardware(text, path)
  }
  throw new UserError(`there is no recorded machine ${nameOrFile}`, {
    nextSteps: ['give the path of a file made by: keystone detect --json'],
  })
}

function parseHardware(text: string, path: string): Hardware {
  const nextSteps = ['record the machine again: keystone detect --json']
  let hardware: Partial<Hardware> | null
  try {
    hardware = JSON.parse(text) as Partial<Hardware> | null
  } catch (cause) {
    throw new UserError(`${path} is not JSON`, { nextSteps, cause })
  }
  // Enough to tell a recording from any other JSON file; it is our own output.
  const lists = [hardware?.disks, hardware?.interfaces, hardware?.problems]
  if (!lists.every(Array.isArray) || !hardware?.cpu || !hardware.tpm || !hardware.firmware) {
    throw new UserError(`${path} is not a recorded machine`, { nextSteps })
  }
  return hardware as Hardware
}
