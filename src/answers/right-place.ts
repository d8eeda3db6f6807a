import type { Problem } from '../model/problem.ts'
import { closestWord } from '../steps/closest-word.ts'
import { stepOrder, steps } from '../steps/order.ts'
import { fieldDescriptions } from '../steps/parse-step.ts'
import { idEntrySchema, matchEntrySchema } from './disk-entries.ts'
import { referenceNames } from './secret-keys.ts'

const ENTRY_KEYS = new Set([...Object.keys(idEntrySchema.shape), ...Object.keys(matchEntrySchema.shape)])

/** An unknown key that is a key elsewhere: most likely it is spelt right and stands at the wrong level, so the hint says
 *  where it is known. One that is a slip of a key of its own group keeps its hint. */
export function withRightPlace(problem: Problem): Problem {
  const [first, second] = problem.path
  const key = problem.path.at(-1)
  if (problem.code !== 'unknown-key' || typeof key !== 'string' || problem.path.length > 2) return problem
  const own = second === undefined ? null : stepOrder.find((id) => id === first)
  if (own && closestWord(key, keysOf(own)) !== null) return problem
  if (own === 'disk' && ENTRY_KEYS.has(key)) {
    return { ...problem, hint: 'it belongs to each disk of a list: devices: [{ id: /dev/disk/by-id/…, wipe: true }]' }
  }
  const homes = stepOrder.filter((id) => id !== own && keysOf(id).some((known) => plain(known) === plain(key)))
  const [home] = homes
  if (home === undefined) return problem
  const name = keysOf(home).find((known) => plain(known) === plain(key))
  const hint = `${home} has a key ${name}: put it there, indented by two spaces`
  return { ...problem, hint: own ? `${hint}, or choose one of ${keysOf(own).join(', ')}` : hint }
}

function keysOf(id: (typeof stepOrder)[number]): readonly string[] {
  return [...fieldDescriptions(steps[id].schema).keys(), ...referenceNames(id)]
}

const plain = (word: string) => word.toLowerCase().replace(/[-_]/g, '')
