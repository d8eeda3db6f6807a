import { readdirSync, readFileSync } from 'node:fs'
import { formatProblems } from '../answers/format-problems.ts'
import { planFromFile } from '../answers/plan-from-file.ts'
import { secretsOf } from '../credentials/install-secrets.ts'
import { makeRecoveryKey } from '../credentials/recovery-key.ts'
import { loadPhases } from '../install/assets.ts'
import { type DryRunResult, dryRun, formatChanges } from '../install/dry-run.ts'
import { recordedMachine } from '../install/recorded-machine.ts'
import { installSequence } from '../install/sequences.ts'
import type { InstallEvent } from '../model/event.ts'
import type { Plan, RenderedFile } from '../model/plan.ts'
import { confirmationOf, erasedDisks } from '../plan/confirmation.ts'
import { renderContext } from '../plan/render-context.ts'
import { renderFiles } from '../render/render-files.ts'
import { loadTemplates, type Templates } from '../render/templates.ts'
import { createDryRunSystem } from '../system/dry-run-system.ts'
import { createLocalSystem } from '../system/local-system.ts'
import { createLog } from '../system/log.ts'
import { hardware } from './machine.ts'

const CASES = new URL('cases/', import.meta.url)
const PHASES = new URL('../../scripts/phases/', import.meta.url).pathname
const TEMPLATES = new URL('../../templates/', import.meta.url).pathname

/** The case folders that describe an install; those with an error.txt describe a refusal. */
export function goodCaseNames(): readonly string[] {
  return readdirSync(CASES)
    .filter((name) => !readdirSync(new URL(`${name}/`, CASES)).includes('error.txt'))
    .sort()
}

/** The case's plan on its machine; throws when the answers are refused. */
export async function planOfCase(name: string): Promise<Plan> {
  return (await readCase(name)).plan
}

/** What the answer file's reader says against the case: the text of error.txt, or null when it has nothing against it. */
export async function reportOfCase(name: string): Promise<string | null> {
  const { result } = await readAnswerFile(name)
  return 'problems' in result ? `${formatProblems(result.problems, 'answers.yaml')}\n` : null
}

async function readCase(name: string) {
  const { result, machine } = await readAnswerFile(name)
  if ('problems' in result) throw new Error(`${name}: ${formatProblems(result.problems, 'answers.yaml')}`)
  return { ...result, machine }
}

async function readAnswerFile(name: string) {
  const read = (file: string) => readFileSync(new URL(`${name}/${file}`, CASES), 'utf8')
  const machine = hardware(read('machine.txt').trim())
  const result = await planFromFile(read('answers.yaml'), 'answers.yaml', machine, { readSecretFile: async () => null })
  return { result, machine }
}

/** What a dry run of the case on its machine would execute: the text of commands.txt. */
export async function commandsOfCase(name: string, templates: Templates): Promise<string> {
  const { outcome, changes } = await dryRunOfCase(name, {}, templates)
  if (outcome.status === 'failed') throw new Error(`${name}: ${outcome.failure.message}`, { cause: outcome.error })
  return formatChanges(changes)
}

/** The real sequence of the case on a machine that only records. */
export async function dryRunOfCase(
  name: string,
  { signal, onEvent }: { signal?: AbortSignal; onEvent?: (event: InstallEvent) => void },
  templates?: Templates,
): Promise<DryRunResult> {
  const { plan, answers, machine } = await readCase(name)
  const log = createLog({ append: () => {} })
  return dryRun({
    tasks: installSequence,
    system: createDryRunSystem(recordedMachine(machine)),
    log,
    plan,
    files: renderFiles(renderContext(plan), templates ?? (await templatesOfTree())),
    phaseFiles: await loadPhases(createLocalSystem({ log }), PHASES),
    secrets: secretsOf(
      answers,
      makeRecoveryKey((bytes) => new Uint8Array(bytes)),
    ),
    confirmation: confirmationOf(erasedDisks(answers.disk), machine),
    signal: signal ?? new AbortController().signal,
    onEvent: onEvent ?? (() => {}),
  })
}

/** The templates of this source tree. */
export function templatesOfTree(): Promise<Templates> {
  return loadTemplates(createLocalSystem({ log: createLog({ append: () => {} }) }), TEMPLATES)
}

export async function renderCase(name: string, templates: Templates): Promise<readonly RenderedFile[]> {
  return renderFiles(renderContext(await planOfCase(name)), templates)
}
