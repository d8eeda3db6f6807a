import type { InstallEvent } from '../model/event.ts'
import { openPage } from './open-page.ts'

/** What stands on the failure page after this very failure: the wizard's own page on a terminal of 80x24, all of it where it is
 *  longer than that. For the runs in virtual machines, whose failures come from an install without a screen. */
export async function failedScreen(event: Extract<InstallEvent, { readonly type: 'task-failed' }>): Promise<string> {
  const { screen, services } = await openPage('install')
  try {
    const request = await services.started(0)
    request.onEvent(event)
    services.end({ status: 'failed', failure: event.failure })
    await screen.waitForText('The install stopped at: ')
    await screen.waitFor((text) => text.includes('Power off') && !text.includes('being let go'), 'the failure page')
    let text = screen.text()
    while (screen.text().includes('Page Down for more')) {
      const before = screen.text()
      screen.press('PageDown')
      await screen.waitFor((now) => now !== before, 'the page to scroll')
      text += `\n${screen.text()}`
    }
    return text
  } finally {
    services.end({ status: 'cancelled' })
    await screen.close()
  }
}
