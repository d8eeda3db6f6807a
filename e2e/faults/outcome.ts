import type { Layout, Unlock } from '../../src/model/answers.ts'
import type { InstallEvent } from '../../src/model/event.ts'
import { etaErrors } from '../../src/testing/eta-errors.ts'
import { type Measured, measurementsOf } from '../../src/testing/measured.ts'
import { streamProblems } from '../../src/testing/stream-rules.ts'

/** What one run gave. Green when `problems` is empty. */
export type Outcome = {
  readonly problems: readonly string[]
  /** Places and forms of a secret that were found; left out where none was looked for. */
  readonly canaries?: { readonly places: number; readonly hits: number }
  /** How wrong the time left was at a quarter of each whole install: 0.2 is a fifth. Null: nothing was said. */
  readonly eta?: readonly (number | null)[]
  readonly measured?: readonly Measured[]
  /** Times that something was done over and over: mounted and let go. */
  readonly cycles?: number
  /** Of a recording: at how many flushes it can be cut. */
  readonly flushes?: number
  /** Of a cut that leaves the same disk as one before: that one's id. It is tried once. */
  readonly sameAs?: string
  /** There is no such cut: the install has fewer flushes. */
  readonly isNotThere?: true
  /** Worth reading, and no problem. */
  readonly notes?: readonly string[]
}

/** What every whole install tells besides its end: how long each task took, how good its guesses were, and whether it kept
 *  to the rules of its events. For installs that nobody stopped in between. */
export function toldBy(
  events: readonly InstallEvent[],
  { layout, unlock }: { readonly layout: Layout; readonly unlock: Unlock },
  name: string,
): Pick<Outcome, 'problems' | 'eta' | 'measured'> {
  return {
    problems: streamProblems(events).map((problem) => `${name}: ${problem}`),
    eta: etaErrors(events, [0.25]).map(({ error }) => error),
    measured: measurementsOf(events, { run: name, layout, unlock }),
  }
}
