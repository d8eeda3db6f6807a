const PLAIN_WORD = /^[A-Za-z0-9_@%+=:,./-]+$/
// biome-ignore lint/suspicious/noControlCharactersInRegex: finding control characters is what this is for
const CONTROL = /[\x00-\x1f\x7f]/

/** One shell word. Control characters would tear the screen, so such a word becomes `$'…'` with them written out. */
function quoteWord(word: string): string {
  if (PLAIN_WORD.test(word)) return word
  if (!CONTROL.test(word)) return `'${word.replaceAll("'", "'\\''")}'`
  const escaped = word
    .replaceAll('\\', '\\\\')
    .replaceAll("'", "\\'")
    .replaceAll('\n', '\\n')
    .replaceAll('\t', '\\t')
    // biome-ignore lint/suspicious/noControlCharactersInRegex: the rest of them, as hex
    .replace(/[\x00-\x1f\x7f]/g, (character) => `\\x${character.charCodeAt(0).toString(16).padStart(2, '0')}`)
  return `$'${escaped}'`
}

/** A command as a person would type it into a POSIX shell (bash, when an argument holds control characters). For
 *  showing and for comparing; we ourselves never run a command through a shell. */
export function formatCommand(program: string, args: readonly string[]): string {
  return [program, ...args].map(quoteWord).join(' ')
}
