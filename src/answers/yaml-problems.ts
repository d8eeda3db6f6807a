import { type Document, isAlias, isCollection, isMap, isNode, isScalar, Scalar, visit, type YAMLError } from 'yaml'
import type { Problem } from '../model/problem.ts'
import { secretKeyOf } from './secret-keys.ts'
import { syntaxProblem } from './syntax-problem.ts'

export type YamlProblem = { readonly problem: Problem; readonly offset: number }

/** What is wrong with the file as YAML, before anybody asks what it says. `fatal` has one entry at most, the first: behind
 *  it the parser goes on by guessing, and complains about its guesses. */
export function yamlProblems(
  document: Document,
  text: string,
): {
  readonly fatal: YamlProblem[]
  readonly besides: YamlProblem[]
} {
  const errors = [...document.errors, ...document.warnings]
  const isDuplicate = (error: YAMLError) => error.code === 'DUPLICATE_KEY'
  const syntax = errors.filter((error) => !isDuplicate(error)).sort((one, other) => one.pos[0] - other.pos[0])
  const all = [
    ...syntax.slice(0, 1).map((error) => syntaxProblem(error, { document, text, errors: syntax })),
    ...directiveProblems(document),
    ...aliasProblems(document),
    ...tagProblems(document),
    ...keyProblems(document),
  ]
  const besides = [...errors.filter(isDuplicate).map(duplicateProblem), ...cutSecretProblems(document, text)]
  return { fatal: all.slice(0, 1), besides }
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

/** `password: goose #12`: to YAML the rest is a comment, and the password would be another than the person believes. A
 *  comment that is meant as one has a blank behind its #. */
function cutSecretProblems(document: Document, text: string): YamlProblem[] {
  const sections = isMap(document.contents) ? document.contents.items : []
  return sections.flatMap(({ key: section, value: group }) => {
    const pairs = isScalar(section) && isMap(group) ? group.items : []
    return pairs.flatMap(({ key, value }): YamlProblem[] => {
      if (!isScalar(section) || !isScalar(key) || !isScalar(value) || value.type !== Scalar.PLAIN) return []
      const path = [String(section.value), String(key.value)]
      if (!secretKeyOf(path[0] ?? '', path[1]) || !value.comment || /^[\s#]/.test(value.comment)) return []
      const message = 'what is behind the # is a comment, and no part of the value'
      const hint = 'put the value in quotes, or a blank after the #'
      const offset = text.indexOf('#', value.range?.[1])
      return [{ problem: { code: 'secret-cut-by-comment', path, message, hint }, offset }]
    })
  })
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
    Pair(_key, { key, value }, path) {
      const word = isScalar(key) ? String(key.value) : ''
      // By it an editor finds the schema, in JSON the only way to say so.
      const isOfEditors = word === SCHEMA_KEY && path.length === 2
      const isWord = isOfEditors || /^[A-Za-z][\w-]*$/.test(word)
      // `{ password: one, two }`: the second half of a value, which must not be named either.
      if (isWord && value !== null) return
      const offset = (isNode(key) && key.range?.[0]) || 0
      problems.push({ problem: { code: 'yaml-syntax', path: [], ...(isWord ? NO_VALUE : oddKey(key, word)) }, offset })
    },
  })
  return problems
}

const NO_VALUE = {
  message: 'a word without a value stands here, between braces',
  hint: 'put a value that has a comma or a brace in quotes',
}

export const SCHEMA_KEY = '$schema'

function oddKey(key: unknown, word: string): Pick<Problem, 'message' | 'hint'> {
  if (word === '<<') return { message: 'merge keys (<<) are not supported here', hint: 'write the keys out' }
  if (/^\/[/*]/.test(word)) return { message: 'a comment begins with #, got // or /*' }
  const message = 'a key is one word of letters, got something else'
  if (word.includes(':')) return { message, hint: 'put a blank after the ":"' }
  // `name: {{ template }}`
  return isCollection(key) ? { message, hint: 'put a value that begins with { or [ in quotes' } : { message }
}
