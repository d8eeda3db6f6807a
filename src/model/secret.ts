/** A value that must never be printed. Every way to turn it into text gives `***`; only `reveal()` gives the value,
 *  and the only places that may call it hand it to a program's stdin or to a 0600 file on tmpfs. */
export class Secret {
  readonly #value: string

  constructor(value: string) {
    this.#value = value
  }

  reveal(): string {
    return this.#value
  }

  get isEmpty(): boolean {
    return this.#value.length === 0
  }

  equals(other: Secret): boolean {
    return this.#value === other.#value
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
