import type { Plan } from '../model/plan.ts'
import type { System } from '../system/system.ts'

/** Modules that the plan's storage needs and the running kernel neither has nor can load: their file is gone, or belongs to
 *  another kernel. Empty as well where nobody can tell. */
export async function findMissingModules(system: System, { storage }: Plan): Promise<readonly string[]> {
  const needed = [
    ...(storage.pool === null && storage.dataPool === null ? [] : ['zfs']),
    ...(storage.isEncrypted ? ['dm_crypt'] : []),
  ]
  const release = (await system.readText('/proc/sys/kernel/osrelease'))?.trim()
  if (release === undefined || needed.length === 0) return []
  const folder = await findFolder(system, release)
  if (folder === null) return []
  const [builtIn, known] = await Promise.all([
    system.readText(`${folder}/modules.builtin`),
    system.readText(`${folder}/modules.dep`),
  ])
  const missing: string[] = []
  for (const name of needed) {
    if (await system.exists(`/sys/module/${name}`)) continue
    if (fileOf(name, builtIn) !== null) continue
    const file = fileOf(name, known)
    if (file === null || !(await system.exists(`${folder}/${file}`))) missing.push(name)
  }
  return missing
}

/** NixOS has them in the system it was started with; others in /lib. */
async function findFolder(system: System, release: string): Promise<string | null> {
  for (const top of ['/run/booted-system/kernel-modules/lib/modules', '/lib/modules', '/usr/lib/modules']) {
    if (await system.exists(`${top}/${release}/modules.dep`)) return `${top}/${release}`
  }
  return null
}

/** `kernel/drivers/md/dm-crypt.ko.xz: …`; a hyphen in a file's name is an underscore in the module's. Source: depmod(8). */
function fileOf(name: string, list: string | null): string | null {
  const paths = (list ?? '').split('\n').map((line) => line.split(':')[0] ?? '')
  return paths.find((path) => /([^/]+)\.ko(\.\w+)?$/.exec(path)?.[1]?.replaceAll('-', '_') === name) ?? null
}
