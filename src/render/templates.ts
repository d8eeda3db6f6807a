import { posix } from 'node:path'
import { UserError } from '../system/errors.ts'
import type { System } from '../system/system.ts'
import { MANIFEST } from './manifest.ts'

/** The text of each template, by its name in the manifest. Optional ones that the folder does not have are not in it. */
export type Templates = ReadonlyMap<string, string>

/** Reads every template of the manifest from `directory`: beside the bundle, or `templates/` in the source tree. */
export async function loadTemplates(system: System, directory: string): Promise<Templates> {
  const texts = await Promise.all(MANIFEST.map(({ template }) => system.readText(posix.join(directory, template))))
  return new Map(
    MANIFEST.flatMap(({ template, isOptional }, index): [string, string][] => {
      const text = texts[index] ?? null
      if (text !== null) return [[template, text]]
      if (isOptional) return []
      throw new UserError(`the template ${template} is not in ${directory}`, {
        nextSteps: ['build the installer again'],
      })
    }),
  )
}
