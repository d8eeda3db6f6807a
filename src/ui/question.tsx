import { Box, Text } from 'ink'
import { Menu, type MenuItem } from './fields/menu.tsx'
import { Frame } from './frame.tsx'
import { bodyWidth } from './frame-size.ts'
import type { View } from './session.ts'
import { wrap } from './text.ts'

/** Asked before something that cannot be taken back; "no" is chosen already. */
export function Question(props: {
  readonly view: View
  readonly question: string
  readonly sentences: readonly string[]
  readonly no: string
  readonly yes: string
  onAnswer(isYes: boolean): void
}) {
  const { view, question, sentences, no, yes, onAnswer } = props
  const items: readonly MenuItem<'no' | 'yes'>[] = [
    { value: 'no', label: no },
    { value: 'yes', label: yes },
  ]
  return (
    <Frame view={view}>
      <Box flexDirection="column" paddingTop={2}>
        <Text bold>{question}</Text>
        {sentences
          .flatMap((sentence) => wrap(sentence, bodyWidth(view.size)))
          .map((line) => (
            <Text key={line}>{line}</Text>
          ))}
        <Text> </Text>
        <Menu items={items} onSelect={(choice) => onAnswer(choice === 'yes')} />
        <Text> </Text>
        <Text>{'y: yes   n: no'}</Text>
      </Box>
    </Frame>
  )
}
