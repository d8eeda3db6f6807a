import { expect, test } from 'vitest'
import type { InstallEvent, TaskFailure } from '../../src/model/event.ts'
import type { Expected } from './fault.ts'
import { eventsOf, type Run, repeatedIn } from './installer.ts'
import { problemsOf } from './try-fault.ts'

const at = '2026-11-23T10:00:00.000Z'
const cause = 'no name server answers, so that nothing can be downloaded by its name'
const failure: TaskFailure = {
  task: 'build',
  message: cause,
  nextSteps: ['see which one is asked'],
  problems: [],
  diagnosis: { code: 'dns-dead', cause, remedy: ['see which one is asked'], waysOn: ['retry', 'shell'] },
}
const run: Run = {
  exitCode: 4,
  events: [{ type: 'task-failed', at, failure }],
  stderr: `The installation failed: ${cause}.\n`,
}
const expected: Expected = {
  code: 'dns-dead',
  exitCode: 4,
  screen: /no name server answers/,
  event: { type: 'task-failed', task: 'build' },
}

test('a run that failed as it should has no problems', () => {
  expect(problemsOf(run, expected)).toEqual([])
})

test.each<[string, Partial<Run>, Partial<Expected>]>([
  ['it ended with 0 and not with 4', { exitCode: 0 }, {}],
  ['stderr does not say', { stderr: '' }, {}],
  ['no event task-failed', { events: [] }, {}],
  ['the cause is dns-dead, not network-lost', {}, { code: 'network-lost' }],
  ['it failed in build, not in install', {}, { event: { type: 'task-failed', task: 'install' } }],
  ['no event notice', {}, { event: { type: 'notice' } }],
])('one that did not: %s', (problem, instead, otherwise) => {
  const problems = problemsOf({ ...run, ...instead }, { ...expected, ...otherwise })
  expect(problems).toContainEqual(expect.stringContaining(problem))
})

test('a task that was finished and is done again is a repeat; those that run each time are none', () => {
  const events = (['partition', 'build', 'copy-log'] as const).map(
    (task): InstallEvent => ({
      type: 'task-finished',
      at,
      task,
      outcome: task === 'partition' ? 'already-done' : 'done',
      durationMs: 1,
    }),
  )
  expect(repeatedIn({ events }, ['preflight', 'partition', 'build', 'copy-log'])).toEqual(['build'])
})

test('what is no event among the events is told', () => {
  expect(() => eventsOf('{"type":"released"}\nWarning: x\n')).toThrow('not an event: Warning: x')
})
