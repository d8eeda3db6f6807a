import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { type OwnedProcess, startProcess, waitForSocket } from './process.ts'

export type Swtpm = { socket: string; process: OwnedProcess }

/** Starts a TPM 2 on its state folder (made when missing: an empty folder is a new chip). It ends with QEMU by itself.
 *  Never two on one folder. `socket` must not be longer than 107 bytes. */
export async function startSwtpm({
  stateDir,
  socket,
  logFile,
}: {
  stateDir: string
  socket: string
  logFile: string
}): Promise<Swtpm> {
  await mkdir(stateDir, { recursive: true })
  const args = [
    'socket',
    '--tpm2',
    '--tpmstate',
    `dir=${stateDir}`,
    '--ctrl',
    `type=unixio,path=${socket}`,
    '--terminate',
  ]
  const process = startProcess(['swtpm', ...args, '--log', `file=${logFile},level=1`], {
    logFile: join(stateDir, '..', 'processes.log'),
  })
  await waitForSocket(socket, process)
  return { socket, process }
}
