import { Question } from './question.tsx'
import type { Session, View } from './session.ts'

export function QuitDialog({ view, session }: { readonly view: View; readonly session: Session }) {
  const { stay, leave, ...words } = wordsFor(view)
  return (
    <Question
      view={view}
      {...words}
      no={stay}
      yes={leave}
      onAnswer={(isYes) => session.send({ type: isYes ? 'LEAVE' : 'STAY' })}
    />
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
  const { page, install, confirmation, isDryRun, hardware, failure } = wizard
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
  if (page === 'failed' || (page === 'secrets' && failure !== null)) {
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
