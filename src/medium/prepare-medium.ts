import { randomBytes } from 'node:crypto'
import { basename, dirname, join } from 'node:path'
import { MEDIUM_ANSWERS_FILE } from '../model/paths.ts'
import { Bug, Cancelled, UserError } from '../system/errors.ts'
import type { System } from '../system/system.ts'
import { readKeystoneVolume } from './keystone-volume.ts'
import type { MediumAnswers } from './medium-answers.ts'
import { readVolume, type Volume } from './volume.ts'
import { asImage, readFromImage, runXorriso } from './xorriso.ts'

export type PrepareRequest = {
  readonly system: System
  /** Absolute paths, as xorriso runs in another folder. */
  readonly iso: string
  readonly answersFile: string
  readonly out: string
  /** The content of the file as it was judged. */
  readonly text: string
  readonly answers: MediumAnswers
  readonly signal: AbortSignal
  /** Nothing was found against it, and the writing begins. */
  onWriting(): void
}

export type Prepared = {
  readonly label: string
  /** True when the medium had an answer file already. */
  readonly hasReplaced: boolean
}

/** The medium's file: nobody but root of the live system needs it. */
const MEDIUM_MODE = '0400'

/** Writes a copy of a medium that has this answer file, and everything else as before. The copy is read back before it gets
 *  its name; whatever goes wrong, nothing else stays. Throws UserError, CommandError, Cancelled. */
export async function prepareMedium(request: PrepareRequest): Promise<Prepared> {
  const { system, iso, out, signal } = request
  if (await system.exists(out)) {
    throw new UserError(`${out} is there already, and is left as it is`, {
      nextSteps: ['give another name with --out'],
    })
  }
  if ((await system.listDirectory(dirname(out))) === null) {
    throw new UserError(`there is no folder ${dirname(out)}`, { nextSteps: ['make it first, or give another --out'] })
  }
  const before = await readKeystoneVolume(system, iso)
  const hasReplaced = (await readFromImage(system, iso, `/${MEDIUM_ANSWERS_FILE}`)) !== null
  const temporary = join(dirname(out), `.${basename(out)}.${randomBytes(6).toString('hex')}`)
  request.onWriting()
  // xorriso writes into the file that is there, so nobody else can read a secret in it at any time.
  await system.writeFile(temporary, '', { mode: request.answers.openSecrets.length > 0 ? 0o600 : 0o644 })
  try {
    await runXorriso(system, commandLine(request, before, temporary), { signal })
    await verify(request, before, temporary)
    if (signal.aborted) throw new Cancelled('cancelled')
    await system.moveFile(temporary, out)
  } catch (error) {
    await system.removeFile(temporary)
    throw error
  }
  return { label: before.label, hasReplaced }
}

function commandLine({ iso, answersFile }: PrepareRequest, volume: Volume, out: string): readonly string[] {
  const path = `/${MEDIUM_ANSWERS_FILE}`
  return [
    ...['-indev', asImage(iso), '-outdev', asImage(out)],
    // What boots it, made anew for the new places of its parts. Without this nothing would boot.
    ...['-boot_image', 'any', 'replay'],
    ...(volume.hasJoliet ? ['-joliet', 'on'] : []),
    // A boot loader may look for its files by the UUID.
    ...(volume.uuid === null ? [] : ['-volume_date', 'uuid', volume.uuid]),
    ...['-overwrite', 'on', '-map', answersFile, path],
    ...['-chown', '0', dirname(path), path, '--', '-chgrp', '0', dirname(path), path, '--'],
    ...['-chmod', '0755', dirname(path), '--', '-chmod', MEDIUM_MODE, path, '--'],
    '-commit',
  ]
}

async function verify({ system, text, answersFile }: PrepareRequest, before: Volume, iso: string): Promise<void> {
  const after = await readVolume(system, iso)
  const changed = (['label', 'uuid', 'hasJoliet'] as const).find((key) => before[key] !== after[key])
  if (changed !== undefined)
    throw new Bug(`the new image has another ${changed}: ${before[changed]}, ${after[changed]}`)
  const kinds = ({ bootEntries }: Volume) => JSON.stringify(bootEntries.map(({ startBytes: _, ...kind }) => kind))
  if (kinds(before) !== kinds(after)) throw new Bug(`the new image boots otherwise: ${kinds(before)}, ${kinds(after)}`)
  const isSame = before.loaders.dvd === after.loaders.dvd && before.loaders.stick === after.loaders.stick
  if (!isSame) throw new Bug('the new image has another boot loader')
  if ((await readFromImage(system, iso, `/${MEDIUM_ANSWERS_FILE}`)) !== text) {
    throw new UserError(`${answersFile} was changed while it was read, and no image was made`, {
      nextSteps: ['try again'],
    })
  }
}
