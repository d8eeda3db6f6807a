import { type Document, Scalar, visit, type YAMLError } from 'yaml'
import type { YamlProblem } from './yaml-problems.ts'

/** Our own sentence for each kind: the parser's may quote the line, and the line may hold a secret. */
const SENTENCES: Readonly<Partial<Record<YAMLError['code'], string>>> = {
  BAD_INDENT: 'this line is indented differently from its neighbours',
  TAB_AS_INDENT: 'lines are indented by spaces, got a tab',
  MISSING_CHAR: 'something is missing here: a closing quote or bracket, or a blank or comma',
  BLOCK_AS_IMPLICIT_KEY: 'there is a second ": " in this line',
  MULTILINE_IMPLICIT_KEY: 'a key and its ":" belong on one line',
  BAD_DQ_ESCAPE: 'a \\ in double quotes begins an escape that does not exist',
  BAD_SCALAR_START: 'a plain value cannot begin with this sign',
  BAD_ALIAS: 'aliases (*name) are not supported here',
  MULTIPLE_DOCS: 'the file holds one document, got a second one after ---',
  UNEXPECTED_TOKEN: 'this does not belong here',
  RESOURCE_EXHAUSTION: 'there are too many levels inside each other',
  TAG_RESOLVE_FAILED: 'tags (!name, !!name) are not supported here',
}
const HINTS: Readonly<Partial<Record<YAMLError['code'], string>>> = {
  BAD_INDENT: 'use two spaces for each level',
  TAB_AS_INDENT: 'use two spaces for each level',
  BLOCK_AS_IMPLICIT_KEY: 'put the value in quotes, or start a new line',
  MULTILINE_IMPLICIT_KEY: 'put a blank after the ":", and a value of several lines in quotes',
  BAD_DQ_ESCAPE: 'write \\\\ for one \\, or use single quotes',
  BAD_SCALAR_START: 'put the value in quotes',
  TAG_RESOLVE_FAILED: 'put a value that begins with ! in quotes',
  UNEXPECTED_TOKEN: 'look for a missing quote, bracket or line end',
}

type Parsed = { readonly document: Document; readonly text: string; readonly errors: readonly YAMLError[] }

/** One complaint of the parser in words of ours, at the place where a person would look for the slip. `errors`: all that
 *  the parser said, because two of them at one place tell more than one. */
export function syntaxProblem({ code, pos }: YAMLError, { document, text, errors }: Parsed): YamlProblem {
  const codesHere = new Set(errors.filter((error) => error.pos[0] === pos[0]).map((error) => error.code))
  const slip = dashWithoutBlank(code, pos[0], text) ?? linesTakenForOne(codesHere, pos[0], text)
  if (slip) return slip
  const openQuote = code === 'MISSING_CHAR' ? quoteOpenedBefore(pos[0], document) : null
  if (openQuote !== null) {
    const message = 'the quote that opens here is never closed'
    return { problem: { code: 'yaml-syntax', path: [], message }, offset: openQuote }
  }
  const openBracket =
    code === 'BAD_INDENT' || code === 'MISSING_CHAR' ? bracketOpenedBefore(pos[0], document, text) : null
  if (openBracket !== null) {
    const message = 'the bracket that opens here is never closed'
    return { problem: { code: 'yaml-syntax', path: [], message }, offset: openBracket }
  }
  const message = SENTENCES[code] ?? 'this is no valid YAML'
  const hint = HINTS[code]
  return { problem: { code: 'yaml-syntax', path: [], message, ...(hint && { hint }) }, offset: pos[0] }
}

/** The parser complains at the end of the file; a person looks for the beginning of the quote. */
function quoteOpenedBefore(offset: number, document: Document): number | null {
  let opened: number | null = null
  visit(document, {
    Scalar(_key, { type, range }) {
      const isQuoted = type === Scalar.QUOTE_DOUBLE || type === Scalar.QUOTE_SINGLE
      if (isQuoted && range && range[0] < offset && offset <= range[1]) opened = range[0]
    },
  })
  return opened
}

/** The same for a bracket or brace: the parser complains at the line that cannot be in it any more. */
function bracketOpenedBefore(offset: number, document: Document, text: string): number | null {
  let opened: number | null = null
  visit(document, {
    Collection(_key, { flow, range }) {
      const [from, end] = range ?? [0, 0]
      // One that is closed ends behind its bracket.
      if (flow && from < offset && offset <= end + 1 && !/[\]}]/.test(text[end - 1] ?? '')) opened = from
    },
  })
  return opened
}

/** `-id: x`: without a blank the dash is part of the word. */
function dashWithoutBlank(code: YAMLError['code'], offset: number, text: string): YamlProblem | null {
  if (code !== 'BLOCK_AS_IMPLICIT_KEY' && code !== 'MULTILINE_IMPLICIT_KEY') return null
  const start = text.lastIndexOf('\n', offset - 1) + 1
  const dash = /^ *-(?=[A-Za-z{[])/.exec(text.slice(start))
  if (!dash) return null
  const message = 'a blank is missing after the -'
  return { problem: { code: 'yaml-syntax', path: [], message }, offset: start + dash[0].length - 1 }
}

/** A value and the line below it, read as one: in braces a comma is missing between them, elsewhere the line below is
 *  indented as if it belonged to the value. */
function linesTakenForOne(codes: ReadonlySet<YAMLError['code']>, offset: number, text: string): YamlProblem | null {
  const problem = { code: 'yaml-syntax', path: [] }
  const end = text.indexOf('\n', offset)
  if (!codes.has('MULTILINE_IMPLICIT_KEY') || end < 0) return null
  if (codes.has('BLOCK_IN_FLOW')) {
    return { problem: { ...problem, message: 'a comma is missing at the end of this line' }, offset }
  }
  if (!codes.has('BLOCK_AS_IMPLICIT_KEY')) return null
  const gap = /^\s*/.exec(text.slice(end))?.[0] ?? ''
  const message = 'this line is indented more than the line above, which has its value already'
  const hint = 'begin all keys of one group below each other, with two spaces for each level'
  return { problem: { ...problem, message, hint }, offset: end + gap.length }
}
