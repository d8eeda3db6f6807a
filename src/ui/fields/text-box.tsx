import { Box, Text, Transform } from 'ink'
import TextInput from 'ink-text-input'
import { cut, displayWidth, pad } from '../text.ts'
import { windowAround } from './window-around.ts'

const MASK = '*'

/** One line to type into, `[text      ]`. Which keys get here is decided in `form-keys.ts`: text, Backspace, Left and Right. */
export function TextBox(props: {
  readonly value: string
  readonly isHidden: boolean
  readonly isFocused: boolean
  /** Columns between the brackets. */
  readonly width: number
  onChange(value: string): void
}) {
  const { value, isHidden, isFocused, width, onChange } = props
  if (!isFocused) {
    const shown = isHidden ? MASK.repeat([...value].length) : value
    return <Text>{`[${pad(cut(shown, width), width)}]`}</Text>
  }
  return (
    <Box>
      <Text>[</Text>
      <Box width={width}>
        {/* Wide enough for the whole text, so that Ink does not wrap it; Transform then shows the part with the cursor. */}
        <Box width={Math.max(width, displayWidth(value) + 2)} flexShrink={0}>
          <Transform transform={(line) => windowAround(line, width)}>
            <TextInput
              value={value}
              onChange={(text) => onChange(wellFormed(text))}
              {...(isHidden && { mask: MASK })}
            />
          </Transform>
        </Box>
      </Box>
      <Text>]</Text>
    </Box>
  )
}

/** ink-text-input counts in UTF-16 units: Backspace on an emoji would leave half of it. */
function wellFormed(text: string): string {
  return text.replace(/\p{Cs}/gu, '')
}
