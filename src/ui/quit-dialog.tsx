import { Box, Text } from 'ink'
import { Menu, type MenuItem } from './fields/menu.tsx'
import { Frame } from './frame.tsx'
import { bodyWidth } from './frame-size.ts'
import type { Session, View } from './session.ts'
import { wrap } from './text.ts'

type Choice = 'stay' | 'leave'

export function QuitDialog({ view, session }: { readonly view: View; readonly session: Session }) {
  const { question, sentences, stay, leave } = wordsFor(view)
  const items: readonly MenuItem<Choice>[] = [
    { value: 'stay', label: stay },
    { value: 'leave', label: leave },
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
        <Menu items={items} onSelect={(choice) => session.send({ type: choice === 'stay' ? 'STAY' : 'LEAVE' })} />
        <Text> </Text>
        <Text>{'y: yes   n: no'}</Text>
      </Box>
    </Frame>
  )
}

type Words = {
  readonly question: string
  readonly sentences: readonly string[]
  readonly stay: string
  readonly leave: string
}

/** Says what leaving means at this point, exactly. */
function wordsFor({ wizard }: View): Words {
  const { page, install, confirmation, isDryRun, hardware } = wizard
  const stay = 'No, stay'
  if (page === 'install') {
    const running = install.tasks.find(({ state }) => state === 'running')
    const partition = install.tasks.find(({ id }) => id === 'partition')
    const hasErased = !isDryRun && partition !== undefined && partition.state !== 'waiting'
    const names = (confirmation?.disks ?? []).map(
      ({ id }) => hardware?.disks.find((disk) => disk.id === id)?.name ?? id,
    )
    return {
      question: 'Cancel the install?',
      sentences: [
        `The install is running${running ? `: ${running.title}` : ''}.`,
        hasErased
          ? `${names.join(' and ')} ${names.length === 1 ? 'is' : 'are'} erased already. If you cancel, there is no usable system on ${names.length === 1 ? 'it' : 'them'}.`
          : 'The disks have not been touched yet.',
      ],
      stay: 'No, go on installing',
      leave: 'Yes, cancel the install',
    }
  }
  if (page === 'failed') {
    return {
      question: 'Quit?',
      sentences: [
        'The install is not complete. The log is kept, and after a start of Keystone it can go on.',
        ...(wizard.isReleasing
          ? ['The disks are still being let go; leaving waits for that, 20 seconds at most.']
          : []),
      ],
      stay,
      leave: 'Yes, quit',
    }
  }
  if (page === 'done') {
    return {
      question: isDryRun ? 'Quit?' : 'Quit without a reboot?',
      sentences: [isDryRun ? 'The dry run is complete. Nothing was changed.' : 'The system is installed.'],
      stay,
      leave: 'Yes, quit',
    }
  }
  if (page === 'begun' || page === 'secrets') {
    const sentences = ['Nothing has been changed since this start. The earlier install stays as it is.']
    return { question: 'Quit?', sentences, stay, leave: 'Yes, quit' }
  }
  return { question: 'Quit?', sentences: ['Nothing has been changed on this machine.'], stay, leave: 'Yes, quit' }
}
