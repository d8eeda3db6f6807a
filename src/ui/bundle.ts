import type { BundleResult, BundleTarget } from '../support/bundle.ts'
import type { Stick } from '../support/find-sticks.ts'
import { readableError } from './readable-error.ts'
import type { WizardServices } from './services.ts'

/** Where the saving of a support bundle is. */
export type BundleState =
  | { readonly status: 'looking' }
  | { readonly status: 'choosing'; readonly sticks: readonly Stick[]; readonly refused: string | null }
  | { readonly status: 'working' }
  | { readonly status: 'saved'; readonly path: string }
  | { readonly status: 'serving'; readonly url: string; readonly code: string }
  /** `taken`: somebody has fetched it; else its time was over. */
  | { readonly status: 'served'; readonly taken: boolean }
  | { readonly status: 'printed'; readonly count: number }

export type BundleActs = {
  open(): void
  save(target: BundleTarget): void
  /** Ends the serving, if there is one. */
  close(): void
}

/** Saves a bundle for the page in front: what it is at is told to `show`. */
export function createBundleActs(
  services: Pick<WizardServices, 'sticks' | 'saveBundle'>,
  screen: {
    show(state: BundleState | null): void
    /** Writes lines to the terminal itself, for whoever records it. */
    print(lines: readonly string[]): Promise<void>
  },
): BundleActs {
  let stop: (() => void) | null = null
  // What comes back after the page was closed, or opened anew, is not shown.
  let turn = 0

  function endServing() {
    stop?.()
    stop = null
  }

  function choose(refused: string | null) {
    const mine = ++turn
    endServing()
    screen.show({ status: 'looking' })
    services.sticks().then(
      (sticks) => {
        if (mine === turn) screen.show({ status: 'choosing', sticks, refused })
      },
      (error: unknown) => {
        const why = refused ?? `USB sticks cannot be looked for: ${readableError(error)}`
        if (mine === turn) screen.show({ status: 'choosing', sticks: [], refused: why })
      },
    )
  }

  async function tell(result: BundleResult, mine: number) {
    if (result.status === 'saved') return screen.show({ status: 'saved', path: result.path })
    if (result.status === 'text') {
      await screen.print(result.lines)
      if (mine === turn) screen.show({ status: 'printed', count: result.lines.length })
      return
    }
    stop = result.stop
    screen.show({ status: 'serving', url: result.url, code: result.code })
    const taken = await result.taken
    if (mine === turn) screen.show({ status: 'served', taken })
  }

  return {
    open: () => choose(null),
    save(target) {
      const mine = ++turn
      screen.show({ status: 'working' })
      services
        .saveBundle(target)
        .then((result) => {
          if (mine === turn) return tell(result, mine)
          if (result.status === 'serving') result.stop()
        })
        .catch((error: unknown) => {
          if (mine === turn) choose(`It was not saved: ${readableError(error)}`)
        })
    },
    close() {
      turn += 1
      endServing()
      screen.show(null)
    },
  }
}
