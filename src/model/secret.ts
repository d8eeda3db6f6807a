import { Bug } from '../system/errors.ts'

/** A value that must never be printed. Every way to turn it into text gives `***`; only `bytes()` and `reveal()` give the
 *  value, and only to a program's stdin or to a 0600 file on tmpfs. It stands in one buffer of its own, which `wipe` overwrites:
 *  a JavaScript string cannot be overwritten, so what was typed on a page or read from YAML was a string once, and is gone
 *  only when the memory is used again. */
export class Secret {
  readonly #bytes: Uint8Array
  readonly #derived: Secret[] = []
  #isWiped = false

  /** Text as UTF-8. Bytes are taken over, not copied: they are overwritten with it. */
  constructor(value: string | Uint8Array) {
    this.#bytes = typeof value === 'string' ? new TextEncoder().encode(value) : value
  }

  /** The value itself, not a copy: for a program's stdin and for files. Throws Bug after `wipe`, as all uses do. */
  bytes(): Uint8Array {
    if (this.#isWiped) throw new Bug('a secret was used after it was wiped')
    return this.#bytes
  }

  /** As a string, which stays in memory until it is collected: where bytes will not do. */
  reveal(): string {
    return new TextDecoder('utf-8', { ignoreBOM: true }).decode(this.bytes())
  }

  /** Another secret made of this one's bytes, which is wiped with it. `change` must give a buffer of its own. */
  derive(change: (bytes: Uint8Array) => Uint8Array): Secret {
    const derived = new Secret(change(this.bytes()))
    this.#derived.push(derived)
    return derived
  }

  /** As a file or a line of a program's input wants it: with `text` behind. Wiped with this one. */
  followedBy(text: string): Secret {
    return this.derive((bytes) => joined(bytes, new TextEncoder().encode(text)))
  }

  /** Overwrites the value, and all that was derived from it. A second time does nothing. */
  wipe(): void {
    for (const derived of this.#derived.splice(0)) derived.wipe()
    this.#bytes.fill(0)
    this.#isWiped = true
  }

  get isWiped(): boolean {
    return this.#isWiped
  }

  get isEmpty(): boolean {
    return this.#bytes.length === 0
  }

  equals(other: Secret): boolean {
    const [own, others] = [this.bytes(), other.bytes()]
    return own.length === others.length && own.every((byte, at) => byte === others[at])
  }

  toString(): string {
    return '***'
  }

  toJSON(): string {
    return '***'
  }

  // console.log and util.inspect use this hook; the symbol is registered globally, so no import is needed.
  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return '***'
  }
}

/** One after the other, in a new buffer. */
export function joined(...parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0))
  let at = 0
  for (const part of parts) {
    whole.set(part, at)
    at += part.length
  }
  return whole
}
