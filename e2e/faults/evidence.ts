import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { keepEvidence } from '../harness/evidence.ts'
import type { Machine } from '../harness/machine.ts'

/** What a run of an installer leaves that says what happened. */
const FILES = '/run/*.out /run/*.err /run/*.code /var/log/keystone-install.log'

/** Runs `body`; when it finds problems, or fails, what is needed to understand them is kept in one folder, with what its
 *  installers have said. */
export async function withEvidence<T>(machine: Machine, name: string, body: () => Promise<T>): Promise<T> {
  let outcome: T
  try {
    outcome = await body()
  } catch (error) {
    await keepAll(machine, name, error)
    throw error
  }
  const problems = problemsIn(outcome)
  if (problems.length > 0) await keepAll(machine, name, problems.join('\n'))
  return outcome
}

function problemsIn(outcome: unknown): readonly unknown[] {
  if (typeof outcome !== 'object' || outcome === null || !('problems' in outcome)) return []
  return Array.isArray(outcome.problems) ? outcome.problems : []
}

/** Never throws: the failure itself must be what is seen. */
async function keepAll(machine: Machine, name: string, error: unknown): Promise<void> {
  const dir = await keepEvidence(machine, name, error)
  if (!machine.isOn) return
  try {
    const { stdout } = await machine.agent.exec(`ls -d ${FILES} 2>/dev/null`, { timeoutMs: 30_000 })
    const folder = join(dir, 'runs')
    await mkdir(folder, { recursive: true })
    for (const path of stdout.split('\n').filter((line) => line !== ''))
      await writeFile(join(folder, path.slice(path.lastIndexOf('/') + 1)), await machine.agent.getFile(path))
  } catch (problem) {
    console.error(`could not keep what the installers have said: ${String(problem)}`)
  }
}
