import type { Disk, Hardware } from '../model/hardware.ts'
import { formatCommand } from '../system/command-line.ts'
import { expectExitCode } from '../system/command-result.ts'
import { programs } from '../system/programs.ts'
import type { System } from '../system/system.ts'

const BY_ID = '/dev/disk/by-id'

/** A machine that is known only from what detection wrote down: enough for a dry run to look at its disks, on any other
 *  machine. It has no files, and no program but lsblk. */
export function recordedMachine(hardware: Pick<Hardware, 'disks'>): System {
  const links = hardware.disks.flatMap(({ id, name }) => (id === null ? [] : [[id, `/dev/${name}`] as const]))
  const refuse = async () => {
    throw new Error('a recorded machine cannot be changed')
  }
  return {
    async query(program, args, options = {}) {
      const isLsblk = program === programs.lsblk
      const stdout = isLsblk ? JSON.stringify({ blockdevices: hardware.disks.map(lsblkOf) }) : ''
      const result = { exitCode: isLsblk ? 0 : 1, stdout, stderr: '' }
      return expectExitCode({ program, line: formatCommand(program, args) }, result, options)
    },
    run: refuse,
    readText: async () => null,
    // Its disks can be read, and what is on them is not known.
    readBytes: async (path) => (hardware.disks.some(({ name }) => path === `/dev/${name}`) ? new Uint8Array() : null),
    listDirectory: async (path) => (path === BY_ID ? links.map(([id]) => id.slice(BY_ID.length + 1)) : null),
    realPath: async (path) => links.find(([id]) => id === path)?.[1] ?? null,
    hasProgram: async () => true,
    exists: async () => false,
    freeBytes: async () => null,
    freeInodes: async () => null,
    writeFile: refuse,
    writeBytes: refuse,
    writeAt: refuse,
    appendFile: refuse,
    makeDirectory: refuse,
    removeFile: refuse,
    removeDirectory: refuse,
    moveFile: refuse,
    // Not the machine's network, but ours.
    httpsGet: async () => ({ error: 'ENETUNREACH' }),
    now: () => new Date(),
  }
}

function lsblkOf({ name, sizeBytes, serial, model, isReadOnly }: Disk): object {
  return { name, type: 'disk', size: sizeBytes, serial, model, ro: isReadOnly, mountpoints: [] }
}
