import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { troubleshootingPage } from './troubleshooting-page.ts'

test('docs/troubleshooting.md is what the catalogue gives now (npm run update-troubleshooting)', () => {
  expect(readFileSync(new URL('../../docs/troubleshooting.md', import.meta.url), 'utf8')).toBe(troubleshootingPage())
})
