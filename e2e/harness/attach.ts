import type { Machine } from './machine.ts'

const endKey = 0x1d // Ctrl-]

// Whatever the guest switched on in the person's terminal: colours, hidden cursor, other screen, paste marks.
const resetTerminal = '\x1b[0m\x1b[?25h\x1b[?1049l\x1b[?2004l\x1b[?1l\r\n'

export type Attached = {
  /** Resolves when the person pressed Ctrl-]. The machine still runs: what then happens to it is the caller's. */
  ended: Promise<void>
  /** Prints a line of our own, on the normal screen, with the terminal's modes put right first. */
  say(line: string): void
  /** Gives the terminal back as it was. May be called twice. */
  detach(): void
}

type Terminal = { stdin?: NodeJS.ReadStream; stdout?: NodeJS.WriteStream }

/** Puts the person's own terminal on the machine's serial line. It stays there over the machine's boots: the caller only
 *  powers it on again. The guest is told the terminal's size at each boot and when it changes. */
export function attachTerminal(
  machine: Machine,
  { stdin = process.stdin, stdout = process.stdout }: Terminal = {},
): Attached {
  // The person's terminal answers the guest's queries now; two answers would be typed into the wizard.
  machine.tty.answersQueries = false
  stdout.write(`\x1b[2J\x1b[H${machine.tty.screen.serialize()}`)
  const endOutput = machine.lane.addOutput((data) => void stdout.write(data))
  let end = () => {}
  const ended = new Promise<void>((resolve) => {
    end = resolve
  })
  const onKeys = (data: Buffer | string) => {
    const keys = Buffer.from(data)
    if (keys.includes(endKey)) end()
    else machine.lane.write(keys.toString('utf8'))
  }
  const passSize = () => void tellSize(machine, stdout)
  stdin.setRawMode?.(true)
  stdin.on('data', onKeys)
  stdin.resume()
  stdout.on('resize', passSize)
  machine.lane.onBegin(passSize)
  if (machine.isOn) passSize()
  let isAttached = true
  return {
    ended,
    say: (line) => void stdout.write(`${resetTerminal}${line}\r\n`),
    detach: () => {
      if (!isAttached) return
      isAttached = false
      endOutput()
      stdin.off('data', onKeys)
      stdin.setRawMode?.(false)
      stdin.pause()
      stdout.off('resize', passSize)
      machine.lane.offBegin(passSize)
      stdout.write(resetTerminal)
      machine.tty.answersQueries = true
    },
  }
}

/** A serial line has no size of its own: the guest must be told, and tells its programs. */
async function tellSize(machine: Machine, { columns = 80, rows = 24 }: NodeJS.WriteStream): Promise<void> {
  try {
    await machine.agent.waitReady({ timeoutMs: 600_000 })
    await machine.tty.resize(columns, rows)
  } catch {
    // The machine went off meanwhile, or has no agent: the wizard then lives with the size it found out by itself.
  }
}
