import type { PageId } from '../wizard/pages.ts'
import type { Screen } from './screen.ts'
import { KEY_GROUPS, type ScreenServices } from './screen-services.ts'

export const PASSPHRASE = 'correct horse battery'
export const PASSWORD = 'three random words'

/** From the first field round to the button, and on: takes a page as it is. */
export const AS_IT_IS = '\u001B[Z\r'

/** What a person types on each page to go on from it with the defaults, and what tells that the next page is there. */
export const WALK: readonly (readonly [PageId, string, string])[] = [
  ['welcome', '\r', 'Step 2 of 10'],
  ['system', AS_IT_IS, 'Step 3 of 10'],
  ['disk', AS_IT_IS, 'Step 4 of 10'],
  ['encryption', `\r${PASSPHRASE}\r${PASSPHRASE}\r\r\r`, 'Step 5 of 10'],
  ['network', AS_IT_IS, 'Step 6 of 10'],
  ['identity', `\r\r${PASSWORD}\r${PASSWORD}\r\r\r`, 'Step 7 of 10'],
  ['cluster', AS_IT_IS, 'Step 8 of 10'],
  ['review', '\r', 'Step 9 of 10'],
  ['recovery', `${KEY_GROUPS[0]}\r${KEY_GROUPS[1]}\r`, 'Step 10 of 10'],
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
