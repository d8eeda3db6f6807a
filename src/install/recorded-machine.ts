import type { Disk, Hardware } from '../model/hardware.ts'
import { formatCommand } from '../system/command-line.ts'
import { expectExitCode } from '../system/command-result.ts'
import { programs } from '../system/programs.ts'
import type { System } from '../system/system.ts'

/** A machine that is known only from what detection wrote down: enough for a dry run to look at its disks, on any other
 *  machine. It has no files, and no program but lsblk. */
export function recordedMachine(hardware: Pick<Hardware, 'disks'>): System {
  const refuse = async () => {
    throw new Error('a recorded machine cannot be changed')
  }
  return {
    async query(program, args, options = {}) {
      const disk = hardware.disks.find(({ id }) => id !== null && id === args.at(-1))
      const isLsblk = program === programs.lsblk
      const result =
        isLsblk && disk !== undefined
          ? { exitCode: 0, stdout: JSON.stringify({ blockdevices: [lsblkOf(disk)] }), stderr: '' }
          : { exitCode: isLsblk ? 32 : 1, stdout: '', stderr: '' } // 32: not found
      return expectExitCode({ program, line: formatCommand(program, args) }, result, options)
    },
    run: refuse,
    readText: async () => null,
    readBytes: async () => null,
    listDirectory: async () => null,
    realPath: async () => null,
    exists: async () => false,
    writeFile: refuse,
    appendFile: refuse,
    makeDirectory: refuse,
    removeFile: refuse,
    moveFile: refuse,
    now: () => new Date(),
  }
}

function lsblkOf({ name, sizeBytes, serial, isReadOnly }: Disk): object {
  return { name, type: 'disk', size: sizeBytes, serial, ro: isReadOnly, mountpoints: [] }
}
