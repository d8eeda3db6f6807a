import { Secret } from '../model/secret.ts'
import { Cancelled } from '../system/errors.ts'

/** What we need of a terminal's input; `process.stdin` is one, and a test's stream. */
export type HiddenInput = {
  setRawMode(isRaw: boolean): unknown
  setEncoding(encoding: 'utf8'): unknown
  on(event: 'data', listener: (text: string) => void): unknown
  on(event: 'end', listener: () => void): unknown
  off(event: 'data', listener: (text: string) => void): unknown
  off(event: 'end', listener: () => void): unknown
  resume(): unknown
  pause(): unknown
}

/** Asks for one line; nothing of it is shown, not even how long it is. Ctrl-U begins anew, Ctrl-C throws Cancelled. Null when
 *  the terminal is gone, or said so by Ctrl-D. */
export function readHiddenLine(
  input: HiddenInput,
  write: (text: string) => void,
  question: string,
): Promise<Secret | null> {
  return new Promise((resolve, reject) => {
    let line: string[] = []
    const leave = () => {
      input.off('data', onData)
      input.off('end', onEnd)
      input.setRawMode(false)
      input.pause()
      write('\n')
    }
    const onEnd = () => {
      leave()
      resolve(null)
    }
    const onData = (text: string) => {
      for (const char of text) {
        if (char === '\u0003') {
          leave()
          return reject(new Cancelled('cancelled'))
        }
        if (char === '\r' || char === '\n') {
          leave()
          return resolve(new Secret(line.join('')))
        }
        if (char === '\u0004' && line.length === 0) return onEnd()
        if (char === '\u007f' || char === '\b') line.pop()
        else if (char === '\u0015') line = []
        else line.push(char)
      }
    }
    // Raw before the question: what is typed at once is not echoed either.
    input.setRawMode(true)
    input.setEncoding('utf8')
    input.on('data', onData)
    input.on('end', onEnd)
    write(question)
    input.resume()
  })
}
