import type { PageId } from '../wizard/pages.ts'
import type { Screen } from './screen.ts'
import type { ScreenServices } from './screen-services.ts'

export const PASSPHRASE = 'correct horse battery'
export const PASSWORD = 'three random words'

/** What a person types on each page to go on from it with the defaults, and what tells that the next page is there. */
const WALK: readonly (readonly [PageId, string, string])[] = [
  ['welcome', '\r', 'Step 2 of 8'],
  ['disk', '\r\r\r', 'Step 3 of 8'],
  ['encryption', `${PASSPHRASE}\r${PASSPHRASE}\r\r\r\r`, 'Step 4 of 8'],
  ['network', '\r\r', 'Step 5 of 8'],
  ['identity', `\r\r${PASSWORD}\r${PASSWORD}\r\r\r`, 'Step 6 of 8'],
  ['cluster', '\r\r', 'Step 7 of 8'],
  ['review', '\r', 'Step 8 of 8'],
  ['confirm', 'vdb\r', 'Installing'],
]

/** Walks from the first page to the given one, on the recorded machine `two-virtio-uefi-tpm` (its target is vdb). */
export async function walkTo(page: PageId, screen: Screen, services: ScreenServices): Promise<void> {
  await screen.waitForText('Everything that an install needs is here')
  for (const [from, keys, sign] of WALK) {
    if (from === page) return
    screen.type(keys)
    await screen.waitForText(sign)
  }
  if (page === 'install') return
  await services.started(0)
}
