import { Box, Text } from 'ink'
import { SMALLEST } from './frame-size.ts'
import type { View } from './session.ts'

/** Nothing is lost: the page comes back as soon as there is room, and an install goes on meanwhile. */
export function TooSmall({ view }: { readonly view: View }) {
  const { columns, rows } = view.size
  const isAsking = view.wizard.overlay === 'quit'
  return (
    <Box flexDirection="column" width={columns} height={rows} overflow="hidden">
      <Text bold>This window is a little too small.</Text>
      <Text>{`It has ${columns} columns and ${rows} rows; Keystone needs ${SMALLEST.columns} and ${SMALLEST.rows}.`}</Text>
      <Text>Make it larger, and it goes on by itself. Nothing is lost.</Text>
      <Text>{isAsking ? 'Quit? y: yes   n: no' : 'Ctrl-C: quit'}</Text>
    </Box>
  )
}
