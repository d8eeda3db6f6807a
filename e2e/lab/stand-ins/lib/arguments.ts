/** What a program would say about a command line that it does not take. */
export class UsageError extends Error {
  override readonly name = 'UsageError'
}

export type Arguments = {
  readonly values: Readonly<Record<string, string>>
  readonly flags: ReadonlySet<string>
  readonly positional: readonly string[]
}

/** Reads a command line strictly: only the named options (with a value) and flags, each at most once.
 *  @throws UsageError for everything else. */
export function readArguments(
  argv: readonly string[],
  known: {
    readonly values: readonly string[]
    readonly flags: readonly string[]
    readonly positional: number
    /** Settings of nix that may be given as `--option NAME VALUE`; in `values` as `--option NAME`. */
    readonly settings?: readonly string[]
  },
): Arguments {
  const values: Record<string, string> = {}
  const flags = new Set<string>()
  const positional: string[] = []
  for (let index = 0; index < argv.length; index += 1) {
    let word = argv[index] as string
    if (word === '--option' && known.settings?.includes(argv[index + 1] ?? '')) {
      index += 1
      word = `--option ${argv[index]}`
    }
    if (word.startsWith('--option ') || known.values.includes(word)) {
      const value = argv[index + 1]
      if (value === undefined) throw new UsageError(`option ${word} needs a value`)
      if (word in values) throw new UsageError(`option ${word} is given twice`)
      values[word] = value
      index += 1
    } else if (known.flags.includes(word)) {
      if (flags.has(word)) throw new UsageError(`option ${word} is given twice`)
      flags.add(word)
    } else if (word.startsWith('-')) {
      throw new UsageError(`unknown option: ${word}`)
    } else {
      positional.push(word)
    }
  }
  if (positional.length !== known.positional) {
    throw new UsageError(`expected ${known.positional} argument(s), got ${positional.length}`)
  }
  return { values, flags, positional }
}
