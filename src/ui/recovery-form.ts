import { groupsOf, groupsToType, isGroup } from '../credentials/recovery-key.ts'
import type { Problem } from '../model/problem.ts'
import type { Secret } from '../model/secret.ts'
import { bodyHeight } from './frame-size.ts'
import type { Aside, Form } from './page-forms.ts'
import { planInHand } from './plan-in-hand.ts'
import { blankLines, halfBlockLines } from './qr-lines.ts'
import type { Row } from './rows.ts'
import type { Session, View } from './session.ts'

/** Columns that the words beside the QR code need. */
const WORDS_WIDTH = 36
/** Between words and QR code, and the margins of the page. */
const BETWEEN = 2
const MARGINS = 4

export function recoveryForm(view: View, session: Pick<Session, 'send'>): Form | null {
  const { recoveryKey, typedKeyGroups, hasMistypedKey, isDryRun } = view.wizard
  if (recoveryKey === null) return null
  const usesTpm = planInHand(view.wizard)?.unlock !== 'passphrase'
  const picture = pictureOf(view)
  const asked = groupsToType(recoveryKey)
  return {
    rows: [
      {
        kind: 'note',
        text: isDryRun
          ? 'Dry run: this key is an example and opens nothing.'
          : `Opens the disks when the passphrase is forgotten${usesTpm ? ' and the TPM refuses' : ''}. Write it on paper or scan it. It is stored nowhere, and gone after the install.`,
        ...(isDryRun && { tone: 'warning' as const }),
      },
      { kind: 'blank' },
      { kind: 'lines', lines: keyLines(recoveryKey), tone: 'strong' },
      { kind: 'blank' },
      ...(typeof picture === 'string' ? [{ kind: 'note' as const, text: picture, tone: 'dim' as const }] : []),
      {
        kind: 'note',
        text: isDryRun
          ? 'A real install asks for two of its groups, from paper. Type them here:'
          : 'To show that you have it, type two of its groups, from your paper:',
      },
      ...asked.map(
        (at, which): Row => ({
          kind: 'text',
          id: `group-${which}`,
          label: `Group ${at + 1}`,
          value: typedKeyGroups[which] ?? '',
          problems: hasMistypedKey && !isGroup(recoveryKey, at, typedKeyGroups[which] ?? '') ? [mistyped(at)] : [],
          onChange: (text) => session.send({ type: 'TYPE_KEY_GROUP', which: which === 0 ? 0 : 1, text }),
        }),
      ),
    ],
    ...(typeof picture === 'object' && picture !== null && { aside: picture }),
    next: { label: 'I have it', onPress: () => session.send({ type: 'NEXT' }) },
    problems: [],
    startsAt: 'group-0',
  }
}

function mistyped(at: number): Problem {
  return { code: 'wrong-key-group', path: [], message: `this is not group ${at + 1} of the key above` }
}

/** Two groups to a line with their numbers, so that nobody loses the place. */
function keyLines(key: Secret): readonly string[] {
  const groups = groupsOf(key)
  return groups.flatMap((group, at) => {
    if (at % 2 === 1) return []
    const second = groups[at + 1] ?? ''
    const dash = at + 2 < groups.length ? '-' : ' '
    return [`  ${at + 1} ${group}-${second}${dash} ${at + 2}`]
  })
}

/** The QR code as this terminal can draw it, a sentence on why it cannot, or null while it is being made. */
function pictureOf({ capabilities, size, recoveryQr }: View): Aside | string | null {
  if (capabilities.linear) return 'No QR code: this terminal shows one line after the other.'
  // Its dark and light must be the right way round on any terminal, and only colours can say so.
  if (!capabilities.colour) return 'No QR code: it needs a terminal with colours.'
  if (recoveryQr === null) return null
  const modules = recoveryQr.length
  const width = capabilities.unicode ? modules : 2 * modules
  const height = capabilities.unicode ? Math.ceil(modules / 2) : modules
  const columns = WORDS_WIDTH + BETWEEN + width + MARGINS
  if (size.columns < columns || bodyHeight(size) < height) {
    return `No QR code: on this terminal it needs ${columns} columns and ${height + size.rows - bodyHeight(size)} rows.`
  }
  return { lines: capabilities.unicode ? halfBlockLines(recoveryQr) : blankLines(recoveryQr), width }
}
