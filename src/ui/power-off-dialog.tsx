import { Question } from './question.tsx'
import type { Session, View } from './session.ts'

export function PowerOffDialog({ view, session }: { readonly view: View; readonly session: Session }) {
  return (
    <Question
      view={view}
      question="Power off now?"
      sentences={sentencesFor(view)}
      no="No, stay"
      yes="Yes, power off"
      onAnswer={(isYes) => (isYes ? session.powerOff() : session.send({ type: 'STAY' }))}
    />
  )
}

/** What is left of the install without this boot: its journal is on a disk once the disks are formatted, and no earlier. */
function sentencesFor({ wizard }: View): readonly string[] {
  const { install, isDryRun, isReleasing, hasFormatted } = wizard
  if (isDryRun) return ['This is a dry run: nothing was changed, and the machine stays on.']
  const partition = install.tasks.find(({ id }) => id === 'partition')
  const isUntouched = partition === undefined || partition.state === 'waiting'
  return [
    hasFormatted
      ? 'The install is not complete. Start the machine with this medium again, and it can go on.'
      : isUntouched
        ? 'Nothing was changed on the disks. After the next start the install begins from the first page.'
        : 'The disks were not formatted to the end: after the next start the install begins from the first page.',
    ...(isReleasing ? ['The disks are still being let go; power off does not wait for that.'] : []),
  ]
}
