import { type LocatedProblem, placeAt } from './locate.ts'
import { CURRENT_VERSION, migrate } from './migrations.ts'
import { parseAnswerText } from './parse-text.ts'
import { hiddenInDocument, hiddenInText } from './secret-places.ts'

export type MigratedText =
  | {
      /** The file as the current version says it, with its comments. */
      readonly text: string
      readonly fromVersion: number
    }
  | { readonly problems: readonly LocatedProblem[] }

/** Brings the text of an answer file to the current version. What is wrong with it beyond the version stays as it is;
 *  a file that cannot be understood comes back as problems. Secrets stay in it, as they were. */
export function migrateText(text: string, fileName: string): MigratedText {
  const parsed = parseAnswerText(text)
  const { lines } = parsed
  if ('fatal' in parsed) {
    const { problem, offset } = parsed.fatal
    return { problems: [placeAt({ text, lines, fileName, hidden: hiddenInText(text) }, problem, offset)] }
  }
  const { document, besides } = parsed
  const source = { text, lines, fileName, hidden: hiddenInDocument(document) }
  const { version, problems } = migrate(document)
  const all = [...besides, ...problems]
  if (all.length > 0 || version === null) {
    return { problems: all.map(({ problem, offset }) => placeAt(source, problem, offset)) }
  }
  if (version === CURRENT_VERSION) return { text, fromVersion: version }
  // Folding would break SSH keys over several lines: valid, and unreadable.
  return { text: document.toString({ lineWidth: 0 }), fromVersion: version }
}
