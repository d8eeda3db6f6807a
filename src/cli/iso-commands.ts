import { basename } from 'node:path'
import { formatProblems } from '../answers/format-problems.ts'
import { formatMedium, inspectMedium } from '../medium/inspect-medium.ts'
import { judgeMediumAnswers, type MediumAnswers } from '../medium/medium-answers.ts'
import { prepareMedium } from '../medium/prepare-medium.ts'
import { Bug } from '../system/errors.ts'
import type { System } from '../system/system.ts'
import type { Command } from './arguments.ts'
import type { Ending } from './ending.ts'
import { readAnswerFile } from './read-plan.ts'
import type { Terminal } from './terminal.ts'

export async function inspectIso(command: Command, system: System, terminal: Terminal): Promise<Ending> {
  const facts = await inspectMedium(system, isoOf(command))
  const problems = facts.answers?.problems ?? []
  if (command.isJson) {
    const { answers, ...medium } = facts
    const shown = answers && {
      isUnattended: answers.isUnattended,
      openSecrets: answers.openSecrets,
      leftOut: answers.leftOut,
      problems: answers.problems,
      content: answers.content,
    }
    terminal.stdout(`${JSON.stringify({ ...medium, answers: shown }, null, 2)}\n`)
  } else {
    terminal.stdout(formatMedium(facts))
    if (problems.length > 0) terminal.stderr(`${formatProblems(problems, 'answers.yaml')}\n`)
  }
  return problems.length > 0 ? 'bad-answers' : 'done'
}

export async function prepareIso(
  command: Command,
  system: System,
  terminal: Terminal,
  signal: AbortSignal,
): Promise<Ending> {
  const { answers: file, out } = command
  if (file === null || out === null) throw new Bug('iso prepare without --answers or --out')
  const iso = isoOf(command)
  const text = await readAnswerFile(system, file)
  const answers = await judgeMediumAnswers(text, basename(file))
  if (answers.problems.length > 0) {
    terminal.stderr(`${formatProblems(answers.problems, basename(file))}\n`)
    return 'bad-answers'
  }
  const { label, hasReplaced } = await prepareMedium({
    ...{ system, iso, answersFile: file, out, text, answers, signal },
    onWriting: () => terminal.stderr(`Writing ${out} ...\n`),
  })
  terminal.stderr(warnings(answers, basename(out)))
  const replaced = hasReplaced ? ' They replace those that were on it.' : ''
  terminal.stdout(`${out} is ${label} with the answers of ${basename(file)}.${replaced}\n`)
  return 'done'
}

/** What a person should know before the medium leaves the house. */
function warnings({ openSecrets, leftOut, isUnattended }: MediumAnswers, name: string): string {
  const lines = []
  if (openSecrets.length > 0) {
    lines.push(
      `Warning: anybody who has ${name}, or a medium made from it, can read`,
      `${openSecrets.join(' and ')}. Leave them out of the answer file,`,
      'and the wizard opens with everything else filled in, and asks for them.',
    )
  }
  if (leftOut.length > 0) lines.push(`The wizard will ask for ${leftOut.join(' and ')}.`)
  if (isUnattended) {
    lines.push(
      `Warning: a machine that starts from ${name} and has the disks of the file`,
      'erases them without a question.',
    )
  } else if (leftOut.length === 0) {
    lines.push('The wizard will ask before it erases: not every disk has wipe: true.')
  }
  return lines.map((line) => `${line}\n`).join('')
}

function isoOf({ iso, what }: Command): string {
  if (iso === null) throw new Bug(`${what} without an ISO`)
  return iso
}
