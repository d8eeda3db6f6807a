import type { TaskFailure } from '../model/event.ts'
import { bodyWidth } from './frame-size.ts'
import { problemLines } from './lay-out.ts'
import type { Line } from './rows.ts'
import type { View } from './session.ts'
import { closed, plainLine, sentence, wrap, wrapHard } from './text.ts'

const TAIL_LINES = 12
const FEWEST_TAIL_LINES = 3

/** What a person must know first comes first: the cause, what to do, and then as much of the log's end as has room in
 *  `height` lines. */
export function failureLines(view: View, height: number): readonly Line[] {
  const { wizard, size } = view
  const { failure, failureLog, wasCancelled, install, isReleasing, releaseProblems } = wizard
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
    add(closed(sentence(failure.diagnosis?.cause ?? failure.message)))
    for (const problem of failure.problems) lines.push(...problemLines(problem, width))
  }
  const told = new Set(failure?.problems.map(({ message }) => message))
  for (const problem of releaseProblems) if (!told.has(problem.message)) lines.push(...problemLines(problem, width))
  if (isReleasing) add('The disks are being let go. A shell and power off do not wait for that.', 'warning')
  if (failure && !wasCancelled) {
    if (failure.command) {
      const { line, exitCode } = failure.command
      add(exitCode === null ? `Command: ${line}` : `Command (exit code ${exitCode}): ${line}`, 'dim')
    }
    const steps = whatToDo(failure)
    if (steps.length > 0) add('What you can do:', 'strong')
    for (const step of steps) add(`- ${step}`, 'plain', '  ')
  }
  const heard = failureLog.length > 0 ? failureLog : install.log
  const log = heard.length > 0 ? heard : (failure?.command?.lastLines ?? [])
  if (log.length > 0) {
    lines.push({ text: "The log's last lines:", tone: 'strong' })
    const tail = log.slice(-TAIL_LINES).flatMap((line) => wrapHard(plainLine(line), width - 2))
    const room = Math.max(FEWEST_TAIL_LINES, height - lines.length)
    lines.push(...tail.slice(-room).map((text): Line => ({ text: `  ${text}`, tone: 'plain' })))
  }
  return lines
}

/** What helps with this cause first, then what always helps at this task. */
function whatToDo({ diagnosis, nextSteps }: TaskFailure): readonly string[] {
  return [...new Set([...(diagnosis?.remedy ?? []), ...nextSteps])]
}

function cancelledState({ wizard: { install } }: View): string {
  const partition = install.tasks.find(({ id }) => id === 'partition')
  return partition && partition.state !== 'waiting'
    ? 'What was mounted has been let go. The disks are erased already and hold no usable system.'
    : 'The disks were not touched.'
}
