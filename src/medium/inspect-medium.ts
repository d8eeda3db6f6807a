import { MEDIUM_ANSWERS_FILE, MEDIUM_VERSION_FILE } from '../model/paths.ts'
import type { System } from '../system/system.ts'
import { readKeystoneVolume } from './keystone-volume.ts'
import { judgeMediumAnswers, type MediumAnswers } from './medium-answers.ts'
import { isUefi } from './volume.ts'
import { readFromImage } from './xorriso.ts'

export type MediumFacts = {
  readonly label: string
  /** Null when the medium does not say. */
  readonly version: string | null
  /** By UEFI, which is all that Keystone installs on. */
  readonly boots: { readonly asDvd: boolean; readonly asStick: boolean }
  readonly answers: MediumAnswers | null
}

export async function inspectMedium(system: System, iso: string): Promise<MediumFacts> {
  const { label, bootEntries, efiPartition } = await readKeystoneVolume(system, iso)
  const version = await readFromImage(system, iso, `/${MEDIUM_VERSION_FILE}`)
  const text = await readFromImage(system, iso, `/${MEDIUM_ANSWERS_FILE}`)
  return {
    label,
    version: version === null ? null : (/^[\w.+-]{1,64}/.exec(version)?.[0] ?? null),
    boots: { asDvd: bootEntries.some(isUefi), asStick: efiPartition !== null },
    answers: text === null ? null : await judgeMediumAnswers(text, MEDIUM_ANSWERS_FILE),
  }
}

/** For a person. The problems of the answer file are not in it. */
export function formatMedium({ label, version, boots, answers }: MediumFacts): string {
  const ways = [...(boots.asDvd ? ['as a DVD'] : []), ...(boots.asStick ? ['as a USB stick'] : [])]
  const lines = [
    `label     ${label}`,
    `version   ${version ?? 'not given on the medium'}`,
    `boots     ${ways.length > 0 ? `by UEFI, ${ways.join(' and ')}` : 'not by UEFI'}`,
    `answers   ${answersWords(answers)}`,
  ]
  return `${lines.join('\n')}\n${answers ? `\n${answers.text}` : ''}`
}

function answersWords(answers: MediumAnswers | null): string {
  if (answers === null) return 'none: the wizard asks everything'
  if (answers.problems.length > 0) return 'with problems: the wizard shows them, and takes what is sound'
  if (answers.isUnattended) return 'complete: it ERASES its disks without a question'
  if (answers.leftOut.length > 0) return `for the wizard; it asks for ${answers.leftOut.join(', ')}`
  return 'for the wizard, which asks before it erases (not every disk has wipe: true)'
}
