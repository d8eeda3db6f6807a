import Handlebars from 'handlebars'
import { helpersOf } from '../render/render-files.ts'
import { MarkdownScanner } from './markdown-scanner.ts'
import { NixScanner } from './nix-scanner.ts'

const BLOCKS = ['if', 'unless', 'each']

/** Where data may stand, by helper; everywhere else it could be read as something else than data. */
const PLACES: Readonly<Record<string, string>> = { mdText: 'text', mdCode: 'text', shWord: 'code block' }

/** What a template must not do: `line: sentence` for each finding. Data only through one of our helpers, with one plain path,
 *  in Nix outside of comments and strings, in Markdown where the helper belongs; conditions and loops only around whole
 *  pieces of code. The name's ending says which language it is, as in renderTemplate. */
export function findTemplateFaults(text: string, name = 'x.nix.hbs'): readonly string[] {
  const faults: string[] = []
  const isMarkdown = name.endsWith('.md.hbs')
  const language = isMarkdown ? 'Markdown' : 'Nix'
  const scanner = isMarkdown ? new MarkdownScanner() : new NixScanner()
  const helpers = helpersOf(name)

  function readProgram(program: hbs.AST.Program): void {
    for (const statement of program.body) readStatement(statement)
  }

  function readStatement(statement: hbs.AST.Statement): void {
    const line = statement.loc.start.line
    const fault = (sentence: string) => faults.push(`${line}: ${sentence}`)
    switch (statement.type) {
      case 'ContentStatement':
        // The text as it was written: whitespace that Handlebars drops may end a comment.
        scanner.read((statement as hbs.AST.ContentStatement & { original: string }).original)
        return
      case 'CommentStatement':
        return
      case 'MustacheStatement': {
        const { path, params, hash, escaped } = statement as hbs.AST.MustacheStatement
        const helper = (path as hbs.AST.PathExpression).original
        if (!(helper in helpers)) {
          fault(`{{${helper}}} is no ${language} helper`)
          return
        }
        if (!escaped) fault('three braces')
        if (hash !== undefined && hash.pairs.length > 0) fault(`{{${helper}}} with named arguments`)
        if (params.length !== 1 || params[0]?.type !== 'PathExpression') fault(`{{${helper}}} wants one path`)
        const wanted = PLACES[helper] ?? 'code'
        if (scanner.place !== wanted)
          fault(isMarkdown ? `{{${helper}}} in a ${scanner.place}` : `data inside a ${scanner.place}`)
        if (scanner instanceof MarkdownScanner) scanner.skipValue()
        return
      }
      case 'BlockStatement': {
        const { path, params, program, inverse } = statement as hbs.AST.BlockStatement
        const name = (path as hbs.AST.PathExpression).original
        if (!BLOCKS.includes(name)) fault(`{{#${name}}} is not if, unless or each`)
        if (params.length !== 1 || params[0]?.type !== 'PathExpression') fault(`{{#${name}}} wants one path`)
        const before = scanner.states
        readProgram(program)
        const after = scanner.states
        restore(before)
        if (inverse) readProgram(inverse)
        if (scanner.states.join() !== after.join())
          fault(`the ways through {{#${name}}} end in different places of the ${language} code`)
        restore(after)
        return
      }
      default:
        fault(`${statement.type} is not used here`)
    }
  }

  function restore(states: readonly string[]): void {
    if (scanner instanceof MarkdownScanner) scanner.restore(states)
    else scanner.restore(states as NixScanner['states'])
  }

  readProgram(Handlebars.parse(text))
  return faults
}
