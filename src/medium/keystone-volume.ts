import { MEDIUM_LABEL_PREFIX } from '../model/paths.ts'
import { UserError } from '../system/errors.ts'
import type { System } from '../system/system.ts'
import { readVolume, type Volume } from './volume.ts'

/** Reads an ISO image that must be one of ours; throws UserError for others. */
export async function readKeystoneVolume(system: System, iso: string): Promise<Volume> {
  const volume = await readVolume(system, iso)
  if (volume.label.startsWith(MEDIUM_LABEL_PREFIX)) return volume
  // It goes to a terminal.
  const label = volume.label.replaceAll(/[^\x20-\x7e]/g, '?')
  throw new UserError(
    `${iso} is no Keystone ISO: its label is "${label}", and ours begin with ${MEDIUM_LABEL_PREFIX}`,
    {
      nextSteps: ['give an ISO made by scripts/build-iso.sh, or one prepared from it'],
    },
  )
}
