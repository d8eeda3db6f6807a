import type { LookResult } from '../model/look.ts'
import type { PageId } from '../wizard/pages.ts'
import { readableError } from './readable-error.ts'
import type { PageServices } from './services.ts'
import type { View } from './session.ts'
import type { Look, PageLooks } from './step-screen.ts'

/** The looks of one page, kept in the view. */
export function createLooks(
  page: PageId,
  services: PageServices,
  session: { view(): View; change(changes: Partial<View>): void },
): PageLooks {
  const keyOf = (name: string) => `${page}.${name}`
  const put = (name: string, look: Look) => session.change({ looks: { ...session.view().looks, [keyOf(name)]: look } })
  return {
    get: (name) => session.view().looks[keyOf(name)] ?? null,
    start(name, about, work) {
      const running: Look = { about, result: null }
      put(name, running)
      const end = (result: LookResult) => {
        if (session.view().looks[keyOf(name)] === running) put(name, { about, result })
      }
      work(services).then(end, (error: unknown) =>
        end({ problems: [], good: [], unknown: [`the look failed: ${readableError(error)}`], found: [] }),
      )
    },
    forget(name) {
      const { [keyOf(name)]: _, ...rest } = session.view().looks
      session.change({ looks: rest })
    },
  }
}
