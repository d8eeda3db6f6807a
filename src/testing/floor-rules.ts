import { posix } from 'node:path'
import type { SourceFile } from './source-tree.ts'

const ROOMS: Readonly<Record<string, number>> = {
  cli: 4,
  ui: 3,
  wizard: 2,
  tasks: 2,
  install: 2,
  medium: 2,
  phases: 2,
  support: 2,
  hardware: 1,
  failures: 1,
  answers: 1,
  plan: 1,
  render: 1,
  credentials: 1,
  steps: 1,
  model: 0,
  system: 0,
}

/** Who may import a package; everything else is free. */
const HOMES: readonly { readonly packages: RegExp; readonly room: string; allows(file: SourceFile): boolean }[] = [
  {
    packages: /^(execa|systeminformation|node:fs(\/promises)?|node:child_process)$/,
    room: 'system/',
    allows: isIn('system'),
  },
  { packages: /^(ink|ink-.+|react|react\/.+)$/, room: 'floor 3', allows: (file) => floorOf(file.path) === 3 },
  { packages: /^handlebars$/, room: 'render/', allows: isIn('render') },
  { packages: /^yaml$/, room: 'answers/', allows: isIn('answers') },
  { packages: /^xstate(\/.+)?$/, room: 'wizard/', allows: isIn('wizard') },
]

function isIn(room: string) {
  return ({ path }: SourceFile) => path.startsWith(`${room}/`)
}

/** The floor of a file below src; null for a place the house does not have. */
export function floorOf(path: string): number | null {
  if (path === 'cli.ts') return 4
  // Whatever draws is on floor 3, and so is the list of the pages that draw.
  if (path === 'headless.ts' || path === 'steps/screens.ts' || path.endsWith('-screen.tsx')) return 3
  return path.includes('/') ? (ROOMS[path.split('/')[0] ?? ''] ?? null) : null
}

/** Tests and what only tests use: they may look into every room, and nobody may import them. */
export const isForTests = (path: string) => path.startsWith('testing/') || /\.test\.tsx?$/.test(path)

/** Every breach of the house rules of DESIGN, as `file: sentence`. Empty when the house stands. */
export function findBreaches(files: readonly SourceFile[]): readonly string[] {
  const product = files.filter(({ path }) => !isForTests(path))
  return [
    ...files.flatMap(placeBreaches),
    ...product.flatMap(importBreaches),
    ...product.flatMap(formBreaches),
    ...cycles(product),
  ]
}

function placeBreaches({ path, hasDefaultExport }: SourceFile): readonly string[] {
  const folders = path.split('/').slice(0, -1)
  const forbidden = folders.filter((name) =>
    /^(utils?|helpers?|common|services?|managers?|shared|misc|lib)$/.test(name),
  )
  return [
    ...forbidden.map((name) => `${path}: a folder must not be called ${name}`),
    ...(folders.length > 2 ? [`${path}: deeper than three below src`] : []),
    ...(hasDefaultExport ? [`${path}: has a default export`] : []),
  ]
}

function importBreaches(file: SourceFile): readonly string[] {
  const { path, imports } = file
  const floor = floorOf(path)
  if (floor === null) return [`${path}: is on no floor of the house`]
  return imports.flatMap((one) => {
    if (one.path === null) {
      const home = HOMES.find(({ packages }) => packages.test(one.specifier))
      return home && !home.allows(file) ? [`${path}: imports ${one.specifier}, which only ${home.room} may`] : []
    }
    if (isForTests(one.path)) return [`${path}: imports ${one.path}, which is for tests`]
    const below = floorOf(one.path)
    if (below !== null && below > floor) return [`${path}: imports upwards, ${one.path}`]
    return siblingBreach(path, one.path)
  })
}

/** A step never imports a step, a task never a task. What they share lies beside them: in steps/, in tasks/task.ts. */
function siblingBreach(path: string, imported: string): readonly string[] {
  const [room, step] = path.split('/')
  const [otherRoom, otherStep] = imported.split('/')
  if (room !== otherRoom) return []
  const isStep = room === 'steps' && path.split('/').length > 2 && imported.split('/').length > 2
  if (isStep && step !== otherStep) return [`${path}: a step imports a step, ${imported}`]
  const isTask = room === 'tasks' && path !== 'tasks/task.ts' && imported !== 'tasks/task.ts'
  return isTask ? [`${path}: a task imports a task, ${imported}`] : []
}

function formBreaches({ path, reExports, processUses, effects }: SourceFile): readonly string[] {
  if (path === 'cli.ts') return []
  return [
    ...(reExports || posix.parse(path).name === 'index' ? [`${path}: is a barrel`] : []),
    ...new Set(processUses.map((use) => `${path}: uses ${use}, which only cli.ts may`)),
    ...effects.map((effect) => `${path}: does something on import (${effect})`),
  ]
}

/** Cycles of imports that exist at run time. */
function cycles(files: readonly SourceFile[]): readonly string[] {
  const byPath = new Map(files.map((file) => [file.path, file]))
  const done = new Set<string>()
  const found: string[] = []
  function walk(path: string, way: readonly string[]): void {
    if (way.includes(path)) {
      found.push(`${path}: imports itself by way of ${way.slice(way.indexOf(path) + 1).join(', ')}`)
      return
    }
    if (done.has(path)) return
    for (const one of byPath.get(path)?.imports ?? []) {
      if (one.path !== null && !one.isTypeOnly) walk(one.path, [...way, path])
    }
    done.add(path)
  }
  for (const { path } of files) walk(path, [])
  return found
}
