import { exampleEvents } from './event-examples.ts'
import { eventsJsonSchema, eventsPage } from './event-schema.ts'

/** What scripts/update-events.mjs writes, by path from the repository's top. */
export function eventsFiles(): Readonly<Record<string, string>> {
  return {
    'docs/events.md': eventsPage(exampleEvents),
    'docs/events.schema.json': `${JSON.stringify(eventsJsonSchema(), null, 2)}\n`,
  }
}
