import { readFileSync } from 'node:fs'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { expect, test } from 'vitest'
import { exampleEvents, recordedEvents } from './event-examples.ts'
import { EVENT_TYPES, eventsJsonSchema } from './event-schema.ts'
import { eventsFiles } from './events-files.ts'

const iso = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/
const validate = new Ajv2020({
  allErrors: true,
  strict: true,
  allowUnionTypes: true,
  formats: { 'date-time': iso },
}).compile(eventsJsonSchema())
const asRead = (event: unknown): unknown => JSON.parse(JSON.stringify(event))

test('every line of a real stream is as it is documented', async () => {
  const events = await recordedEvents()
  expect(events.length).toBeGreaterThan(25)
  for (const event of events) expect([event.type, validate(asRead(event))]).toEqual([event.type, true])
})

test('there is an example of every event, and all are as they are documented', () => {
  const examples = exampleEvents
  expect(EVENT_TYPES.filter((type) => !examples.some((event) => event.type === type))).toEqual([])
  for (const event of examples) expect([event.type, validate(asRead(event))]).toEqual([event.type, true])
})

test.each([
  ['another type', { type: 'task-exploded', at: '2026-11-23T10:00:00.000Z', task: 'build' }],
  ['a task that there is not', { type: 'task-undone', at: '2026-11-23T10:00:00.000Z', task: 'dance' }],
  ['no time', { type: 'task-undone', task: 'build' }],
  ['a field that nobody told of', { type: 'task-undone', at: '2026-11-23T10:00:00.000Z', task: 'build', secret: 'x' }],
  ['a fraction beyond one', { type: 'task-progress', at: '2026-11-23T10:00:00.000Z', task: 'build', fraction: 1.5 }],
])('%s is not', (_, event) => {
  expect(validate(event)).toBe(false)
})

test('docs/events.md and the schema beside it are as `node scripts/update-events.mjs` writes them', () => {
  for (const [path, text] of Object.entries(eventsFiles())) {
    expect(readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8')).toBe(text)
  }
})
