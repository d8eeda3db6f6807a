import { afterEach, vi } from 'vitest'
import type { PageServices } from '../ui/services.ts'
import type { PageId } from '../wizard/pages.ts'
import { hardware } from './machine.ts'
import { openScreen, type Screen } from './screen.ts'
import { type ScreenServices, screenServices } from './screen-services.ts'
import { walkTo } from './screen-walk.ts'

export type OpenedScreen = { readonly screen: Screen; readonly services: ScreenServices }

/** For the tests of one page: gives the way to open the wizard there, on a recorded machine. Closed after each test. */
export function stepScreen(page: PageId): (machine?: string, pages?: Partial<PageServices>) => Promise<OpenedScreen> {
  // A whole walk, on a machine that may be busy with other things.
  vi.setConfig({ testTimeout: 60_000 })
  const open: Screen[] = []
  afterEach(async () => {
    for (const screen of open.splice(0)) await screen.close()
  })
  return async (machine = 'two-virtio-uefi-tpm', pages = {}) => {
    const services = screenServices(hardware(machine))
    Object.assign(services.pages, pages)
    const screen = await openScreen({ services })
    open.push(screen)
    await walkTo(page, screen, services)
    return { screen, services }
  }
}
