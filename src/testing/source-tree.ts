import { readdirSync, readFileSync } from 'node:fs'
import { posix } from 'node:path'
import { parseAst } from 'vitest/node'

export type Import = {
  /** As written: `execa`, `node:fs`, `../model/plan.ts`. */
  readonly specifier: string
  /** For our own files, below src: `model/plan.ts`; null for packages. */
  readonly path: string | null
  readonly isTypeOnly: boolean
}

export type SourceFile = {
  /** Below src: `tasks/partition.ts`. */
  readonly path: string
  readonly imports: readonly Import[]
  readonly hasDefaultExport: boolean
  /** `export … from`: what barrels are made of. */
  readonly reExports: boolean
  /** `process.exit` and `process.env`, as far as they are used. */
  readonly processUses: readonly string[]
  /** Statements that run when the file is imported, by their kind. */
  readonly effects: readonly string[]
}

const SRC = new URL('../', import.meta.url)

/** Every .ts and .tsx file below src, parsed by the parser that Vitest itself uses. */
export function readSourceTree(): readonly SourceFile[] {
  return readdirSync(SRC, { recursive: true, encoding: 'utf8' })
    .filter((path) => /\.tsx?$/.test(path) && !path.endsWith('.d.ts'))
    .sort()
    .map((path) => parseSource(path, readFileSync(new URL(path, SRC), 'utf8')))
}

type Node = { readonly type: string; readonly [key: string]: unknown }

const isNode = (value: unknown): value is Node => typeof (value as Node | null)?.type === 'string'

/** What runs nothing by itself. A declaration's initial value may call a function: constants are made that way. */
const QUIET = [
  'ImportDeclaration',
  'ExportNamedDeclaration',
  'ExportAllDeclaration',
  'ExportDefaultDeclaration',
  'VariableDeclaration',
  'FunctionDeclaration',
  'ClassDeclaration',
  'TSTypeAliasDeclaration',
  'TSInterfaceDeclaration',
  'TSModuleDeclaration',
]

/** One file's facts. `path` is relative to src. */
export function parseSource(path: string, source: string): SourceFile {
  const program = parseAst(source, { lang: path.endsWith('.tsx') ? 'tsx' : 'ts' }) as unknown as { body: Node[] }
  const imports: Import[] = []
  const processUses: string[] = []
  const effects = program.body.map(({ type }) => type).filter((type) => !QUIET.includes(type))

  function addImport(source: unknown, isTypeOnly: boolean): void {
    const specifier = (source as { value?: unknown } | null)?.value
    if (typeof specifier !== 'string') return
    const isOurs = specifier.startsWith('.')
    imports.push({ specifier, path: isOurs ? posix.join(posix.dirname(path), specifier) : null, isTypeOnly })
  }

  function visit(node: Node, isInFunction: boolean): void {
    if (node.type === 'ImportDeclaration') addImport(node.source, node.importKind === 'type')
    if (node.type === 'ExportNamedDeclaration' || node.type === 'ExportAllDeclaration') {
      addImport(node.source, node.exportKind === 'type')
    }
    if (node.type === 'ImportExpression') addImport(node.source, false)
    if (node.type === 'TSImportType') addImport(node.source ?? node.argument, true)
    if (node.type === 'AwaitExpression' && !isInFunction) effects.push('AwaitExpression')
    if (node.type === 'MemberExpression') {
      const [object, property] = [node.object, node.property] as { name?: string }[]
      if (object?.name === 'process' && (property?.name === 'exit' || property?.name === 'env')) {
        processUses.push(`process.${property.name}`)
      }
    }
    const isFunction = /Function/.test(node.type) || node.type === 'MethodDefinition'
    for (const value of Object.values(node).flat()) if (isNode(value)) visit(value, isInFunction || isFunction)
  }
  for (const statement of program.body) visit(statement, false)

  return {
    path,
    imports,
    hasDefaultExport: program.body.some(({ type }) => type === 'ExportDefaultDeclaration'),
    reExports: program.body.some((node) => node.type.startsWith('Export') && isNode(node.source)),
    processUses,
    effects,
  }
}
