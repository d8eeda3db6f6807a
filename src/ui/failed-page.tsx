import { Box, Text } from 'ink'
import type { WayOn } from '../model/failure.ts'
import { isPassphraseRefused } from '../wizard/begun-secrets.ts'
import { Menu, type MenuItem } from './fields/menu.tsx'
import { Frame } from './frame.tsx'
import { scrollOf } from './scrolling.ts'
import type { Session, View } from './session.ts'
import { toneProps } from './theme.ts'

type Choice = WayOn | 'log' | 'quit'

const WAITS = 'when the disks are let go'
const ADVISED = 'advised'
/** Both take the disks anew. */
const NEEDS_DISKS: readonly WayOn[] = ['retry', 'answers']
/** The order where no cause is known. */
const WAYS_ON: readonly WayOn[] = ['retry', 'answers', 'shell', 'bundle', 'power-off']
const LABELS: Readonly<Record<WayOn, string>> = {
  retry: 'Try again: go on where it stopped',
  answers: 'Change the answers and start over',
  shell: 'Open a shell',
  bundle: 'Save a support bundle (F2)',
  'power-off': 'Power off',
}

const TYPE_AGAIN = 'Try again: type the passphrase once more'

/** All ways on, always. What helps with this cause comes first, so that Enter alone does the sensible thing. What needs the
 *  disks waits until they are let go; what helps when they never are does not. */
function itemsFor({ wizard }: View): readonly MenuItem<Choice>[] {
  const { failure, wasCancelled, isReleasing } = wizard
  const labels = isPassphraseRefused(wizard) ? { ...LABELS, retry: TYPE_AGAIN } : LABELS
  const advised = wasCancelled ? [] : (failure?.diagnosis?.waysOn ?? [])
  const [first, ...others] = [...new Set([...advised, ...WAYS_ON])].map((way): MenuItem<Choice> => {
    const notes = [
      ...(way === advised[0] ? [ADVISED] : []),
      ...(isReleasing && NEEDS_DISKS.includes(way) ? [WAITS] : []),
    ]
    const label = notes.length === 0 ? labels[way] : `${labels[way]} (${notes.join(', ')})`
    return { value: way, label, isBlocked: notes.includes(WAITS) }
  })
  return [
    ...(first === undefined ? [] : [first]),
    { value: 'log', label: 'View the log' },
    ...others,
    { value: 'quit', label: 'Quit' },
  ]
}

export function FailedPage({ view, session }: { readonly view: View; readonly session: Session }) {
  const { lines, top, last, height } = scrollOf(view, 'failed')
  return (
    <Frame view={view} {...(last > 0 && { edge: top < last ? 'Page Down for more' : 'Page Up for more' })}>
      <Box flexDirection="column" height={height + 1}>
        {lines.slice(top, top + height).map((line, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: a line has no identity but its place
          <Text key={top + index} wrap="truncate" {...toneProps(line.tone, view.capabilities.colour)}>
            {line.text === '' ? ' ' : line.text}
          </Text>
        ))}
      </Box>
      <Menu
        items={itemsFor(view)}
        onSelect={(choice) => ACTS[choice](session)}
        onBlocked={() => session.change({ notice: 'The disks are still being let go; this waits for that.' })}
      />
    </Frame>
  )
}

const ACTS: Readonly<Record<Choice, (session: Session) => void>> = {
  retry: (session) => session.send({ type: 'RETRY' }),
  log: (session) => session.openLog(),
  answers: (session) => session.send({ type: 'GOTO', page: 'review' }),
  shell: (session) => session.openShell(),
  bundle: (session) => session.openBundle(),
  'power-off': (session) => session.send({ type: 'ASK_POWER_OFF' }),
  quit: (session) => session.send({ type: 'QUIT' }),
}
