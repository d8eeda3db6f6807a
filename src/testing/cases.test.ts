import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { formatProblems } from '../answers/format-problems.ts'
import { planFromFile } from '../answers/plan-from-file.ts'
import { hardware } from './machine.ts'

// Each folder below cases/ is a test: nobody registers one. A folder with error.txt is a bad case.
const casesUrl = new URL('cases/', import.meta.url)
const names = readdirSync(casesUrl).sort()

const filesOf = (name: string) => readdirSync(new URL(`${name}/`, casesUrl))
const read = (name: string, file: string) => readFileSync(new URL(`${name}/${file}`, casesUrl), 'utf8')

function planOf(name: string) {
  const readSecretFile = async () => null
  return planFromFile(read(name, 'answers.yaml'), 'answers.yaml', hardware(read(name, 'machine.txt').trim()), {
    readSecretFile,
  })
}

describe('good cases give the plan that was recorded', () => {
  test.each(names.filter((name) => !filesOf(name).includes('error.txt')))('%s', async (name) => {
    const result = await planOf(name)
    const report = 'problems' in result ? formatProblems(result.problems, 'answers.yaml') : ''
    expect(report).toBe('')
    expect('plan' in result && result.plan.hash).toBe(read(name, 'plan-hash.txt').trim())
  })
})

describe('bad cases give exactly the report that was recorded', () => {
  test.each(names.filter((name) => filesOf(name).includes('error.txt')))('%s', async (name) => {
    const result = await planOf(name)
    expect('problems' in result ? `${formatProblems(result.problems, 'answers.yaml')}\n` : 'no problem').toBe(
      read(name, 'error.txt'),
    )
  })
})
