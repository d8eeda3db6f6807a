import { Box, Text } from 'ink'
import { formatSize } from '../model/size.ts'
import type { BundleTarget } from '../support/bundle.ts'
import type { BundleState } from './bundle.ts'
import { Menu, type MenuItem } from './fields/menu.tsx'
import { Frame } from './frame.tsx'
import { bodyWidth } from './frame-size.ts'
import type { Session, View } from './session.ts'
import { wrap } from './text.ts'

const INTRO =
  'The bundle holds the log, the journal, the hardware, the plan and what the kernel said. Passphrases, passwords and keys are not in it.'

export function BundlePage({ view, session }: { readonly view: View; readonly session: Session }) {
  const { bundle } = view
  const { title, sentences } = wordsFor(bundle)
  return (
    <Frame view={view}>
      <Box flexDirection="column" paddingTop={1}>
        <Text bold>{title}</Text>
        {sentences
          .flatMap((sentence) => wrap(sentence, bodyWidth(view.size)))
          .map((line, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: a line has no identity but its place
            <Text key={index}>{line === '' ? ' ' : line}</Text>
          ))}
        {bundle?.status === 'choosing' && (
          <>
            <Text> </Text>
            <Menu items={itemsFor(bundle)} onSelect={(value) => session.saveBundle(targetOf(value))} />
          </>
        )}
      </Box>
    </Frame>
  )
}

function itemsFor({ sticks }: Extract<BundleState, { status: 'choosing' }>): readonly MenuItem<string>[] {
  return [
    ...sticks.map(({ partition, label, sizeBytes }) => ({
      value: `usb ${partition}`,
      label: `Onto the USB stick ${[label, partition, formatSize(sizeBytes)].filter((part) => part !== '').join(', ')}`,
    })),
    { value: 'lan', label: 'To another computer on the network, by a code that works once' },
    { value: 'text', label: 'As text onto this line, for whoever records it (serial)' },
  ]
}

function targetOf(value: string): BundleTarget {
  if (value === 'lan' || value === 'text') return { to: value }
  return { to: 'usb', partition: value.slice('usb '.length) }
}

function wordsFor(bundle: BundleState | null): { readonly title: string; readonly sentences: readonly string[] } {
  switch (bundle?.status) {
    case 'choosing': {
      const noStick = 'No USB stick with a file system that can be written was found. Put one in, Esc, and F2 again.'
      return {
        title: 'Where should the support bundle go?',
        sentences: [
          ...(bundle.refused === null ? [] : [`! ${bundle.refused}`]),
          INTRO,
          ...(bundle.sticks.length === 0 ? [noStick] : []),
        ],
      }
    }
    case 'working':
      return { title: 'Saving the support bundle ...', sentences: [INTRO] }
    case 'saved':
      return { title: '✓ The support bundle is saved.', sentences: [bundle.path, 'The stick can be taken out now.'] }
    case 'serving':
      return {
        title: 'The support bundle waits to be fetched.',
        sentences: [
          'On another computer of this network, open this address:',
          '',
          `    ${bundle.url}`,
          '',
          `The code is ${bundle.code}. It works once, for ten minutes. Esc ends it.`,
        ],
      }
    case 'served':
      return bundle.taken
        ? { title: '✓ The support bundle was fetched.', sentences: ['The address works no more.'] }
        : {
            title: 'Nobody has fetched the support bundle.',
            sentences: ['The address works no more. F2 makes a new one.'],
          }
    case 'printed':
      return {
        title: '✓ The support bundle was written to this line.',
        sentences: [`${bundle.count} lines of text. Whoever recorded the line has it; its head says how to read it.`],
      }
    default:
      return { title: 'Looking for USB sticks ...', sentences: [INTRO] }
  }
}
