import { basename, dirname } from 'node:path'
import { formatProblems } from '../answers/format-problems.ts'
import { answersJsonSchema } from '../answers/json-schema.ts'
import { migrateText } from '../answers/migrate-text.ts'
import { CURRENT_VERSION } from '../answers/migrations.ts'
import { readAnswers } from '../answers/read-answers.ts'
import { Secret } from '../model/secret.ts'
import { Bug, UserError } from '../system/errors.ts'
import type { Command } from './arguments.ts'
import type { Ending } from './ending.ts'
import { secretsOfFile, standInSecret } from './file-secrets.ts'
import { type Hands, lookAtMachine } from './hands.ts'
import { formatMatches, matchesJson } from './match-text.ts'
import { readAnswerFile, refusalOf } from './read-plan.ts'
import type { Terminal } from './terminal.ts'

/** `schema`, `match` and `answers migrate`: what a person needs to write an answer file. They change nothing but `--out`. */
export async function runAnswerCommand(command: Command, hands: Hands, terminal: Terminal): Promise<Ending> {
  if (command.what === 'schema') {
    terminal.stdout(`${JSON.stringify(answersJsonSchema(), null, 2)}\n`)
    return 'done'
  }
  const file = command.answers
  if (file === null) throw new Bug(`${command.what} without an answer file`)
  const text = await readAnswerFile(hands.system, file)
  return command.what === 'match'
    ? showMatches(command, hands, terminal, { file, text })
    : writeMigrated(command, hands, terminal, { file, text })
}

type AnswerFile = { readonly file: string; readonly text: string }

async function showMatches(
  { machine, isJson }: Command,
  hands: Hands,
  terminal: Terminal,
  { file, text }: AnswerFile,
): Promise<Ending> {
  const hardware = await lookAtMachine(hands, machine)
  const secrets = secretsOfFile(hands, file, standInSecret)
  const { entries, problems } = await readAnswers(text, basename(file), { ...secrets, hardware, skipsStrength: true })
  // What is wrong elsewhere in the file is the business of check: a filter can be tried in a file that is half written.
  const ofDisks = problems.filter(({ path }) => path.length === 0 || path[0] === 'version' || path[0] === 'disk')
  // That a file names no disks cannot be said of one that was not understood.
  const isSilent = entries.length === 0 && ofDisks.length > 0 && !isJson
  if (!isSilent) terminal.stdout(isJson ? matchesJson(entries, hardware) : formatMatches(entries, hardware))
  if (ofDisks.length === 0) return 'done'
  const { status, report } = refusalOf(ofDisks, file)
  terminal.stderr(report)
  return status
}

async function writeMigrated(
  { out }: Command,
  { system }: Hands,
  terminal: Terminal,
  { file, text }: AnswerFile,
): Promise<Ending> {
  const migrated = migrateText(text, basename(file))
  if ('problems' in migrated) {
    terminal.stderr(`${formatProblems(migrated.problems, basename(file))}\n`)
    return 'bad-answers'
  }
  const isNewest = migrated.fromVersion === CURRENT_VERSION
  if (isNewest) terminal.stderr(`${basename(file)} is of version ${CURRENT_VERSION} already, and stays as it is.\n`)
  if (out === null) {
    terminal.stdout(migrated.text)
    return 'done'
  }
  if (isNewest) return 'done'
  if (await system.exists(out)) {
    throw new UserError(`${out} is there already, and is left as it is`, {
      nextSteps: ['give another name with --out'],
    })
  }
  if ((await system.listDirectory(dirname(out))) === null) {
    throw new UserError(`there is no folder ${dirname(out)}`, { nextSteps: ['make it first, or give another --out'] })
  }
  // It may hold passphrases, as the file it came from.
  await system.writeFile(out, new Secret(migrated.text), { mode: 0o600 })
  terminal.stdout(
    `${out} says in version ${CURRENT_VERSION} what ${basename(file)} says; ${basename(file)} is as it was\n`,
  )
  return 'done'
}
