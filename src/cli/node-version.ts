/** What the bundle is made for (`target` in scripts/build.mjs). On an older one every program seems to fail, and nothing says why. */
const OLDEST_NODE = 22

/** `version` as in process.versions: `20.20.2`. Null when it will do. */
export function nodeProblem(version: string): string | null {
  if (Number.parseInt(version, 10) >= OLDEST_NODE) return null
  return `keystone: Node ${OLDEST_NODE} or newer is needed, and this is Node ${version}\nthe live image has the right one; elsewhere: npx node@24 keystone.mjs\n`
}
