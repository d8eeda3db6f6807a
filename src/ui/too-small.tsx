import { Box, Text } from 'ink'
import { SMALLEST } from './frame-size.ts'
import type { View } from './session.ts'
import { cut, wrap } from './text.ts'

/** Nothing is lost: the page comes back as soon as there is room, and an install goes on meanwhile. */
export function TooSmall({ view }: { readonly view: View }) {
  const { columns, rows } = view.size
  const { overlay } = view.wizard
  const asked = overlay === 'quit' ? 'Quit?' : overlay === 'power-off' ? 'Power off?' : null
  const keys = asked === null ? 'Ctrl-C: quit' : `${asked} y: yes   n: no`
  return (
    <Box flexDirection="column" width={columns} height={rows} overflow="hidden">
      {[...linesFor(columns, rows - 1), cut(keys, columns)].map((line, at) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the lines have no other name
        <Text key={at} bold={at === 0} wrap="truncate">
          {line}
        </Text>
      ))}
    </Box>
  )
}

/** All of it where it fits; else the most important in fewer words. Ink would draw lines that do not fit over each other. */
function linesFor(columns: number, rows: number): readonly string[] {
  const has = `It has ${columns} columns and ${rows + 1} rows; Keystone needs ${SMALLEST.columns} and ${SMALLEST.rows}.`
  const versions = [
    ['This window is a little too small.', has, 'Make it larger, and it goes on by itself. Nothing is lost.'],
    [`This window is too small: ${SMALLEST.columns}x${SMALLEST.rows} is needed. Nothing is lost.`],
    [`Too small. Needs ${SMALLEST.columns}x${SMALLEST.rows}; nothing is lost.`],
  ].map((texts) => texts.flatMap((text) => wrap(text, columns)))
  return versions.find((lines) => lines.length <= rows) ?? (versions.at(-1) ?? []).slice(0, Math.max(0, rows))
}
