import { Box, Text } from 'ink'
import type { ReactNode } from 'react'
import { pageTitle, walk } from '../wizard/pages.ts'
import { footerKeys } from './footer-keys.ts'
import { DRY_RUN_BANNER } from './opening-words.ts'
import type { View } from './session.ts'
import { cut, pad } from './text.ts'
import { toneProps } from './theme.ts'

/** Title bar, banner, body, lower edge, one row for a button, footer: each page is one screen, never taller. */
export function Frame(props: {
  readonly view: View
  /** Exactly the rows that title, banner, edge and footer leave, with the button's row. */
  readonly children: ReactNode
  /** On the lower edge: `Page Down for more`. */
  readonly edge?: string
  readonly button?: ReactNode
}) {
  const { view, children, edge, button } = props
  const { columns, rows } = view.size
  return (
    <Box flexDirection="column" width={columns} height={rows}>
      <Text inverse bold wrap="truncate">
        {pad(cut(` ${titleOf(view)}`, columns), columns)}
      </Text>
      <Banner view={view} />
      <Box flexDirection="column" flexGrow={1} paddingX={2}>
        {children}
      </Box>
      <Edge view={view} text={edge} />
      {button !== undefined && <Box paddingX={2}>{button}</Box>}
      <Text wrap="truncate">{cut(` ${footerKeys(view).join('   ')}`, columns)}</Text>
    </Box>
  )
}

function titleOf({ wizard: { page, drafts, begunChoice } }: View): string {
  // An install that goes on has no walk of that many steps.
  const pages = begunChoice === 'continue' ? [] : walk(drafts)
  const at = pages.indexOf(page)
  const place = at < 0 ? pageTitle(page) : `Step ${at + 1} of ${pages.length} · ${pageTitle(page)}`
  return `Keystone   ${place}`
}

function Banner({ view }: { readonly view: View }) {
  if (!view.wizard.isDryRun) return <Text> </Text>
  return <Text {...toneProps('strong', view.capabilities.colour)}>{DRY_RUN_BANNER}</Text>
}

/** The lower edge of the body; what a key came to is said here until the next key. */
function Edge({ view, text }: { readonly view: View; readonly text: string | undefined }) {
  const { columns } = view.size
  const { notice } = view
  const words = notice ?? text
  const start = words ? `── ${words} ` : ''
  const line = pad(cut(start, columns), columns).replace(
    / +$/u,
    (blank) => ` ${'─'.repeat(Math.max(0, blank.length - 1))}`,
  )
  return (
    <Text wrap="truncate" {...toneProps(notice ? 'warning' : 'dim', view.capabilities.colour)}>
      {words ? line : '─'.repeat(columns)}
    </Text>
  )
}
