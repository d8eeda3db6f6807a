import { keyBytes } from './keys.ts'
import type { Lane } from './lane.ts'
import { Screen, type Size } from './screen.ts'
import { TtyError } from './tty-error.ts'
import { deadline, settle } from './wait.ts'

export type Pattern = string | RegExp
export type WaitOptions = { timeoutMs?: number }
export type Match = { text: string; groups: string[] }

const defaultTimeoutMs = 15_000
// A second match is often the old frame while the new one is drawn: only one that stays is an error.
const ambiguousMs = 2_000

/** A person at a terminal: presses keys and reads the screen. The same on every lane.
 *  Every wait looks at the present screen, is woken by its changes, and fails with the screen in the message. */
export class Tty {
  readonly screen: Screen
  /** False while a real terminal is on the line and answers for itself. */
  answersQueries = true
  readonly #lane: Lane
  readonly #forbidden = new Set<Pattern>()
  readonly #wakers = new Set<() => void>()
  #timeScale: number
  #violation: TtyError | undefined
  #ended: string | undefined
  #pending = Promise.resolve()
  #lastKey = { at: 0, version: 0 }

  constructor(lane: Lane, { cols = 80, rows = 24, timeScale = 1 }: Partial<Size> & { timeScale?: number } = {}) {
    this.#lane = lane
    this.#timeScale = timeScale
    this.screen = new Screen({ cols, rows, onReply: (data) => this.answersQueries && lane.write(data) })
    this.screen.onChange(() => this.#onChange())
    lane.onData((data) => {
      this.#pending = this.screen.write(data)
    })
    lane.onBegin?.(() => {
      this.#ended = undefined
    })
    lane.onEnd((reason) => {
      // What came before the end is still being parsed.
      void this.#pending.then(() => {
        this.#ended = reason
        this.#wake()
      })
    })
  }

  /** Multiplies every time-out: how much slower the other side is than the machine the numbers were chosen on. */
  set timeScale(scale: number) {
    this.#timeScale = scale
  }

  /** Presses keys by name, one write each; see keyBytes for the names. */
  async press(...keys: string[]): Promise<void> {
    for (const key of keys) await this.#send(keyBytes(key, this.screen.modes))
  }

  /** Types plain text in one write. Does not wait for its echo: a password has none. */
  async type(text: string): Promise<void> {
    await this.#send(text)
  }

  /** Sends text as a paste, bracketed if the program asked for that. */
  async paste(text: string): Promise<void> {
    await this.#send(this.screen.modes.bracketedPaste ? `\x1b[200~${text}\x1b[201~` : text)
  }

  /** Waits until the pattern is on the screen exactly once. A pattern never matches across two rows unless it is a
   *  RegExp that says so. */
  async waitForText(pattern: Pattern, options: WaitOptions = {}): Promise<Match> {
    return (await this.#waitFor([pattern], options)).match
  }

  /** Waits until exactly one match of one of the patterns is there; tells which (its index in the list). */
  waitForAny(patterns: Pattern[], options: WaitOptions = {}): Promise<{ index: number; match: Match }> {
    return this.#waitFor(patterns, options)
  }

  /** Waits until the pattern is nowhere on the screen. */
  async waitUntilGone(pattern: Pattern, options: WaitOptions = {}): Promise<void> {
    await this.#until(
      `${show(pattern)} to be gone`,
      options,
      () => matches(this.screen.text(), pattern).length === 0 || undefined,
    )
  }

  /** Waits for a condition of the caller's on the screen. */
  async waitUntil(what: string, condition: (screen: Screen) => boolean, options: WaitOptions = {}): Promise<void> {
    await this.#until(what, options, () => condition(this.screen) || undefined)
  }

  /** From now on the pattern must not show up: the running or next wait fails if it does. Returns the way to end it. */
  never(pattern: Pattern): () => void {
    this.#forbidden.add(pattern)
    this.#onChange()
    return () => this.#forbidden.delete(pattern)
  }

  /** Throws if a pattern given to `never` was seen. */
  assertNothingForbidden(): void {
    if (this.#violation) throw this.#violation
  }

  async resize(cols: number, rows: number): Promise<void> {
    this.screen.resize({ cols, rows })
    await this.#lane.resize?.({ cols, rows })
  }

  snapshotText(): string {
    return this.screen.text()
  }

  /** The other side's last words when it has ended, else undefined. */
  get ended(): string | undefined {
    return this.#ended
  }

  close(): void {
    this.#lane.close()
    this.screen.dispose()
  }

  async #waitFor(patterns: Pattern[], options: WaitOptions): Promise<{ index: number; match: Match }> {
    const what = patterns.map(show).join(' or ')
    let ambiguous: { since: number; version: number } | undefined
    return this.#until(what, options, () => {
      const found = patterns.map((pattern) => matches(this.screen.text(), pattern))
      const index = found.findIndex((list) => list.length === 1)
      const [match] = found[index] ?? []
      if (match) return { index, match }
      const most = Math.max(...found.map((list) => list.length))
      if (most < 2) ambiguous = undefined
      else if (ambiguous?.version !== this.screen.version)
        ambiguous = { since: Date.now(), version: this.screen.version }
      else if (Date.now() - ambiguous.since > ambiguousMs)
        throw this.#error(`${what} is on the screen ${most} times, wanted once`)
      return undefined
    })
  }

  async #until<T>(what: string, { timeoutMs = defaultTimeoutMs }: WaitOptions, look: () => T | undefined): Promise<T> {
    const limitMs = timeoutMs * this.#timeScale
    const result = await deadline(limitMs, this.#wakers, () => {
      if (this.#violation) throw this.#violation
      const value = look()
      if (value === undefined && this.#ended !== undefined)
        throw this.#error(`${this.#ended} while waiting for ${what}`)
      return value
    })
    if (result === undefined) throw this.#error(`no ${what} after ${(limitMs / 1000).toFixed(1)} s`)
    return result
  }

  async #send(data: string): Promise<void> {
    // On a serial line two arrows in one go are torn apart, and Ink takes two keys of one read for one key: give the
    // program the time to answer the last key before it gets the next.
    await settle(this.screen, this.#lastKey, this.#lane.paceMs)
    if (this.#ended !== undefined) throw this.#error(`${this.#ended}: cannot press a key`)
    this.#lastKey = { at: Date.now(), version: this.screen.version }
    this.#lane.write(data)
  }

  #onChange(): void {
    const text = this.screen.text()
    for (const pattern of this.#forbidden) {
      if (matches(text, pattern).length > 0)
        this.#violation ??= this.#error(`${show(pattern)} must never be on the screen`)
    }
    this.#wake()
  }

  #wake(): void {
    for (const waker of [...this.#wakers]) waker()
  }

  #error(message: string): TtyError {
    return new TtyError(`[${this.#lane.name}] ${message}`, this.screen)
  }
}

const show = (pattern: Pattern) => (typeof pattern === 'string' ? JSON.stringify(pattern) : String(pattern))

function matches(text: string, pattern: Pattern): Match[] {
  const escaped = typeof pattern === 'string' ? pattern.replace(/[.*+?^${}()|[\]\\]/g, '\\$&') : pattern.source
  const flags = typeof pattern === 'string' ? '' : pattern.flags.replace('g', '')
  return [...text.matchAll(new RegExp(escaped, `${flags}g`))].map(([whole, ...groups]) => ({ text: whole, groups }))
}
