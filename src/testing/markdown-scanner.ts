export type MarkdownPlace = 'text' | 'code block' | 'code span'

/** Follows Markdown far enough to know where a position is: in a sentence, in a fenced code block, between backquotes. */
export class MarkdownScanner {
  #inBlock = false
  #inSpan = false
  #atLineStart = true

  get place(): MarkdownPlace {
    if (this.#inBlock) return 'code block'
    return this.#inSpan ? 'code span' : 'text'
  }

  /** All that decides how the rest is read: two branches of a condition must end with the same. */
  get states(): readonly string[] {
    return [this.place, String(this.#atLineStart)]
  }

  restore([place, atLineStart]: readonly string[]): void {
    this.#inBlock = place === 'code block'
    this.#inSpan = place === 'code span'
    this.#atLineStart = atLineStart === 'true'
  }

  read(source: string): void {
    for (let rest = source; rest !== ''; ) {
      const length = this.#step(rest)
      this.#atLineStart = rest[length - 1] === '\n'
      // A code span of ours never goes over a line end.
      if (this.#atLineStart) this.#inSpan = false
      rest = rest.slice(length)
    }
  }

  /** A value was written here. */
  skipValue(): void {
    this.#atLineStart = false
  }

  #step(rest: string): number {
    const fence = this.#atLineStart ? /^ *```.*(\n|$)/.exec(rest)?.[0] : undefined
    if (fence !== undefined) {
      this.#inBlock = !this.#inBlock
      return fence.length
    }
    if (rest[0] === '`' && !this.#inBlock) this.#inSpan = !this.#inSpan
    return 1
  }
}
