import { type Document, LineCounter, parseDocument } from 'yaml'
import { textProblem } from './text-problems.ts'
import { type YamlProblem, yamlProblems } from './yaml-problems.ts'

export type ParsedText = { readonly lines: LineCounter } & (
  | { readonly document: Document; readonly besides: readonly YamlProblem[] }
  /** Nothing behind it can be judged. */
  | { readonly fatal: YamlProblem }
)

/** The text of an answer file as YAML, or the first thing that makes it none. Never throws for what the text is. */
export function parseAnswerText(text: string): ParsedText {
  const lines = new LineCounter()
  const fatal = textProblem(text)
  if (fatal) {
    // The parser would have counted them.
    lines.addNewLine(0)
    for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) lines.addNewLine(at + 1)
    return { lines, fatal }
  }
  try {
    const document = parseDocument(text, { lineCounter: lines, prettyErrors: false })
    const { fatal, besides } = yamlProblems(document, text)
    return fatal[0] ? { lines, fatal: fatal[0] } : { lines, document, besides }
  } catch (error) {
    // The parser calls itself for each level, and thousands of them are more than it can hold.
    if (!(error instanceof RangeError)) throw error
    const problem = { code: 'yaml-syntax', path: [], message: 'there are too many levels inside each other' }
    return { lines, fatal: { problem, offset: 0 } }
  }
}
