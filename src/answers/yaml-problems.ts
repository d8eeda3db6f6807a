import { type Document, isAlias, isNode, isScalar, Scalar, visit, type YAMLError } from 'yaml'
import type { Problem } from '../model/problem.ts'

export type YamlProblem = { readonly problem: Problem; readonly offset: number }

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
  UNEXPECTED_TOKEN: 'look for a missing quote, bracket or line end',
}

/** What is wrong with the file as YAML, before anybody asks what it says. `fatal` has one entry at most, the first: behind
 *  it the parser goes on by guessing, and complains about its guesses. */
export function yamlProblems(
  document: Document,
  text: string,
): {
  readonly fatal: YamlProblem[]
  readonly duplicates: YamlProblem[]
} {
  const errors = [...document.errors, ...document.warnings]
  const isDuplicate = (error: YAMLError) => error.code === 'DUPLICATE_KEY'
  const syntax = errors.filter((error) => !isDuplicate(error)).sort((one, other) => one.pos[0] - other.pos[0])
  const all = [
    ...syntax.map((error) => syntaxProblem(error, document, text)),
    ...directiveProblems(document),
    ...aliasProblems(document),
    ...tagProblems(document),
    ...keyProblems(document),
  ]
  return { fatal: all.slice(0, 1), duplicates: errors.filter(isDuplicate).map(duplicateProblem) }
}

function syntaxProblem({ code, pos }: YAMLError, document: Document, text: string): YamlProblem {
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

function duplicateProblem({ pos }: YAMLError): YamlProblem {
  const message = 'this key is given twice in the same group'
  return { problem: { code: 'duplicate-key', path: [], message, hint: 'keep one of them' }, offset: pos[0] }
}

/** An anchor used elsewhere would be a value with two places; nothing in an answer file needs one. */
function aliasProblems(document: Document): YamlProblem[] {
  const problems: YamlProblem[] = []
  visit(document, (_key, node) => {
    if (!isAlias(node) && !(isNode(node) && node.anchor)) return
    const message = 'anchors (&name) and aliases (*name) are not supported here'
    const hint = isAlias(node)
      ? 'write the value out, in quotes when it begins with *'
      : 'put a value that begins with & in quotes'
    problems.push({ problem: { code: 'yaml-syntax', path: [], message, hint }, offset: node.range?.[0] ?? 0 })
  })
  return problems
}

/** `%YAML 1.1` would turn yes, no and 0755 into other values than everybody reads. */
function directiveProblems({ directives }: Document): YamlProblem[] {
  const isOdd = directives?.yaml.explicit === true || Object.keys(directives?.tags ?? {}).some((name) => name !== '!!')
  if (!isOdd) return []
  const problem = { code: 'yaml-syntax', path: [], message: 'directives (%YAML, %TAG) are not supported here' }
  return [{ problem: { ...problem, hint: 'take out everything before ---' }, offset: 0 }]
}

/** `!!str`, `!!binary`: a value says by itself what it is. */
function tagProblems(document: Document): YamlProblem[] {
  const problems: YamlProblem[] = []
  visit(document, {
    Node(_key, node) {
      if (isAlias(node) || node.tag === undefined) return
      const message = 'tags (!name, !!name) are not supported here'
      const hint = 'take the tag out, and put text in quotes'
      problems.push({ problem: { code: 'yaml-syntax', path: [], message, hint }, offset: node.range?.[0] ?? 0 })
    },
  })
  return problems
}

/** A key that is no word comes from a slip (a bracket, a missing quote) that turns whole lines into a key. It is refused
 *  here, because the report names unknown keys, and those lines may hold a secret. */
function keyProblems(document: Document): YamlProblem[] {
  const problems: YamlProblem[] = []
  visit(document, {
    Pair(_key, { key }) {
      if (isScalar(key) && /^[A-Za-z][\w-]*$/.test(String(key.value))) return
      const offset = (isNode(key) && key.range?.[0]) || 0
      const isMerge = isScalar(key) && key.value === '<<'
      const message = isMerge
        ? 'merge keys (<<) are not supported here'
        : 'a key is one word of letters, got something else'
      const hint = isMerge ? { hint: 'write the keys out' } : {}
      problems.push({ problem: { code: 'yaml-syntax', path: [], message, ...hint }, offset })
    },
  })
  return problems
}
