import * as z from 'zod'
import { type InstallEvent, TASK_IDS } from '../model/event.ts'

const list = <T extends z.ZodType>(of: T) => z.array(of).readonly()
const optional = <T extends z.ZodType>(of: T) => z.exactOptional(of)
const at = z.iso.datetime().describe('when: ISO 8601, UTC')
const ms = z.number().nonnegative()
const task = z.enum(TASK_IDS)
const text = z.string()
const planHash = text.describe('of the plan; the same answers on the same machine give the same')

const problem = z
  .object({
    code: text.describe('stable; compare this, never the message'),
    path: list(z.union([text, z.number()])).describe('where in the answers or in the machine; empty for the whole'),
    message: text.describe('one sentence'),
    hint: optional(text.describe('what to do about it')),
  })
  .meta({ id: 'problem' })

const diagnosis = z
  .object({
    code: text.describe('an entry of docs/troubleshooting.md'),
    cause: text.describe('one sentence'),
    remedy: list(text).describe('what to do, in order'),
    waysOn: list(z.enum(['retry', 'answers', 'shell', 'bundle', 'power-off'])).describe('what makes sense now'),
  })
  .meta({ id: 'diagnosis' })

const failure = z
  .object({
    task,
    message: text.describe('one sentence: the cause as far as it is known'),
    nextSteps: list(text).describe('what a person can do'),
    command: optional(
      z
        .object({
          line: text.describe('as a person would type it; never with a secret'),
          exitCode: z.number().nullable().describe('null: a signal ended it, or it is not there'),
          lastLines: list(text),
        })
        .describe('the program that failed, when it was one'),
    ),
    problems: list(problem).describe('what the task itself found'),
    diagnosis: optional(diagnosis.describe('cause and remedy, where the catalogue knows it')),
  })
  .meta({ id: 'failure' })

/** What each event is for: the words of docs/events.md. */
export const EVENT_WORDS: Readonly<Record<InstallEvent['type'], string>> = {
  'install-started': 'The first event of an install: its tasks, in order.',
  'task-started': 'A task begins. One task at a time.',
  'task-progress':
    'A task tells how far it is, or a clock tells it for a task that is silent: between the start of a task and its end at most five seconds go by without an event.',
  'task-finished': 'A task is done, and what it did was looked at.',
  'task-failed':
    'A task failed, and the install ends. Comes before the disks are let go, so that it is read even where that hangs.',
  'task-undone': 'After a failure or a cancel: what this task mounted or opened is let go.',
  released: 'After a failure or a cancel: everything is let go that can be, and a retry is possible.',
  'install-finished': 'The last event of an install that went well.',
  'install-cancelled': 'The last event of an install that was cancelled.',
  notice:
    'Worth knowing, and nothing stops for it. Codes: `disk-slow`, `pool-degraded` (a mirrored or raidz pool runs with a disk less), `no-progress` (how far it is cannot be told any more).',
  log: 'A line of the log. Secrets in it are `***`.',
  'begun-found': 'An earlier install was found on this machine. Whether to go on with it is decided by the options.',
  'installed-found':
    'The only event of an install that was refused, because a disk that it would erase holds a finished install of the same answers: exit code 3, and nothing was changed. With `--begun start-over` it is erased.',
}

const schemas = {
  'install-started': z.object({
    type: z.literal('install-started'),
    at,
    planHash,
    tasks: list(
      z.object({
        id: task,
        title: text.describe('for a person'),
        weight: z.number().describe('share of the time; use expectedMs where it is given'),
        expectedMs: optional(ms.describe('measured on other machines, for this layout')),
      }),
    ),
  }),
  'task-started': z.object({ type: z.literal('task-started'), at, task, title: text.describe('for a person') }),
  'task-progress': z.object({
    type: z.literal('task-progress'),
    at,
    task,
    fraction: z.number().min(0).max(1).describe('of this task'),
    message: optional(text.describe('for a person: what it is at')),
    timeLeftMs: optional(
      ms.nullable().describe('what is left of this task; null: it cannot say now. Left out: it says nothing of it now'),
    ),
    bytes: optional(
      z
        .object({
          done: ms.describe('written or fetched since the task began'),
          total: ms.nullable().describe('null: not known'),
          perSecond: z.number().nullable().describe('over the last seconds; null: not known yet'),
        })
        .describe('of this task'),
    ),
  }),
  'task-finished': z.object({
    type: z.literal('task-finished'),
    at,
    task,
    outcome: z.enum(['done', 'already-done']).describe('already-done: by an earlier install that was gone on with'),
    durationMs: z.number(),
  }),
  'task-failed': z.object({ type: z.literal('task-failed'), at, failure }),
  'task-undone': z.object({ type: z.literal('task-undone'), at, task }),
  released: z.object({
    type: z.literal('released'),
    at,
    problems: list(problem).describe('what could not be let go'),
  }),
  'install-finished': z.object({ type: z.literal('install-finished'), at, durationMs: z.number() }),
  'install-cancelled': z.object({
    type: z.literal('install-cancelled'),
    at,
    task: task.nullable().describe('the task that was at work'),
  }),
  notice: z.object({
    type: z.literal('notice'),
    at,
    code: text.describe('stable; compare this'),
    message: text.describe('one sentence or two'),
  }),
  log: z.object({ type: z.literal('log'), at, task: task.nullable().describe('whose line it is'), line: text }),
  'begun-found': z.object({
    type: z.literal('begun-found'),
    at,
    planHash,
    startedAt: z.iso.datetime(),
    tasks: list(z.object({ id: task, stand: z.enum(['not begun', 'begun', 'finished', 'failed']) })),
    differs: list(problem).describe('why it cannot go on; empty: it can'),
  }),
  'installed-found': z.object({
    type: z.literal('installed-found'),
    at,
    planHash: text.describe('of the plan that was installed; another one where its disks were others'),
    hostName: text,
    installerVersion: text.describe('of Keystone'),
    finishedAt: z.iso.datetime().describe('by the clock of the medium at that time'),
    problem: problem.describe('code: installed-already'),
  }),
} as const satisfies Record<InstallEvent['type'], z.ZodType>

type Described = { [Type in keyof typeof schemas]: z.infer<(typeof schemas)[Type]> }[keyof typeof schemas]
/** The compiler holds the description against the type, in both directions. */
const isDescribed = (event: InstallEvent): Described => event
const isEvent = (described: Described): InstallEvent => described

export const EVENT_TYPES = Object.keys(schemas) as InstallEvent['type'][]
void [isDescribed, isEvent]

type Json = Readonly<Record<string, unknown>>

/** JSON Schema (draft 2020-12) of one line of `keystone install --progress json`. */
export function eventsJsonSchema(): Json {
  const one = z.toJSONSchema(z.union(Object.values(schemas) as unknown as readonly [z.ZodType, ...z.ZodType[]]), {
    target: 'draft-2020-12',
  })
  return {
    title: 'Event of a Keystone installation',
    description: 'One line of what keystone install tells as JSON lines.',
    ...one,
  }
}

/** The text of docs/events.md; `examples` are lines of a recorded stream, and for events that it does not have, made ones. */
export function eventsPage(examples: readonly InstallEvent[]): string {
  const sections = EVENT_TYPES.map((type) => {
    const example = examples.find((event) => event.type === type)
    const table = tableOf(z.toJSONSchema(schemas[type]) as unknown as ObjectSchema, ['type', 'at'])
    const shown = example === undefined ? '' : `\n\`\`\`json\n${JSON.stringify(example)}\n\`\`\`\n`
    return `## \`${type}\`\n\n${EVENT_WORDS[type]}\n${table}${shown}`
  })
  const { $defs } = eventsJsonSchema() as { $defs: Readonly<Record<string, ObjectSchema>> }
  const parts = Object.entries($defs).map(([id, schema]) => `## Part: ${id}\n${tableOf(schema, [])}`)
  return `# Events of an installation

What \`keystone install --progress json\` prints on stdout: one event a line, as JSON. The schema is [events.schema.json](events.schema.json)
(draft 2020-12), exact for this version. Written by \`node scripts/update-events.mjs\`; a test holds both files against a recorded stream.

Each event has \`type\` and \`at\` (when: ISO 8601, UTC). No event holds a secret. Fields and types may be added in later versions:
pass over what you do not know. Compare codes and types, never sentences. The tasks are
${TASK_IDS.map((id) => `\`${id}\``).join(', ')}.

How far the whole is: the sum of \`expectedMs\` of the tasks that are finished, and of the running one times its \`fraction\`, over
the sum of all. The exit code says how it ended: 0 installed, 2 bad answers, 3 the machine is not fit, 4 the install failed,
70 a mistake of Keystone's own, 130 cancelled.

${[...sections, ...parts].join('\n')}`
}

type ObjectSchema = { readonly properties: Readonly<Record<string, Json>>; readonly required: readonly string[] }

/** A row for each field but those that all events have; empty without any. */
function tableOf({ properties, required }: ObjectSchema, without: readonly string[]): string {
  const rows = Object.entries(properties)
    .filter(([key]) => !without.includes(key))
    .map(([key, value]) => {
      const note = required.includes(key) ? '' : ' (may be left out)'
      return `| \`${key}\`${note} | ${kindOf(value)} | ${value.description ?? ''} |`
    })
  return rows.length === 0 ? '' : `\n| field | kind | |\n|---|---|---|\n${rows.join('\n')}\n`
}

function kindOf(value: Json): string {
  const {
    $ref,
    type,
    enum: choices,
    anyOf,
    items,
  } = value as {
    $ref?: string
    type?: string | readonly string[]
    enum?: readonly string[]
    anyOf?: readonly Json[]
    items?: Json
  }
  if (anyOf !== undefined) return anyOf.map(kindOf).join(' or ')
  if (choices !== undefined)
    return choices.length === TASK_IDS.length ? 'a task' : choices.map((one) => `\`${one}\``).join(' or ')
  if (items !== undefined) return `list of ${kindOf(items)}`
  if ($ref !== undefined) return $ref.split('/').at(-1) ?? ''
  if (type !== 'object') return [type ?? ''].flat().join(' or ')
  const fields = Object.entries((value as { properties: Readonly<Record<string, Json>> }).properties)
  return `object: ${fields.map(([key, field]) => `\`${key}\` ${kindOf(field)}`).join(', ')}`
}
