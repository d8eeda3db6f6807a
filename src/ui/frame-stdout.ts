import { EventEmitter } from 'node:events'
import type { Size } from './painter.ts'

/** The part of a WriteStream that Ink uses; each write is a whole frame. No TTY to it, so that it does not write cursor
 *  sequences of its own. */
export class FrameStdout extends EventEmitter {
  readonly isTTY = false
  readonly writable = true
  readonly #onFrame: (text: string) => void
  readonly #size: () => Size

  constructor(onFrame: (text: string) => void, size: () => Size) {
    super()
    this.#onFrame = onFrame
    this.#size = size
  }

  get columns(): number {
    return this.#size().columns
  }

  get rows(): number {
    return this.#size().rows
  }

  write(text: string, callback?: () => void): boolean {
    if (text !== '') this.#onFrame(text)
    callback?.()
    return true
  }
}
