import { posix } from 'node:path'
import { PHASES_DIRECTORY } from '../model/paths.ts'
import type { Plan, RenderedFile } from '../model/plan.ts'
import { renderContext } from '../plan/render-context.ts'
import { renderFiles } from '../render/render-files.ts'
import { loadTemplates } from '../render/templates.ts'
import { UserError } from '../system/errors.ts'
import type { System } from '../system/system.ts'

/** Where the templates and the phase scripts are: beside the bundle, or in the source tree. */
export type AssetPlaces = { readonly templates: string; readonly phases: string }

export type TargetFiles = { readonly files: readonly RenderedFile[]; readonly phaseFiles: readonly RenderedFile[] }

/** Everything that is written to the target for this plan, in memory. */
export async function makeTargetFiles(system: System, places: AssetPlaces, plan: Plan): Promise<TargetFiles> {
  const [files, phaseFiles] = await Promise.all([
    makeConfiguration(system, places, plan),
    loadPhases(system, places.phases),
  ])
  return { files, phaseFiles }
}

/** The configuration alone, as `keystone render` shows it. */
export async function makeConfiguration(
  system: System,
  places: AssetPlaces,
  plan: Plan,
): Promise<readonly RenderedFile[]> {
  return renderFiles(renderContext(plan), await loadTemplates(system, places.templates))
}

/** The phase scripts, in their folders, as programs. */
export async function loadPhases(system: System, directory: string): Promise<readonly RenderedFile[]> {
  const names = await listFiles(system, directory)
  if (names === null) {
    throw new UserError(`the phase scripts are not in ${directory}`, { nextSteps: ['build the installer again'] })
  }
  return Promise.all(
    names.map(async (name) => ({
      path: posix.join(PHASES_DIRECTORY, name),
      content: (await system.readText(posix.join(directory, name))) ?? '',
      mode: 0o755,
    })),
  )
}

/** Relative paths of all files below a directory; null when it is none. */
async function listFiles(system: System, directory: string): Promise<readonly string[] | null> {
  const names = await system.listDirectory(directory)
  if (names === null) return null
  const below = await Promise.all(
    names.map(async (name) => {
      const files = await listFiles(system, posix.join(directory, name))
      return files === null ? [name] : files.map((file) => posix.join(name, file))
    }),
  )
  return below.flat()
}
