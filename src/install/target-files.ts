import { posix } from 'node:path'
import type { RenderedFile } from '../model/plan.ts'
import type { Problem } from '../model/problem.ts'
import type { System } from '../system/system.ts'
import { onTarget } from './target-mounts.ts'

/** Writes files to the mounted target, with their folders (0755). */
export async function writeToTarget(system: System, files: readonly RenderedFile[]): Promise<void> {
  for (const directory of new Set(files.map(({ path }) => posix.dirname(path)))) {
    await system.makeDirectory(onTarget(directory), { mode: 0o755 })
  }
  for (const { path, content, mode } of files) await system.writeFile(onTarget(path), content, { mode })
}

/** Which of the files are not on the target, or differ. */
export async function findUnwritten(system: System, files: readonly RenderedFile[]): Promise<readonly Problem[]> {
  const found = await Promise.all(files.map(({ path }) => system.readText(onTarget(path))))
  return files.flatMap(({ path, content }, index): Problem[] => {
    const text = found[index] ?? null
    if (text === content) return []
    const message = text === null ? `${onTarget(path)} was not written` : `${onTarget(path)} is not what was written`
    return [{ code: text === null ? 'file-missing' : 'file-differs', path: ['target', path], message }]
  })
}
