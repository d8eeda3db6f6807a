// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the curly brackets are Nix's
export type NixPlace = 'code' | 'comment' | 'string' | 'indented string'

type State = 'code' | 'line comment' | 'block comment' | 'string' | 'indented string'

type Rule = { readonly token: RegExp; readonly enter?: State; readonly leaves?: true }

/** How each state is left and what begins inside it; the first rule that fits is taken, else one character is skipped. */
const RULES: Readonly<Record<State, readonly Rule[]>> = {
  code: [
    { token: /^#/, enter: 'line comment' },
    { token: /^\/\*/, enter: 'block comment' },
    // Before the quotes: a name may end in them, as in x''.
    { token: /^[A-Za-z_][A-Za-z0-9_'-]*/ },
    { token: /^''/, enter: 'indented string' },
    { token: /^"/, enter: 'string' },
    // Braces are states too, so that `}` ends an interpolation only when it is its own.
    { token: /^\{/, enter: 'code' },
    { token: /^\}/, leaves: true },
  ],
  'line comment': [{ token: /^\n/, leaves: true }],
  'block comment': [{ token: /^\*\//, leaves: true }],
  string: [{ token: /^(\\[\s\S]|\$\$)/ }, { token: /^\$\{/, enter: 'code' }, { token: /^"/, leaves: true }],
  'indented string': [
    { token: /^(''\$|'''|''\\[\s\S]|\$\$)/ },
    { token: /^\$\{/, enter: 'code' },
    { token: /^''/, leaves: true },
  ],
}

/** Follows Nix source far enough to know where a position is: in code, a comment, a string or a '' string. */
export class NixScanner {
  /** Innermost last. */
  #states: State[] = ['code']

  get place(): NixPlace {
    const state = this.#states.at(-1) ?? 'code'
    return state === 'line comment' || state === 'block comment' ? 'comment' : state
  }

  /** All that decides how the rest is read: two branches of a condition must end with the same. */
  get states(): readonly State[] {
    return [...this.#states]
  }

  restore(states: readonly State[]): void {
    this.#states = [...states]
  }

  read(source: string): void {
    for (let rest = source; rest !== ''; ) {
      const rule = RULES[this.#states.at(-1) ?? 'code'].find(({ token }) => token.test(rest))
      if (rule?.enter) this.#states.push(rule.enter)
      if (rule?.leaves) this.#states.pop()
      rest = rest.slice(rule?.token.exec(rest)?.[0].length ?? 1)
    }
  }
}
