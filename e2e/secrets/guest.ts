import { spawn } from 'node:child_process'
import { mkdir, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'

/** Where a search runs: a machine's agent, or this host. */
export type Guest = {
  exec(
    command: string,
    options?: { timeoutMs?: number },
  ): Promise<{ readonly code: number; readonly stdout: string; readonly stderr: string }>
  putFile(path: string, content: string | Uint8Array, mode?: string): Promise<void>
}

/** This host, for the files that a machine left on it; and for the tests of the searches themselves. */
export const thisHost: Guest = {
  exec: (command, { timeoutMs = 600_000 } = {}) =>
    new Promise((resolve, reject) => {
      const child = spawn('bash', ['-c', command], { stdio: ['ignore', 'pipe', 'pipe'], timeout: timeoutMs })
      const out: Buffer[] = []
      const err: Buffer[] = []
      child.stdout.on('data', (chunk: Buffer) => out.push(chunk))
      child.stderr.on('data', (chunk: Buffer) => err.push(chunk))
      child.on('error', reject)
      child.on('close', (code) =>
        resolve({ code: code ?? -1, stdout: Buffer.concat(out).toString(), stderr: Buffer.concat(err).toString() }),
      )
    }),
  async putFile(path, content, mode = '0644') {
    await mkdir(dirname(path), { recursive: true })
    await writeFile(path, content, { mode: Number.parseInt(mode, 8) })
  },
}

/** As one word of a shell. */
export const quote = (text: string) => `'${text.replaceAll("'", "'\\''")}'`

/** Runs a command that must end with 0. */
export async function succeed(guest: Guest, command: string, timeoutMs = 600_000): Promise<string> {
  const { code, stdout, stderr } = await guest.exec(command, { timeoutMs })
  if (code !== 0) throw new Error(`${command}\nended with ${code}\n${stdout}\n${stderr}`)
  return stdout
}

/** As putFile, for a file with secrets: an agent hands content over in the arguments of a shell, in base64, where a sampler
 *  would find it. Here each byte's highest bit is turned on the way. */
export async function putHidden(guest: Guest, path: string, content: string | Uint8Array): Promise<void> {
  const turned = Buffer.from(content).map((byte) => byte ^ 0x80)
  await guest.putFile(`${path}.turned`, turned, '0600')
  const turnBack = `LC_ALL=C tr '\\000-\\377' '\\200-\\377\\000-\\177'`
  await succeed(
    guest,
    `umask 077; ${turnBack} <${quote(`${path}.turned`)} >${quote(path)} && rm ${quote(`${path}.turned`)}`,
  )
}
