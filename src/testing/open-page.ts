import { type PageId, walk } from '../wizard/pages.ts'
import { hardware } from './machine.ts'
import { openScreen, type Screen } from './screen.ts'
import { buildFailure, eventsOfAll, eventsUntil, type ScreenServices, screenServices } from './screen-services.ts'
import { walkTo } from './screen-walk.ts'

/** Every page there is, in the order a person may see them. */
export const everyPage: readonly PageId[] = [...walk(null), 'install', 'failed', 'done']

/** A wizard that was walked to a page, on the recorded machine `two-virtio-uefi-tpm`. Close its screen. */
export async function openPage(
  page: PageId,
  options: Partial<Parameters<typeof openScreen>[0]> = {},
): Promise<{ screen: Screen; services: ScreenServices }> {
  const services = screenServices(hardware('two-virtio-uefi-tpm'))
  const screen = await openScreen({ services, ...options })
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
