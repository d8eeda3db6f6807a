import { appendFile, rm } from 'node:fs/promises'
import type { Agent } from './agent.ts'
import { sizeOf, takeSlip } from './emulator-slip.ts'
import { type OwnedProcess, startProcess, waitForSocket } from './process.ts'
import { type Launch, places, qemuArgs } from './qemu-args.ts'
import { Qmp } from './qmp.ts'
import type { SerialLane } from './serial-lane.ts'
import { type Swtpm, startSwtpm } from './swtpm.ts'

/** Why a machine went off. `guest-shutdown` and `guest-reset` are the guest's wish; `killed` is a power cut;
 *  anything else is QEMU's own word, or `crashed` when it said nothing. */
export type OffReason = 'guest-shutdown' | 'guest-reset' | 'guest-panic' | 'killed' | 'crashed' | (string & {})

/** One power-on: one QEMU with one swtpm, on the machine's files. */
export type Boot = {
  readonly qmp: Qmp
  readonly qemu: OwnedProcess
  readonly off: Promise<OffReason>
  /** SIGKILL: the guest gets no chance to write anything. */
  kill(): Promise<void>
}

type BootLaunch = Omit<Launch, 'tpmSocket'>

const MAX_SLIPS = 2

/** Starts the processes, connects everything, and lets the guest run (or waits for its incoming state first). A cold boot
 *  that the emulator spoilt (see emulator-slip.ts) before the guest was up is started again, as by the reset button. */
export async function startBoot(
  launch: BootLaunch,
  lane: SerialLane,
  agent: Agent,
  say: (text: string) => void,
): Promise<Boot> {
  const at = places(launch.runDir)
  const canSlip = launch.accel === 'tcg' && launch.incoming === undefined
  let logStart = await sizeOf(at.serialLog)
  let current = await startOnce(launch, lane, agent)
  let isKilled = false

  const untilOff = async (): Promise<OffReason> => {
    for (let slips = 0; ; slips += 1) {
      const reason = await current.off
      const isSpoilt = canSlip && reason === 'guest-reset' && !agent.hasAnswered && slips < MAX_SLIPS
      if (isKilled || !isSpoilt || !(await takeSlip(at.serialLog, logStart, at.slipLog))) return reason
      say('the emulator tripped over code that the kernel was patching: starting this boot again')
      logStart = await sizeOf(at.serialLog)
      current = await startOnce(launch, lane, agent)
      if (isKilled) await current.kill()
    }
  }
  const off = untilOff()
  // Whoever waits for the end hears of it; nobody may.
  off.catch(() => {})
  return {
    get qmp() {
      return current.qmp
    },
    get qemu() {
      return current.qemu
    },
    off,
    async kill() {
      isKilled = true
      await current.kill()
    },
  }
}

async function startOnce(launch: BootLaunch, lane: SerialLane, agent: Agent): Promise<Boot> {
  const at = places(launch.runDir)
  for (const path of [at.qmpSocket, at.serialSocket, at.agentSocket, at.tpmSocket]) await rm(path, { force: true })
  let swtpm: Swtpm | undefined
  if (launch.hardware.tpm) swtpm = await startSwtpm({ stateDir: at.tpmDir, socket: at.tpmSocket, logFile: at.tpmLog })
  const argv = qemuArgs({ ...launch, tpmSocket: swtpm?.socket })
  await appendFile(at.argvLog, `${argv.join(' ')}\n`)
  const qemu = startProcess(argv, { logFile: at.processLog })
  let wasKilled = false
  const kill = async () => {
    wasKilled = true
    await qemu.kill().catch(() => {})
    // swtpm ends when QEMU's connection closes; it must be gone before its folder is used again.
    await swtpm?.process.kill().catch(() => {})
  }
  try {
    await waitForSocket(at.qmpSocket, qemu)
    const qmp = await Qmp.connect(at.qmpSocket, at.qmpLog)
    // The lane last: who listens for its beginning may ask the agent at once.
    await agent.attach(at.agentSocket)
    await lane.attach(at.serialSocket)
    const off = qemu.exit.then(async (): Promise<OffReason> => {
      await swtpm?.process.exit.catch(() => {})
      qmp.close()
      if (wasKilled) return 'killed'
      const last = qmp.events.findLast(({ event }) => event === 'SHUTDOWN')
      return typeof last?.data?.reason === 'string' ? last.data.reason : 'crashed'
    })
    if (launch.incoming !== undefined) await waitForIncoming(qmp)
    await qmp.execute('cont')
    return { qmp, qemu, off, kill }
  } catch (error) {
    await kill()
    throw error
  }
}

async function waitForIncoming(qmp: Qmp): Promise<void> {
  const end = Date.now() + 60_000
  while (Date.now() < end) {
    const { status } = (await qmp.execute('query-status')) as { status: string }
    if (status !== 'inmigrate') return
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
  throw new Error('QEMU did not take the saved state in within 60 s')
}
