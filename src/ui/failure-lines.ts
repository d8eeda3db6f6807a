import { bodyWidth } from './frame-size.ts'
import { problemLines } from './lay-out.ts'
import type { Line } from './rows.ts'
import type { View } from './session.ts'
import { plainLine, sentence, wrap, wrapHard } from './text.ts'

const TAIL_LINES = 12
const FEWEST_TAIL_LINES = 3

/** What a person must know first comes first: the cause, what to do, and then as much of the log's end as has room in
 *  `height` lines. */
export function failureLines(view: View, height: number): readonly Line[] {
  const { wizard, size } = view
  const { failure, wasCancelled, install } = wizard
  const width = bodyWidth(size)
  const lines: Line[] = []
  const add = (text: string, tone: Line['tone'] = 'plain', indent = '') => {
    for (const part of wrap(text, width - indent.length)) lines.push({ text: indent + part, tone })
  }
  if (wasCancelled) {
    add('! You cancelled the install.', 'warning')
    add(cancelledState(view))
  } else if (failure) {
    const title = install.tasks.find(({ id }) => id === failure.task)?.title ?? failure.task
    add(`! The install stopped at: ${title}`, 'problem')
    add(`${sentence(failure.message)}.`.replace(/\.\.$/u, '.'))
    for (const problem of failure.problems) lines.push(...problemLines(problem, width))
    if (failure.command) {
      const { line, exitCode } = failure.command
      add(exitCode === null ? `Command: ${line}` : `Command (exit code ${exitCode}): ${line}`, 'dim')
    }
    if (failure.nextSteps.length > 0) add('What you can do:', 'strong')
    for (const step of failure.nextSteps) add(`- ${step}`, 'plain', '  ')
  }
  const log = install.log.length > 0 ? install.log : (failure?.command?.lastLines ?? [])
  if (log.length > 0) {
    lines.push({ text: "The log's last lines:", tone: 'strong' })
    const tail = log.slice(-TAIL_LINES).flatMap((line) => wrapHard(plainLine(line), width - 2))
    const room = Math.max(FEWEST_TAIL_LINES, height - lines.length)
    lines.push(...tail.slice(-room).map((text): Line => ({ text: `  ${text}`, tone: 'plain' })))
  }
  return lines
}

function cancelledState({ wizard: { install } }: View): string {
  const partition = install.tasks.find(({ id }) => id === 'partition')
  return partition && partition.state !== 'waiting'
    ? 'What was mounted has been let go. The disks are erased already and hold no usable system.'
    : 'The disks were not touched.'
}
