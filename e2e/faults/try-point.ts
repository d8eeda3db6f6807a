import type { Lab } from '../install/disk-machine.ts'
import type { Outcome } from './outcome.ts'
import type { Point } from './points.ts'
import type { Result } from './results.ts'

/** Runs one point. Never throws: a failure is a result. */
export async function tryPoint(
  lab: Lab,
  { id, group, run }: Point,
  say: (text: string) => void,
): Promise<{
  readonly result: Result
  readonly measured: NonNullable<Outcome['measured']>
  readonly isNotThere: boolean
}> {
  const startedAt = Date.now()
  const tail = () => ({
    seconds: Math.round((Date.now() - startedAt) / 1000),
    image: lab.image.hash,
    bundle: lab.bundleHash,
    at: new Date().toISOString(),
  })
  try {
    const { measured = [], isNotThere = false, ...outcome } = await run(lab, say)
    return { result: { id, group, ok: outcome.problems.length === 0, ...outcome, ...tail() }, measured, isNotThere }
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error)
    return { result: { id, group, ok: false, problems: [message], ...tail() }, measured: [], isNotThere: false }
  }
}
