import { Box, Text } from 'ink'
import { TextBox } from './fields/text-box.tsx'
import { topOf } from './form-focus.ts'
import { Frame } from './frame.tsx'
import { bodyHeight } from './frame-size.ts'
import { boxWidth } from './lay-out.ts'
import { ASIDE_GAP, type Aside, type Form, fieldAt, focusOf, formOf, formWidth, linesOf } from './page-forms.ts'
import { type Line, NEXT_BUTTON, type TextField } from './rows.ts'
import type { Session, View } from './session.ts'
import { FOCUS_SIGN, NO_FOCUS_SIGN, toneProps } from './theme.ts'

export function FormPage({
  view,
  form,
  session,
}: {
  readonly view: View
  readonly form: Form
  readonly session: Session
}) {
  const width = formWidth(form, view.size)
  const height = bodyHeight(view.size)
  const lines = linesOf(form, width)
  const last = Math.max(0, lines.length - height)
  const top = topOf(view, form, lines)
  const shown = lines.slice(top, top + height)
  const focus = focusOf(form, view)
  return (
    <Frame
      view={view}
      {...(last > 0 && { edge: top < last ? 'Page Down for more' : 'Page Up for more' })}
      button={<Button form={form} isFocused={focus === NEXT_BUTTON} />}
    >
      <Box>
        <Box flexDirection="column" width={width}>
          {shown.map((line, index) => (
            // Lines have no identity of their own: the third line is the third line.
            // biome-ignore lint/suspicious/noArrayIndexKey: see above
            <LineView key={`${line.field?.id ?? ''}-${top + index}`} {...{ line, form, focus, view, session, width }} />
          ))}
        </Box>
        {form.aside && <Picture aside={form.aside} />}
      </Box>
    </Frame>
  )
}

/** Dark on light whatever the terminal's own colours are. */
function Picture({ aside }: { readonly aside: Aside }) {
  return (
    <Box flexDirection="column" marginLeft={ASIDE_GAP}>
      {aside.lines.map((pieces, row) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a line of a picture has no identity but its place
        <Text key={row}>
          {pieces.map(({ text, isDarkPaper }, piece) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: the same
            <Text key={piece} color="black" backgroundColor={isDarkPaper ? 'black' : 'white'}>
              {text}
            </Text>
          ))}
        </Text>
      ))}
    </Box>
  )
}

function LineView(props: {
  readonly line: Line
  readonly form: Form
  readonly focus: string | null
  readonly view: View
  readonly session: Session
  readonly width: number
}) {
  const { line, form, focus, view, session, width } = props
  const { field } = line
  const isFocused = field !== undefined && field.id === focus && view.wizard.overlay === 'none'
  const sign = field === undefined ? '' : isFocused ? FOCUS_SIGN : NO_FOCUS_SIGN
  const look = toneProps(line.tone, view.capabilities.colour)
  if (field?.kind !== 'text') {
    return (
      <Text wrap="truncate" {...look}>
        {sign}
        <Text bold={isFocused} inverse={isFocused}>
          {line.text === '' ? ' ' : line.text}
        </Text>
      </Text>
    )
  }
  const hint = field.hint ? `  ${field.hint}` : ''
  return (
    <Box>
      <Text>{sign}</Text>
      <Text bold={isFocused}>{line.text}</Text>
      <TextBox
        value={field.value}
        isHidden={field.isHidden ?? false}
        isFocused={isFocused}
        width={boxWidth(form.rows, width)}
        onChange={(value) => textFieldNow(session, field.id)?.onChange(value)}
      />
      <Text {...toneProps('dim', view.capabilities.colour)}>{hint}</Text>
    </Box>
  )
}

/** The field as it is now: this component may have been drawn before the last change. */
function textFieldNow(session: Session, id: string): TextField | null {
  const view = session.view()
  const form = formOf(view, session)
  const field = form && fieldAt(form, id)
  return field?.kind === 'text' ? field : null
}

function Button({ form, isFocused }: { readonly form: Form; readonly isFocused: boolean }) {
  if (!form.next) return <Text> </Text>
  return (
    <Text wrap="truncate">
      {isFocused ? FOCUS_SIGN : NO_FOCUS_SIGN}
      <Text bold={isFocused} inverse={isFocused}>{`[ ${form.next.label} ]`}</Text>
    </Text>
  )
}
