import { StringDecoder } from 'node:string_decoder'

export type LineSplitter = {
  push(chunk: Uint8Array): void
  /** The stream has ended: whatever waits for its line end is a line too. */
  end(): void
}

/** Cuts a byte stream into lines as they are completed. A carriage return ends a line as well: progress meters redraw
 *  their line with it, and each state is worth a line of its own. Empty lines are not delivered. */
export function createLineSplitter(onLine: (line: string) => void): LineSplitter {
  const decoder = new StringDecoder('utf8')
  let rest = ''
  const take = (text: string) => {
    const parts = (rest + text).split(/[\r\n]/)
    rest = parts.pop() ?? ''
    for (const part of parts) if (part !== '') onLine(part)
  }
  return {
    push: (chunk) => take(decoder.write(Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength))),
    end: () => take(`${decoder.end()}\n`),
  }
}
