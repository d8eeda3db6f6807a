import type { Problem } from '../model/problem.ts'
import { wrongTypeProblem } from '../steps/parse-step.ts'

export const CURRENT_VERSION = 1

type Migration = (content: Record<string, unknown>) => Record<string, unknown>

/** From the version that is the key to the next one. Version 1 is the first, so there is nothing to do yet. */
const MIGRATIONS: ReadonlyMap<number, Migration> = new Map()

/** The content as the current version would say it, or why the version cannot be read. */
export function migrate(content: Record<string, unknown>): { content: Record<string, unknown> } | { problem: Problem } {
  const { version } = content
  const path = ['version']
  if (version === undefined) {
    const hint = `begin the file with version: ${CURRENT_VERSION}`
    return { problem: { code: 'missing', path, message: 'is needed, but not given', hint } }
  }
  if (typeof version !== 'number') return { problem: wrongTypeProblem(path, 'number', version) }
  if (!Number.isInteger(version) || version < 1 || version > CURRENT_VERSION) {
    const message = `this Keystone reads answer files of version ${CURRENT_VERSION}, got ${version}`
    const hint = version > CURRENT_VERSION ? 'use a newer Keystone' : `take ${CURRENT_VERSION}`
    return { problem: { code: 'unknown-version', path, message, hint } }
  }
  let current = content
  for (let from = version; from < CURRENT_VERSION; from++) current = MIGRATIONS.get(from)?.(current) ?? current
  return { content: current }
}
