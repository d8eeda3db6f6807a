import { Text } from 'ink'
import { Frame } from './frame.tsx'
import { bodyHeight } from './frame-size.ts'
import { scrollOf } from './scrolling.ts'
import type { View } from './session.ts'

/** Help, the whole log, or what an earlier install has done. */
export function ReadingPage({ view, what }: { readonly view: View; readonly what: 'help' | 'log' | 'look' }) {
  const { lines, top, last } = scrollOf(view, what)
  const shown = lines.slice(top, top + bodyHeight(view.size) + 1)
  const more = top < last ? ', Page Down for more' : ''
  const edge =
    what !== 'log'
      ? `${what === 'help' ? 'Help' : 'The earlier install'}${more}`
      : `Log, line ${Math.min(lines.length, top + 1)} of ${lines.length}${more}`
  return (
    <Frame view={view} edge={edge}>
      {shown.map((line, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a line has no identity but its place
        <Text key={top + index} wrap="truncate">
          {line.text === '' ? ' ' : line.text}
        </Text>
      ))}
    </Frame>
  )
}
