import type { Diagnosis, FailureSignature, MachineFacts } from '../model/failure.ts'
import { catalogue } from './catalogue.ts'

/** Cause and remedy by the first entry of the catalogue that matches; null when none does, and then the last lines of the
 *  program are all there is. */
export function diagnose(failure: FailureSignature, facts: MachineFacts): Diagnosis | null {
  const entry = catalogue.find(({ matches }) => matches(failure, facts))
  return entry === undefined ? null : { code: entry.code, ...entry.tell(failure, facts), waysOn: entry.waysOn }
}
