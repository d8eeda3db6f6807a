import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { commandsOfCase, goodCaseNames, templatesOfTree } from './good-cases.ts'

const templates = await templatesOfTree()

describe('a dry run of each case lists exactly its commands.txt', () => {
  test.each(goodCaseNames())('%s', async (name) => {
    const recorded = readFileSync(new URL(`cases/${name}/commands.txt`, import.meta.url), 'utf8')
    expect(await commandsOfCase(name, templates)).toBe(recorded)
  })
})
