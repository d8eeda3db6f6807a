// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the curly brackets are Nix's
import { NixScanner } from './nix-scanner.ts'

/** What is put into strings of a Nix file: the expressions of every `${…}` inside "…" and ''…'', each once. */
export function interpolationsIn(source: string): readonly string[] {
  const found = new Set<string>()
  for (const { index } of source.matchAll(/\$\{/g)) {
    const scanner = new NixScanner()
    scanner.read(source.slice(0, index))
    const { place } = scanner
    if (place !== 'string' && place !== 'indented string') continue
    // The escapes of either string look at the characters before, so the scanner gets both at once.
    const around = new NixScanner()
    around.read(source.slice(0, index + 2))
    if (around.states.length === scanner.states.length) continue
    const depth = around.states.length
    let end = index + 2
    while (around.states.length >= depth && end < source.length) around.read(source[end++] ?? '')
    found.add(source.slice(index + 2, end - 1))
  }
  return [...found]
}
