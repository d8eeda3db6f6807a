import type { Problem } from '../model/problem.ts'
import { quote } from '../steps/field.ts'
import { byPlace, type LocatedProblem } from './locate.ts'

/** The report of an answer file, in the order of the file; below each problem the line it is in, with a caret:
 *  `answers.yaml:12:7  disk.devices  raidz1 needs at least 3 disks, got 2 (add a disk, or choose mirror)`
 *  `  12 |   devices:`
 *  `     |   ^` */
export function formatProblems(problems: readonly LocatedProblem[], fileName: string): string {
  return byPlace(problems)
    .map((problem) => {
      const line = [placeOf(problem, fileName), formatProblem(problem)].join('  ')
      return problem.excerpt === undefined ? line : `${line}\n${problem.excerpt}`
    })
    .join('\n')
}

/** One problem without a place: `disk.devices[0]  this machine has no disk … (it has …)`. */
export function formatProblem(problem: Problem & { readonly shownPath?: Problem['path'] }): string {
  const { message, hint, path = [] } = { ...problem, path: problem.shownPath ?? problem.path }
  const sentence = hint === undefined ? message : `${message} (${hint})`
  return path.length === 0 ? sentence : `${formatPath(path)}  ${sentence}`
}

function placeOf({ line, column }: LocatedProblem, fileName: string): string {
  return line === null ? 'this machine' : `${fileName}:${line}:${column}`
}

function formatPath(path: Problem['path']): string {
  return path.reduce<string>((text, part) => {
    if (typeof part === 'number') return `${text}[${part}]`
    // An unknown key may be anything, and this goes to a terminal.
    const word = /^[\w-]+$/.test(part) ? part : quote(part)
    return text === '' ? word : `${text}.${word}`
  }, '')
}
