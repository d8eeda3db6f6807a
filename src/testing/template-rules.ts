import Handlebars from 'handlebars'
import { NIX_HELPERS } from '../render/nix-helpers.ts'
import { NixScanner } from './nix-scanner.ts'

const BLOCKS = ['if', 'unless', 'each']

/** What a Nix template must not do: `line: sentence` for each finding. Data only through one of our helpers, with one plain
 *  path, outside of comments and strings; conditions and loops only around whole pieces of code. */
export function findTemplateFaults(text: string): readonly string[] {
  const faults: string[] = []
  const scanner = new NixScanner()

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
        if (!(helper in NIX_HELPERS)) {
          fault(`{{${helper}}} is no Nix helper`)
          return
        }
        if (!escaped) fault('three braces')
        if (hash !== undefined && hash.pairs.length > 0) fault(`{{${helper}}} with named arguments`)
        if (params.length !== 1 || params[0]?.type !== 'PathExpression') fault(`{{${helper}}} wants one path`)
        if (scanner.place !== 'code') fault(`data inside a ${scanner.place}`)
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
        scanner.restore(before)
        if (inverse) readProgram(inverse)
        if (scanner.states.join() !== after.join())
          fault(`the ways through {{#${name}}} end in different places of the Nix code`)
        scanner.restore(after)
        return
      }
      default:
        fault(`${statement.type} is not used here`)
    }
  }

  readProgram(Handlebars.parse(text))
  return faults
}
