/** The keys we know, by the bytes a terminal sends for them. Sources: xterm ctlseqs, console_codes(4), the vt220 manual. */
export type KeyName =
  | 'enter'
  | 'tab'
  | 'shift-tab'
  | 'escape'
  | 'backspace'
  | 'delete'
  | 'insert'
  | 'up'
  | 'down'
  | 'left'
  | 'right'
  | 'home'
  | 'end'
  | 'page-up'
  | 'page-down'
  | 'f1'
  | 'f2'
  | 'f3'
  | 'f4'
  | 'f5'
  | 'f6'
  | 'f7'
  | 'f8'
  | 'f9'
  | 'f10'
  | 'f11'
  | 'f12'

const ESC = '\u001B'

export const SEQUENCES: ReadonlyMap<string, KeyName> = new Map<string, KeyName>([
  [`${ESC}[A`, 'up'],
  [`${ESC}[B`, 'down'],
  [`${ESC}[C`, 'right'],
  [`${ESC}[D`, 'left'],
  [`${ESC}[H`, 'home'],
  [`${ESC}[F`, 'end'],
  [`${ESC}[Z`, 'shift-tab'],
  [`${ESC}OA`, 'up'],
  [`${ESC}OB`, 'down'],
  [`${ESC}OC`, 'right'],
  [`${ESC}OD`, 'left'],
  [`${ESC}OH`, 'home'],
  [`${ESC}OF`, 'end'],
  [`${ESC}OM`, 'enter'],
  [`${ESC}OP`, 'f1'],
  [`${ESC}OQ`, 'f2'],
  [`${ESC}OR`, 'f3'],
  [`${ESC}OS`, 'f4'],
  // The Linux console.
  [`${ESC}[[A`, 'f1'],
  [`${ESC}[[B`, 'f2'],
  [`${ESC}[[C`, 'f3'],
  [`${ESC}[[D`, 'f4'],
  [`${ESC}[[E`, 'f5'],
  [`${ESC}[1~`, 'home'],
  [`${ESC}[2~`, 'insert'],
  [`${ESC}[3~`, 'delete'],
  [`${ESC}[4~`, 'end'],
  [`${ESC}[5~`, 'page-up'],
  [`${ESC}[6~`, 'page-down'],
  [`${ESC}[7~`, 'home'],
  [`${ESC}[8~`, 'end'],
  [`${ESC}[11~`, 'f1'],
  [`${ESC}[12~`, 'f2'],
  [`${ESC}[13~`, 'f3'],
  [`${ESC}[14~`, 'f4'],
  [`${ESC}[15~`, 'f5'],
  [`${ESC}[17~`, 'f6'],
  [`${ESC}[18~`, 'f7'],
  [`${ESC}[19~`, 'f8'],
  [`${ESC}[20~`, 'f9'],
  [`${ESC}[21~`, 'f10'],
  [`${ESC}[23~`, 'f11'],
  [`${ESC}[24~`, 'f12'],
])

/** The vt220's help key sends what others call F15. */
export const VT220_HELP = `${ESC}[28~`

/** The name of a complete escape sequence, null for one we do not know. Shift, Ctrl and Alt on a named key do not count
 *  (`ESC[1;5A` is Ctrl-Up and acts as Up). */
export function nameOf(sequence: string): KeyName | null {
  if (sequence === VT220_HELP) return 'f1'
  const plain = sequence.replace(/^(.\[)1;\d+([A-Z])$/su, '$1$2').replace(/^(.\[\d+);\d+~$/su, '$1~')
  const withLetter = /^.\[([PQRS])$/su.exec(plain)
  return SEQUENCES.get(withLetter ? `${ESC}O${withLetter[1]}` : plain) ?? null
}

/** What Ink is given for a key it must act on. */
export const INK_SEQUENCES: Partial<Record<KeyName, string>> = {
  enter: '\r',
  up: `${ESC}[A`,
  down: `${ESC}[B`,
  right: `${ESC}[C`,
  left: `${ESC}[D`,
  backspace: '\u007F',
  delete: `${ESC}[3~`,
}
