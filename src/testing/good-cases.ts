import { readdirSync, readFileSync } from 'node:fs'
import { planFromFile } from '../answers/plan-from-file.ts'
import type { Plan, RenderedFile } from '../model/plan.ts'
import { renderContext } from '../plan/render-context.ts'
import { renderFiles } from '../render/render-files.ts'
import { loadTemplates, type Templates } from '../render/templates.ts'
import { createLocalSystem } from '../system/local-system.ts'
import { createLog } from '../system/log.ts'
import { hardware } from './machine.ts'

const CASES = new URL('cases/', import.meta.url)
const TEMPLATES = new URL('../../templates/', import.meta.url).pathname

/** The case folders that describe an install; those with an error.txt describe a refusal. */
export function goodCaseNames(): readonly string[] {
  return readdirSync(CASES)
    .filter((name) => !readdirSync(new URL(`${name}/`, CASES)).includes('error.txt'))
    .sort()
}

/** The case's plan on its machine; throws when the answers are refused. */
export async function planOfCase(name: string): Promise<Plan> {
  const read = (file: string) => readFileSync(new URL(`${name}/${file}`, CASES), 'utf8')
  const machine = hardware(read('machine.txt').trim())
  const result = await planFromFile(read('answers.yaml'), 'answers.yaml', machine, { readSecretFile: async () => null })
  if ('problems' in result) throw new Error(`${name}: ${result.problems.map((problem) => problem.message).join('; ')}`)
  return result.plan
}

/** The templates of this source tree. */
export function templatesOfTree(): Promise<Templates> {
  return loadTemplates(createLocalSystem({ log: createLog({ append: () => {} }) }), TEMPLATES)
}

export async function renderCase(name: string, templates: Templates): Promise<readonly RenderedFile[]> {
  return renderFiles(renderContext(await planOfCase(name)), templates)
}
