// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the curly brackets are Nix's
import { expect, test } from 'vitest'
import { renderContext } from '../plan/render-context.ts'
import { Bug, UserError } from '../system/errors.ts'
import { fakeSystem } from '../testing/fake-system.ts'
import { planOfCase } from '../testing/good-cases.ts'
import { MANIFEST } from './manifest.ts'
import { renderFiles, renderTemplate } from './render-files.ts'
import { loadTemplates } from './templates.ts'

test('data goes through the helpers and is quoted for Nix, not for HTML', () => {
  const text = 'a = {{nixStr a}};\n{{nixAttr b}} = {{nixInt c}};\nd = {{nixBool d}};\ne = {{nixList e}};\n'
  const context = { a: `<"&'${'$'}{x}`, b: '10-lan', c: 3, d: false, e: ['x', 'y'] }
  expect(renderTemplate('t', text, context)).toBe('a = "<\\"&\'\\${x}";\n"10-lan" = 3;\nd = false;\ne = [ "x" "y" ];\n')
})

test('lines that hold only a block leave no trace', () => {
  const text = '[\n{{#each list}}\n  {{nixStr this}}\n{{/each}}\n{{#if no}}\n  x\n{{/if}}\n]\n'
  expect(renderTemplate('t', text, { list: ['a', 'b'], no: false })).toBe('[\n  "a"\n  "b"\n]\n')
})

test.each([
  ['a key the context does not have', '{{nixStr hostNmae}}'],
  ['a key that is missing in a condition', '{{#if isZfz}}x{{/if}}'],
  ['a number where a string belongs', '{{nixStr count}}'],
  ['a string where a boolean belongs', '{{nixBool name}}'],
  ['a string where a number belongs', '{{nixInt name}}'],
  ['a string where a list belongs', '{{nixList name}}'],
  ['a list of lists', '{{nixList deep}}'],
  ['a helper we do not have', '{{nixPath name}}'],
  ['a template that does not parse', '{{#if name}}'],
])('%s is a Bug that names the template', (_, text) => {
  const render = () => renderTemplate('etc/x.nix.hbs', text, { name: 'a', count: 1, deep: [['a']] })
  expect(render).toThrow(Bug)
  expect(render).toThrow('cannot render etc/x.nix.hbs')
})

test('a Markdown template has the helpers of Markdown, and only those', () => {
  const text = '# {{mdText a}}\n\n```sh\necho {{shWord b}}\n```\n'
  expect(renderTemplate('README.md.hbs', text, { a: '*x*', b: 'y z' })).toBe("# \\*x\\*\n\n```sh\necho 'y z'\n```\n")
  expect(() => renderTemplate('README.md.hbs', '{{nixStr a}}', { a: 'x' })).toThrow(Bug)
  expect(() => renderTemplate('x.nix.hbs', '{{mdText a}}', { a: 'x' })).toThrow(Bug)
})

const files = Object.fromEntries(MANIFEST.map(({ template }) => [`/opt/templates/${template}`, `# ${template}`]))
const LOCK = 'etc/nixos/flake.lock'

test('loads every template of the manifest, and says which one is missing', async () => {
  const templates = await loadTemplates(fakeSystem({ files }), '/opt/templates')
  expect([...templates.keys()]).toEqual(MANIFEST.map(({ template }) => template))
  const { '/opt/templates/etc/nixos/flake.nix.hbs': _, ...without } = files
  const failure = loadTemplates(fakeSystem({ files: without }), '/opt/templates')
  await expect(failure).rejects.toThrow(UserError)
  await expect(failure).rejects.toThrow('the template etc/nixos/flake.nix.hbs is not in /opt/templates')
})

test('flake.lock is rendered when the bundle has one, byte for byte, and left out when not', async () => {
  const context = renderContext(await planOfCase('default'))
  const locked = { ...files, [`/opt/templates/${LOCK}`]: '{ "{{nixStr": 1 }\n' }
  const rendered = renderFiles(context, await loadTemplates(fakeSystem({ files: locked }), '/opt/templates'))
  expect(rendered.find(({ path }) => path === `/${LOCK}`)?.content).toBe('{ "{{nixStr": 1 }\n')
  const { [`/opt/templates/${LOCK}`]: _, ...without } = files
  const templates = await loadTemplates(fakeSystem({ files: without }), '/opt/templates')
  expect(templates.has(LOCK)).toBe(false)
  expect(renderFiles(context, templates).map(({ path }) => path)).toEqual(
    rendered.map(({ path }) => path).filter((path) => path !== `/${LOCK}`),
  )
})
