import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { MANIFEST } from '../render/manifest.ts'
import { findTemplateFaults } from './template-rules.ts'

const TEMPLATES = new URL('../../templates/', import.meta.url)
const names = readdirSync(TEMPLATES, { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.hbs'))
  .sort()

test('the manifest and the templates folder name the same files', () => {
  expect(MANIFEST.map(({ template }) => template).sort()).toEqual(names)
})

test('every target path mirrors its template and is used once', () => {
  expect(MANIFEST.map(({ path }) => `${path.slice(1)}.hbs`)).toEqual(MANIFEST.map(({ template }) => template))
  expect(new Set(MANIFEST.map(({ path }) => path)).size).toBe(MANIFEST.length)
})

describe('every value in a template passes a Nix helper, outside of strings and comments', () => {
  test.each(names)('%s', (name) => {
    expect(findTemplateFaults(readFileSync(new URL(name, TEMPLATES), 'utf8'))).toEqual([])
  })
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
  ['1: {{#with}} is not if, unless or each', '{{#with x}}{{/with}}'],
  ['1: PartialStatement is not used here', '{{> part}}'],
  ['1: the ways through {{#if}} end in different places of the Nix code', '{{#if x}}{ a = 1;{{/if}}'],
])('finds: %s', (fault, text) => {
  expect(findTemplateFaults(text)).toEqual([fault])
})
