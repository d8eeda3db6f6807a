import type { Size } from './screen.ts'

/** A way to a program's terminal: a local pseudo terminal or a machine's serial line. Bytes only, no meaning. */
export type Lane = {
  readonly name: string
  /** A key may be followed by the next one once the screen changed, or after this time at the latest. */
  readonly paceMs: number
  write(data: string): void
  onData(listener: (data: Uint8Array | string) => void): void
  /** Called with a sentence when nothing more can come (until it begins again, where it can). */
  onEnd(listener: (reason: string) => void): void
  /** Called when the other side is there again, such as a machine's next boot. */
  onBegin?(listener: () => void): void
  /** Tells the other side its new size; absent where there is no such way. */
  resize?(size: Size): Promise<void>
  close(): void
}
