import { readdirSync, readFileSync, statSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { renderContext } from '../plan/render-context.ts'
import { HOST_FOLDER, MANIFEST } from '../render/manifest.ts'
import { planOfCase } from './good-cases.ts'
import { findTemplateFaults } from './template-rules.ts'

const TEMPLATES = new URL('../../templates/', import.meta.url)
const names = readdirSync(TEMPLATES, { recursive: true, encoding: 'utf8' })
  .filter((name) => statSync(new URL(name, TEMPLATES)).isFile())
  .sort()
const rendered = names.filter((name) => name.endsWith('.hbs'))

test('the manifest and the templates folder name the same files', () => {
  const listed = MANIFEST.filter(({ template, isOptional }) => !isOptional || names.includes(template))
  expect(listed.map(({ template }) => template).sort()).toEqual(names)
})

test('only flake.lock may be missing', () => {
  expect(MANIFEST.filter(({ isOptional }) => isOptional).map(({ template }) => template)).toEqual([
    'etc/nixos/flake.lock',
  ])
})

test('every target path mirrors its template, with the host in its place, and is used once', async () => {
  const context = renderContext(await planOfCase('default'))
  const paths = MANIFEST.map(({ path }) => path(context))
  const mirrored = MANIFEST.map(({ template }) => {
    return `/${template.replace(HOST_FOLDER, 'etc/nixos/hosts/primer/').replace(/\.hbs$/, '')}`
  })
  expect(paths).toEqual(mirrored)
  expect(new Set(paths).size).toBe(MANIFEST.length)
})

test.each(['..', '.', '', 'a/b', '/etc', 'a\nb', '-x'])('no host name leads out of hosts/: %j', async (hostName) => {
  const context = { ...renderContext(await planOfCase('default')), hostName }
  const entry = MANIFEST.find(({ template }) => template.startsWith(HOST_FOLDER))
  expect(() => entry?.path(context)).toThrow('not a host name')
})

describe('every value in a template passes a helper of its language, in a place of its own', () => {
  test.each(rendered)('%s', (name) => {
    expect(findTemplateFaults(readFileSync(new URL(name, TEMPLATES), 'utf8'), name)).toEqual([])
  })
})

test('what is copied as it is holds no mustache', () => {
  for (const name of names.filter((name) => !rendered.includes(name))) {
    expect(readFileSync(new URL(name, TEMPLATES), 'utf8'), name).not.toContain('{{')
  }
})

test.each([
  ['1: {{hostName}} is no Nix helper', 'a = {{hostName}};'],
  ['2: three braces', 'a =\n{{{nixStr x}}};'],
  ['1: data inside a comment', '# {{nixStr x}}'],
  ['1: data inside a string', 'a = "x-{{nixStr x}}";'],
  ['1: data inside a indented string', "a = ''x {{nixStr x}}'';"],
  ['1: {{nixStr}} wants one path', 'a = {{nixStr "literal"}};'],
  ['1: {{nixStr}} wants one path', 'a = {{nixStr x y}};'],
  ['1: {{nixStr}} wants one path', 'a = {{nixStr (nixStr x)}};'],
  ['1: {{nixStr}} with named arguments', 'a = {{nixStr x y=z}};'],
  ['1: {{mdText}} is no Nix helper', 'a = {{mdText x}};'],
  ['1: {{#with}} is not if, unless or each', '{{#with x}}{{/with}}'],
  ['1: PartialStatement is not used here', '{{> part}}'],
  ['1: the ways through {{#if}} end in different places of the Nix code', '{{#if x}}{ a = 1;{{/if}}'],
])('finds in Nix: %s', (fault, text) => {
  expect(findTemplateFaults(text)).toEqual([fault])
})

test.each([
  ['1: {{hostName}} is no Markdown helper', '# {{hostName}}'],
  ['1: {{nixStr}} is no Markdown helper', '# {{nixStr x}}'],
  ['1: {{mdText}} in a code span', 'Say `{{mdText x}}`.'],
  ['3: {{mdText}} in a code block', 'Say\n```sh\necho {{mdText x}}\n```\n'],
  ['2: {{mdCode}} in a code block', '   ```sh\n   echo {{mdCode x}}\n   ```\n'],
  ['4: {{shWord}} in a text', '```\nx\n```\n{{shWord x}}'],
  ['1: the ways through {{#if}} end in different places of the Markdown code', '{{#if x}}\n```sh\n{{/if}}\n'],
])('finds in Markdown: %s', (fault, text) => {
  expect(findTemplateFaults(text, 'x.md.hbs')).toEqual([fault])
})
