import { join } from 'node:path'
import { parseArgs } from 'node:util'
import type { CommandResult } from './agent.ts'
import { connectUnix, onLines } from './connect.ts'
import type { Request } from './lab-shell.ts'

const usage = `node e2e/harness/lab-exec.ts RUN_DIR [--timeout SECONDS] -- 'bash command'   run it in the guest; same exit code
node e2e/harness/lab-exec.ts RUN_DIR --screen                                 what ttyS0 shows
node e2e/harness/lab-exec.ts RUN_DIR --press Down,Enter                       keys on ttyS0
node e2e/harness/lab-exec.ts RUN_DIR --type TEXT                              text on ttyS0
node e2e/harness/lab-exec.ts RUN_DIR --wait-off                               until the guest is off; prints why
node e2e/harness/lab-exec.ts RUN_DIR --power-on disks [--without keystone-a] [--no-tpm]   next boot (or: installer)
node e2e/harness/lab-exec.ts RUN_DIR --power-cut | --clear-tpm | --secure-boot on|off | --stop`

type Reply = { value?: unknown; error?: string }

/** Asks a running lab-shell.ts. Throws its error. */
export async function ask(runDir: string, request: Request): Promise<unknown> {
  const socket = await connectUnix(join(runDir, 'lab.sock'))
  const reply = await new Promise<Reply>((resolve, reject) => {
    onLines(socket, (line) => resolve(JSON.parse(line) as Reply))
    socket.on('close', () => reject(new Error('the lab shell went away')))
    socket.write(`${JSON.stringify(request)}\n`)
  })
  socket.destroy()
  if (reply.error !== undefined) throw new Error(reply.error)
  return reply.value
}

if (import.meta.main) {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      timeout: { type: 'string', default: '120' },
      screen: { type: 'boolean' },
      press: { type: 'string' },
      type: { type: 'string' },
      'wait-off': { type: 'boolean' },
      'power-on': { type: 'string' },
      without: { type: 'string', multiple: true, default: [] },
      'no-tpm': { type: 'boolean', default: false },
      'power-cut': { type: 'boolean' },
      'clear-tpm': { type: 'boolean' },
      'secure-boot': { type: 'string' },
      stop: { type: 'boolean' },
    },
  })
  const [runDir, ...words] = positionals
  const timeoutMs = Number(values.timeout) * 1000
  const powerOn = values['power-on']
  const request: Request | undefined =
    words.length > 0
      ? { do: 'exec', command: words.join(' '), timeoutMs }
      : values.screen
        ? { do: 'screen' }
        : values.press
          ? { do: 'press', keys: values.press.split(',') }
          : values.type !== undefined
            ? { do: 'type', text: values.type }
            : values['wait-off']
              ? { do: 'wait-off', timeoutMs }
              : powerOn === 'disks' || powerOn === 'installer'
                ? { do: 'power-on', boot: powerOn, without: values.without, tpm: !values['no-tpm'] }
                : values['power-cut']
                  ? { do: 'power-cut' }
                  : values['clear-tpm']
                    ? { do: 'clear-tpm' }
                    : values['secure-boot']
                      ? { do: 'secure-boot', isOn: values['secure-boot'] === 'on' }
                      : values.stop
                        ? { do: 'stop' }
                        : undefined
  if (!runDir || !request) {
    console.error(usage)
    process.exit(64)
  }
  try {
    const value = await ask(runDir, request)
    if (request.do === 'exec') {
      const { code, stdout, stderr } = value as CommandResult
      process.stdout.write(stdout)
      process.stderr.write(stderr)
      process.exitCode = code
    } else if (value !== null) console.log(value)
  } catch (error) {
    console.error((error as Error).message)
    process.exitCode = 125
  }
}
