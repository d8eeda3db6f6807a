import { EventEmitter } from 'node:events'
import { type CursorReport, createKeyDecoder, type Key } from './key-decoder.ts'
import { INK_SEQUENCES, type KeyName } from './key-table.ts'

/** What we need of a terminal's input; `process.stdin` is one, and a test's stream. */
export type TerminalInput = NodeJS.ReadableStream & {
  isTTY?: boolean
  setRawMode?(isRaw: boolean): unknown
  ref?(): unknown
  unref?(): unknown
}

export type KeyInput = {
  /** Given to Ink as its stdin. */
  readonly inkStdin: NodeJS.ReadStream
  start(): void
  /** Gives the terminal back (for a shell, or at the end). */
  stop(): void
}

/** Rounds of the event loop in which React renders and its effects run after a key. For keys of its own Ink 8 needs none (the
 *  test with several keys in one write fails only without any wait); the others are for updates that React puts off: a
 *  render, passive effects, what these set. Counted, not timed, so that a slow machine makes no difference. */
const ROUNDS_TO_SETTLE = 4

/** Sits between the terminal and Ink: whole keys only, one at a time. `route` sees each key first; only what it passes on
 *  reaches Ink's own input components, and the next key waits until those have drawn. Without the wait the second of two
 *  keys that arrive together would act on the state before the first. */
export function createKeyInput(
  terminal: TerminalInput,
  options: {
    route(key: Key): Key | null
    onCursorReport?(report: CursorReport): void
    onEnd?(): void
  },
): KeyInput {
  const inkStdin = new InkStdin()
  const waiting: Key[] = []
  let isDelivering = false

  const decoder = createKeyDecoder({
    onKey(key) {
      waiting.push(key)
      if (!isDelivering) void deliver()
    },
    ...(options.onCursorReport && { onCursorReport: options.onCursorReport }),
  })

  async function deliver() {
    isDelivering = true
    try {
      for (let key = waiting.shift(); key !== undefined; key = waiting.shift()) {
        const passed = options.route(key)
        if (passed) inkStdin.give(inkText(passed))
        await settle()
      }
    } finally {
      isDelivering = false
    }
  }

  const onData = (chunk: Uint8Array | string) => decoder.push(chunk)
  const onEnd = () => options.onEnd?.()

  return {
    inkStdin: inkStdin as unknown as NodeJS.ReadStream,
    start() {
      terminal.setRawMode?.(true)
      terminal.on('data', onData)
      terminal.on('end', onEnd)
      terminal.ref?.()
      terminal.resume()
    },
    stop() {
      terminal.removeListener('data', onData)
      terminal.removeListener('end', onEnd)
      terminal.pause()
      terminal.setRawMode?.(false)
      terminal.unref?.()
      decoder.reset()
      waiting.length = 0
    },
  }
}

function inkText(key: Key): string {
  if ('text' in key) return key.text
  return INK_SEQUENCES[key.name as KeyName] ?? ''
}

async function settle() {
  for (let round = 0; round < ROUNDS_TO_SETTLE; round++) await new Promise((resolve) => setImmediate(resolve))
}

/** The part of a ReadStream that Ink uses. Raw mode and ref stay ours: Ink switches raw mode off on each page that has no
 *  input component of its own, which would echo keys over the screen. */
class InkStdin extends EventEmitter {
  readonly isTTY = true
  readonly #pieces: string[] = []

  give(piece: string) {
    if (piece === '') return
    this.#pieces.push(piece)
    this.emit('readable')
  }

  read(): string | null {
    return this.#pieces.shift() ?? null
  }

  setRawMode(): this {
    return this
  }

  setEncoding(): this {
    return this
  }

  ref(): this {
    return this
  }

  unref(): this {
    return this
  }
}
