import { Box, Text } from 'ink'
import { Menu, type MenuItem } from './fields/menu.tsx'
import { Frame } from './frame.tsx'
import { scrollOf } from './scrolling.ts'
import type { Session, View } from './session.ts'
import { toneProps } from './theme.ts'

type Choice = 'retry' | 'log' | 'answers' | 'shell' | 'bundle' | 'power-off' | 'quit'

const WAITS = 'when the disks are let go'

/** What needs the disks waits until they are let go; what helps when they never are does not. */
function itemsFor({ wizard }: View): readonly MenuItem<Choice>[] {
  const blocked = wizard.isReleasing ? { blockedBecause: WAITS } : {}
  return [
    { value: 'retry', label: 'Try again: go on where it stopped', ...blocked },
    { value: 'log', label: 'View the log' },
    { value: 'answers', label: 'Change the answers and start over', ...blocked },
    { value: 'shell', label: 'Open a shell' },
    { value: 'bundle', label: 'Save a support bundle (F2)' },
    { value: 'power-off', label: 'Power off' },
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
  'power-off': (session) => session.powerOff(),
  quit: (session) => session.send({ type: 'QUIT' }),
}
