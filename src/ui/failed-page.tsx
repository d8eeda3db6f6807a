import { Box, Text } from 'ink'
import { Menu, type MenuItem } from './fields/menu.tsx'
import { Frame } from './frame.tsx'
import { scrollOf } from './scrolling.ts'
import type { Session, View } from './session.ts'
import { toneProps } from './theme.ts'

type Choice = 'retry' | 'log' | 'answers' | 'shell' | 'quit'

const ITEMS: readonly MenuItem<Choice>[] = [
  { value: 'retry', label: 'Try again: go on where it stopped' },
  { value: 'log', label: 'View the log' },
  { value: 'answers', label: 'Change the answers and start over' },
  { value: 'shell', label: 'Open a shell' },
  { value: 'quit', label: 'Quit' },
]

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
      <Menu items={ITEMS} onSelect={(choice) => ACTS[choice](session)} />
    </Frame>
  )
}

const ACTS: Readonly<Record<Choice, (session: Session) => void>> = {
  retry: (session) => session.send({ type: 'RETRY' }),
  log: (session) => session.openLog(),
  answers: (session) => session.send({ type: 'GOTO', page: 'review' }),
  shell: (session) => session.openShell(),
  quit: (session) => session.send({ type: 'QUIT' }),
}
