/** How much of something is done, of how much that is known of until now. */
export type Amount = { readonly done: number; readonly expected: number }

type Activity = { readonly type: number; done: number; expected: number; readonly announced: Map<number, number> }

type Total = {
  /** Over the stopped and the running activities of a type. */
  done: number
  expected: number
  /** What running activities said is to come (setExpected), and how much was done before they said so. */
  announced: number
  doneBefore: number
}

/** A pebibyte. What is larger is a slip in nix's arithmetic (it counts in unsigned numbers), and is passed over. */
const ABSURD = 2 ** 50

/** A count as nix gives it; 0 for what cannot be one. */
export function countOf(value: unknown): number {
  return typeof value === 'number' && value > 0 && value < ABSURD ? Math.floor(value) : 0
}

/** Adds up what nix's activities say, by activity type. Ids that were never started or are stopped already do nothing. */
export function createNixTotals() {
  const activities = new Map<string, Activity>()
  const totals = new Map<number, Total>()

  const totalOf = (type: number): Total => {
    const total = totals.get(type) ?? { done: 0, expected: 0, announced: 0, doneBefore: 0 }
    totals.set(type, total)
    return total
  }

  const set = (activity: Activity, done: number, expected: number) => {
    const total = totalOf(activity.type)
    total.done += done - activity.done
    total.expected += expected - activity.expected
    activity.done = done
    activity.expected = expected
  }

  const stop = (id: string) => {
    const activity = activities.get(id)
    if (activity === undefined) return
    // What was expected and not done is given up; what was done stays counted.
    set(activity, activity.done, activity.done)
    for (const [type, expected] of activity.announced) totalOf(type).announced -= expected
    activities.delete(id)
  }

  return {
    start(id: string, type: number) {
      // An id that comes twice is another activity: the first one's stop was lost.
      stop(id)
      activities.set(id, { type, done: 0, expected: 0, announced: new Map() })
    },
    stop,
    /** Null for an activity that is not running. */
    typeOf: (id: string): number | null => activities.get(id)?.type ?? null,
    /** `fields` of a progress result: done, expected, running, failed. What failed leaves `expected`, but is not done. */
    progress(id: string, [done, expected, running, failed]: readonly unknown[]) {
      const activity = activities.get(id)
      if (activity === undefined) return
      const known = countOf(done) + countOf(failed)
      set(activity, countOf(done), Math.max(countOf(expected), Math.min(known + countOf(running), ABSURD)))
    },
    /** `fields` of a setExpected result: activity type, expected. */
    announce(id: string, [type, expected]: readonly unknown[]) {
      const activity = activities.get(id)
      if (activity === undefined || typeof type !== 'number') return
      const total = totalOf(type)
      // Flake inputs, or a round before, were not part of what is announced now.
      if (total.announced === 0) total.doneBefore = total.done
      total.announced += countOf(expected) - (activity.announced.get(type) ?? 0)
      activity.announced.set(type, countOf(expected))
    },
    amount(type: number): Amount {
      const { done, expected, announced, doneBefore } = totalOf(type)
      return { done, expected: Math.max(done, expected, doneBefore + announced) }
    },
  }
}
