import { type PageId, walk } from '../wizard/pages.ts'
import type { EarlierInstall } from '../wizard/state.ts'
import { earlierInstall } from './begun.ts'
import { hardware } from './machine.ts'
import { openScreen, type Screen } from './screen.ts'
import { buildFailure, eventsOfAll, eventsUntil, type ScreenServices, screenServices } from './screen-services.ts'
import { walkTo } from './screen-walk.ts'

/** Every page there is, in the order a person may see them. */
export const everyPage: readonly PageId[] = ['begun', 'secrets', ...walk(null), 'install', 'failed', 'done']

/** A wizard that was walked to a page, on the recorded machine `two-virtio-uefi-tpm`. Close its screen. */
export async function openPage(
  page: PageId,
  options: Partial<Parameters<typeof openScreen>[0]> & { readonly earlier?: EarlierInstall } = {},
): Promise<{ screen: Screen; services: ScreenServices }> {
  const hasBegun = page === 'begun' || page === 'secrets'
  const services = screenServices(
    hardware('two-virtio-uefi-tpm'),
    hasBegun ? { findBegun: async () => options.earlier ?? earlierInstall } : {},
  )
  const screen = await openScreen({ services, ...options })
  if (hasBegun) {
    await screen.waitForText('An install was begun on this machine')
    if (page === 'begun') return { screen, services }
    screen.press('Enter')
    await screen.waitForText('To go on with primer')
    return { screen, services }
  }
  await walkTo(page, screen, services)
  if (page !== 'install' && page !== 'failed' && page !== 'done') return { screen, services }
  const request = await services.started(0)
  for (const event of page === 'done' ? eventsOfAll() : eventsUntil('build')) request.onEvent(event)
  await screen.waitForText('write-config: all went well')
  if (page === 'failed') services.end({ status: 'failed', failure: buildFailure })
  if (page === 'done') services.end({ status: 'installed' })
  if (page !== 'install') await screen.waitForText(page === 'failed' ? 'Open a shell' : 'Reboot now')
  return { screen, services }
}
