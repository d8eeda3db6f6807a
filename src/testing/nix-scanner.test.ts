// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the curly brackets are Nix's
import { expect, test } from 'vitest'
import { NixScanner } from './nix-scanner.ts'

test.each([
  ['code', '{ a = 1; }'],
  ['code', "x'' = "],
  ['comment', '# note'],
  ['code', '# note\n'],
  ['comment', '/* note " '],
  ['string', '"a'],
  ['string', '"a\\"'],
  ['code', '"${'],
  ['string', '"${x}'],
  ['string', '"${ { a = "}"; } }'],
  ['string', '"$${'],
  ['code', '"$${x}"'],
  ['indented string', "''a"],
  ['indented string', "'' ''' "],
  ['indented string', "'' ''${ "],
  ['indented string', "'' ''\\n"],
  ['code', "'' ${"],
  ['code', "'' \" ''"],
])('ends in %s: %s', (place, source) => {
  const scanner = new NixScanner()
  scanner.read(source)
  expect(scanner.place).toBe(place)
})
