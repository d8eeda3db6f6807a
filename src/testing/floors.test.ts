import { expect, test } from 'vitest'
import { findBreaches } from './floor-rules.ts'
import { parseSource, readSourceTree } from './source-tree.ts'

test('the house stands: floors, rooms, packages, exports, no work on import', () => {
  expect(findBreaches(readSourceTree())).toEqual([])
})

test('it looks at the whole tree', () => {
  const paths = readSourceTree().map(({ path }) => path)
  expect(paths.length).toBeGreaterThan(100)
  expect(paths).toEqual(expect.arrayContaining(['model/plan.ts', 'system/local-system.ts', 'steps/disk/disk.ts']))
})

// Each rule broken once: a rule that finds nothing here would find nothing in the tree.
test.each([
  ['system/a.ts', "import { makePlan } from '../plan/make-plan.ts'", 'imports upwards, plan/make-plan.ts'],
  ['plan/a.ts', "import type { App } from '../ui/app.tsx'", 'imports upwards, ui/app.tsx'],
  ['steps/a/a.ts', "export const a = () => import('./a-screen.tsx')", 'imports upwards, steps/a/a-screen.tsx'],
  ['plan/a.ts', "type A = import('../wizard/wizard.ts').Wizard", 'imports upwards, wizard/wizard.ts'],
  ['steps/a/a.ts', "import { b } from '../b/b.ts'", 'a step imports a step, steps/b/b.ts'],
  ['tasks/a.ts', "import { b } from './b.ts'", 'a task imports a task, tasks/b.ts'],
  ['tasks/a.ts', "import { readFile } from 'node:fs/promises'", 'imports node:fs/promises, which only system/ may'],
  ['install/a.ts', "const a = () => import('execa')", 'imports execa, which only system/ may'],
  ['steps/a/a.ts', "import { Text } from 'ink'", 'imports ink, which only floor 3 may'],
  ['wizard/a.ts', "import { useState } from 'react'", 'imports react, which only floor 3 may'],
  ['ui/a.ts', "import Handlebars from 'handlebars'", 'imports handlebars, which only render/ may'],
  ['plan/a.ts', "import { parse } from 'yaml'", 'imports yaml, which only answers/ may'],
  ['ui/a.ts', "import { setup } from 'xstate'", 'imports xstate, which only wizard/ may'],
  ['plan/a.ts', "import { hardware } from '../testing/machine.ts'", 'imports testing/machine.ts, which is for tests'],
  ['ui/a.ts', 'export const a = () => process.exit(1)', 'uses process.exit, which only cli.ts may'],
  ['ui/a.ts', 'export const a = () => process.env.HOME', 'uses process.env, which only cli.ts may'],
  ['ui/a.ts', 'export default function a() {}', 'has a default export'],
  ['ui/a.ts', "export * from './b.ts'", 'is a barrel'],
  ['ui/a.ts', "export { b } from './b.ts'", 'is a barrel'],
  ['ui/index.ts', 'export const a = 1', 'is a barrel'],
  ['ui/utils/a.ts', 'export const a = 1', 'a folder must not be called utils'],
  ['ui/b/c/a.ts', 'export const a = 1', 'deeper than three below src'],
  ['attic/a.ts', 'export const a = 1', 'is on no floor of the house'],
  ['ui/a.ts', "console.log('hello')", 'does something on import (ExpressionStatement)'],
  ['ui/a.ts', 'export const a = await load()', 'does something on import (AwaitExpression)'],
  ['ui/a.ts', 'if (1) {}', 'does something on import (IfStatement)'],
])('%s with `%s`', (path, source, sentence) => {
  expect(findBreaches([parseSource(path, source)])).toEqual([`${path}: ${sentence}`])
})

test('finds a cycle, but not one of types alone', () => {
  const a = parseSource('ui/a.ts', "import { b } from './b.ts'")
  const b = parseSource('ui/b.ts', "import { a } from './a.ts'")
  expect(findBreaches([a, b])).toEqual(['ui/a.ts: imports itself by way of ui/b.ts'])
  expect(findBreaches([a, parseSource('ui/b.ts', "import type { a } from './a.ts'")])).toEqual([])
})

test('leaves alone what is allowed', () => {
  const sources = [
    ['cli.ts', "import './ui/app.tsx'\nprocess.exit(1)\nawait main()"],
    [
      'steps/a/a-screen.tsx',
      "import { Text } from 'ink'\nimport { a } from './a.ts'\nexport const A = () => <Text>{a}</Text>",
    ],
    ['tasks/a.ts', "import type { Task } from './task.ts'\nexport const a: Task = { run: async () => { await x() } }"],
    ['system/a.ts', "import { open } from 'node:fs/promises'"],
    ['ui/a.test.ts', "import { readFileSync } from 'node:fs'\ntest('a', () => {})"],
  ] as const
  expect(findBreaches(sources.map(([path, source]) => parseSource(path, source)))).toEqual([])
})
