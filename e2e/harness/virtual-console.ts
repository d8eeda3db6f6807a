import type { Agent } from './agent.ts'

/** What stands on a virtual console (tty1 is 1), row by row, without the blanks at each row's end. The kernel itself
 *  tells (vcsa(4), vcsu): no picture is read. Throws when the console was never used. */
export async function virtualConsoleText(agent: Agent, number: number): Promise<string> {
  const [size = '', text = ''] = (
    await agent.succeed(`head -c 2 /dev/vcsa${number} | base64 -w0; echo; base64 -w0 /dev/vcsu${number}`)
  ).split('\n')
  const [, columns = 0] = Buffer.from(size, 'base64')
  // One character is four bytes in the processor's order, which is little endian on every machine of ours.
  const cells = Buffer.from(text, 'base64')
  const characters = Array.from({ length: cells.length / 4 }, (_, cell) =>
    String.fromCodePoint(cells.readUInt32LE(4 * cell)),
  )
  const rows: string[] = []
  for (let start = 0; start < characters.length; start += columns)
    rows.push(
      characters
        .slice(start, start + columns)
        .join('')
        .trimEnd(),
    )
  return rows.join('\n')
}

/** Waits in the guest until the console's text holds `words` (ASCII, within one row). Throws with the text when the limit
 *  passes. */
export async function waitForVirtualConsole(
  agent: Agent,
  number: number,
  words: string,
  { timeoutMs = 120_000 }: { timeoutMs?: number } = {},
): Promise<string> {
  // vcs has one byte for each character, enough to find plain words.
  const wait = `timeout ${Math.ceil(timeoutMs / 1000)} bash -c 'until grep -aqF "$1" /dev/vcs${number}; do sleep 0.5; done' - '${words}'`
  const { code } = await agent.exec(wait, { timeoutMs: timeoutMs + 10_000 })
  const text = await virtualConsoleText(agent, number)
  if (code !== 0) throw new Error(`no "${words}" on tty${number} after ${timeoutMs / 1000} s:\n${text}`)
  return text
}
