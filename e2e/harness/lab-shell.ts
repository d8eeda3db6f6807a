import { mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { buildImage } from '../lab/build-image.ts'
import { onLines } from './connect.ts'
import { blankDisks } from './disks.ts'
import type { Machine } from './machine.ts'
import type { BootFrom } from './machine-options.ts'
import { startMachine } from './start-machine.ts'

/** What lab-exec.ts asks, one JSON line each; the answer is one JSON line too. */
export type Request =
  | { do: 'exec'; command: string; timeoutMs: number }
  | { do: 'screen' }
  | { do: 'press'; keys: string[] }
  | { do: 'type'; text: string }
  | { do: 'wait-off'; timeoutMs: number }
  | { do: 'power-on'; boot: BootFrom; without: string[]; tpm: boolean }
  | { do: 'power-cut' }
  | { do: 'clear-tpm' }
  | { do: 'secure-boot'; isOn: boolean }
  | { do: 'stop' }

const usage = `node e2e/harness/lab-shell.ts [--dir RUN_DIR] [--bundle DIR] [--boot installer|cd|stick|disks] [--iso FILE]
         [--no-tpm] [--display] [--memory MIB] [--disks 2] [--disk-gib 8]
Boots the lab's installer image with blank disks and keeps it running; talk to it with lab-exec.ts RUN_DIR.`

async function answer(machine: Machine, request: Request): Promise<unknown> {
  switch (request.do) {
    case 'exec':
      return machine.agent.exec(request.command, request)
    case 'screen':
      return machine.tty.snapshotText()
    case 'press':
      return machine.tty.press(...request.keys)
    case 'type':
      return machine.tty.type(request.text)
    case 'wait-off':
      return machine.waitForExit(request)
    case 'power-on':
      return machine.powerOn(request)
    case 'power-cut':
      return machine.powerCut()
    case 'clear-tpm':
      return machine.clearTpm()
    case 'secure-boot':
      return machine.secureBoot(request.isOn)
    case 'stop':
      return machine.dispose()
  }
}

if (import.meta.main) {
  const { values } = parseArgs({
    options: {
      dir: { type: 'string' },
      bundle: { type: 'string' },
      boot: { type: 'string', default: 'installer' },
      iso: { type: 'string' },
      display: { type: 'boolean', default: false },
      'no-tpm': { type: 'boolean', default: false },
      memory: { type: 'string', default: '1536' },
      disks: { type: 'string', default: '2' },
      'disk-gib': { type: 'string', default: '8' },
      help: { type: 'boolean', default: false },
    },
  })
  if (values.help) {
    console.log(usage)
    process.exit(0)
  }
  const image = await buildImage({
    onProgress: ({ text, elapsedSeconds }) => console.log(`[image, ${elapsedSeconds} s] ${text}`),
  })
  const runDir = values.dir ?? (await mkdtemp(join(tmpdir(), 'keystone-lab-')))
  const started = Date.now()
  const machine = await startMachine({
    image,
    runDir,
    boot: values.boot as BootFrom,
    tpm: !values['no-tpm'],
    display: values.display,
    memoryMiB: Number(values.memory),
    disks: blankDisks(Number(values.disks), Number(values['disk-gib'])),
    say: console.log,
    ...(values.bundle && { bundleDir: values.bundle }),
    ...(values.iso && { iso: values.iso }),
  })
  const stop = async () => {
    await machine.dispose()
    if (!values.dir) await rm(runDir, { recursive: true, force: true })
    process.exit(0)
  }
  process.on('SIGINT', stop)
  process.on('SIGTERM', stop)
  await rm(join(runDir, 'lab.sock'), { force: true })
  createServer((socket) => {
    socket.on('error', () => {})
    onLines(socket, async (line) => {
      const request = JSON.parse(line) as Request
      const reply = await answer(machine, request).then(
        (value) => ({ value: value ?? null }),
        (error: Error) => ({ error: error.message }),
      )
      socket.end(`${JSON.stringify(reply)}\n`, () => {
        if (request.do === 'stop') void stop()
      })
    })
  }).listen(join(runDir, 'lab.sock'))
  console.log(`run folder: ${runDir}`)
  await machine.agent.waitReady({ timeoutMs: 600_000 })
  console.log(
    `ready after ${((Date.now() - started) / 1000).toFixed(1)} s: node e2e/harness/lab-exec.ts ${runDir} -- 'lsblk'`,
  )
}
