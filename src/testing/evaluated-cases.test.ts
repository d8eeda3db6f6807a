import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { flakeOf, flakes, MISTAKES, withMistake } from './evaluated-mistakes.ts'
import { hasNix, NIX_REASON, nixParse } from './nix.ts'
import { checkExpression, evaluateExpression, evaluationError, optionsExpression } from './nix-options.ts'

const MOST_MS = 20_000

let scratch: string
beforeAll(() => {
  scratch = mkdtempSync(join(tmpdir(), 'keystone-mistakes-'))
})
afterAll(() => rmSync(scratch, { recursive: true }))

type Checked = Readonly<Record<string, { readonly hostName: string; readonly warnings: readonly string[] }>>

describe.skipIf(!hasNix)(`every rendered configuration (${NIX_REASON})`, () => {
  test('parses, file by file', async () => {
    const files = flakes.flatMap(({ folder }) =>
      readdirSync(folder, { recursive: true, encoding: 'utf8' })
        .filter((path) => path.endsWith('.nix'))
        .map((path) => join(folder, path)),
    )
    expect(files.length).toBeGreaterThan(flakes.length * 5)
    await nixParse(files)
  })

  test('is accepted by the option list of NixOS, all of them in one evaluation, in less than 20 seconds', async () => {
    const start = performance.now()
    const { value, said } = await evaluateExpression(checkExpression(flakes))
    const tookMs = performance.now() - start
    const checked = value as Checked
    expect(Object.keys(checked).sort()).toEqual(flakes.map(({ name }) => name).sort())
    for (const { name, host } of flakes) {
      expect(checked[name]).toMatchObject({
        hostName: host,
        hosts: [host],
        release: '26.05',
        warnings: [],
        unchecked: [],
      })
    }
    expect(said).toBe('')
    expect(tookMs).toBeLessThan(MOST_MS)
  })
})

describe.skipIf(!hasNix)(`the options of our modules (${NIX_REASON})`, () => {
  test('have a type, a description and a default, but for what each machine must say', async () => {
    const { value } = await evaluateExpression(optionsExpression(flakeOf('default'), 'keystone'))
    const options = value as readonly { name: string; type: string; description: string; hasDefault: boolean }[]
    const rooms = [...new Set(options.map(({ name }) => name.split('.')[1]))]
    expect(rooms).toEqual(expect.arrayContaining(['network', 'phases', 'primer', 'snapshots', 'storage', 'tpm']))
    for (const { name, type, description } of options) {
      expect(type, name).not.toMatch(/^(unspecified value|anything|raw value)$/)
      expect(description, name).toMatch(/^\S[\s\S]{10,}\.\s*$/)
    }
    const required = options.filter(({ hasDefault }) => !hasDefault).map(({ name }) => name)
    expect(required).toEqual(['keystone.primer.clusterName'])
  })
})

describe.skipIf(!hasNix)(`a mistake in a template is refused (${NIX_REASON})`, () => {
  test.each(MISTAKES)('$what', async (mistake) => {
    expect(await evaluationError(checkExpression([withMistake(mistake, scratch)]))).toContain(mistake.says)
  })
})
