import type { Problem } from '../model/problem.ts'
import { quote } from '../steps/field.ts'
import { byPlace, type LocatedProblem } from './locate.ts'

/** The report of an answer file, one problem a line, in the order of the file:
 *  `answers.yaml:12:7  disk.devices  raidz1 needs at least 3 disks, got 2 (add a disk, or choose mirror)` */
export function formatProblems(problems: readonly LocatedProblem[], fileName: string): string {
  return byPlace(problems)
    .map((problem) => [placeOf(problem, fileName), formatProblem(problem)].join('  '))
    .join('\n')
}

/** One problem without a place: `disk.devices[0]  this machine has no disk … (it has …)`. */
export function formatProblem({ path, message, hint }: Problem): string {
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
