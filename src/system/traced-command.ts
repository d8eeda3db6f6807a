/** The shell's own words, and what a script does around its work: none of them is the step that failed. `rm`: disko's script
 *  removes its folder in a trap on its way out, which is traced after the command that failed. */
const NO_STEP = new Set([
  ...[':', '.', '[', '[[', 'cd', 'declare', 'echo', 'eval', 'exec', 'exit', 'export', 'false', 'for', 'if', 'case'],
  ...['local', 'printf', 'read', 'return', 'rm', 'rmdir', 'set', 'shift', 'source', 'test', 'trap', 'true', 'unset'],
])

/** stderr of a shell script under `set -x` -> the last step that it began, in words; empty when it traced none. The trace is
 *  the shell's own notation (one `+` for each level of nesting, words quoted where they need it), not a message. */
export function lastTraced(stderr: string): readonly string[] {
  const lines = stderr.split('\n')
  for (let index = lines.length - 1; index >= 0; index--) {
    const line = /^\++ (\S.*)$/.exec(lines[index] ?? '')?.[1]
    if (line === undefined) continue
    const words = shellWords(line)
    // `a=b command`: what is set for the command alone comes first.
    const start = words.findIndex((word) => !/^[A-Za-z_]\w*\+?=/.test(word))
    const [program = ''] = start === -1 ? [] : words.slice(start)
    if (program !== '' && !NO_STEP.has(program)) return words.slice(start)
  }
  return []
}

/** Words as bash writes them in a trace: bare, 'in quotes', with \' between two of them, or $'with escapes' (left as they are:
 *  whoever compares a program's name or sub-command meets none). */
function shellWords(line: string): readonly string[] {
  const words = line.match(/(?:\$?'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"|\\.|[^\s'"\\])+/g) ?? []
  return words.map((word) => word.replace(/\$?'((?:[^'\\]|\\.)*)'|\\(.)/g, (_, quoted, escaped) => quoted ?? escaped))
}
