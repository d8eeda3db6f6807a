import { catalogue } from '../failures/catalogue.ts'
import { diagnose } from '../failures/diagnose.ts'
import type { CatalogueEntry } from '../failures/entry.ts'
import { installSequence } from '../install/sequences.ts'
import type { WayOn } from '../model/failure.ts'

const HEAD = `# Troubleshooting

When an installation stops, Keystone looks at the machine and tells the cause, if it is one of those below, with what to do. The same
stands in the JSON of a run without a screen: the event \`task-failed\` has \`failure.diagnosis.code\`. What is not here is shown
with the last lines of the program that failed; a support bundle has the rest. What is found before anything is erased says itself
what to do, and is not here.

- **A shell** is on the page of the failure; \`exit\` leads back to it. The disks are let go after a failure: where that was
  possible nothing is mounted below /mnt, and no pool is imported.
- **The log** is on that page too, and in \`/var/log/keystone-install.log\`, until the machine is started again.
- **Retry** goes on where it stopped; without a screen it is \`keystone resume\`. **Change the answers** starts over, and the disks
  are erased again.
- **After a restart** of the medium Keystone offers to continue, once the disks were formatted.
- **A bundle** for those who help: F2 on the page, or \`keystone bundle\` in a shell.

This page is made from the catalogue in \`src/failures/\` by \`npm run update-troubleshooting\`. The sentences are those of an example
of each; on the machine they name its own disks, processes and paths.
`

const WAY_WORDS: Readonly<Record<WayOn, string>> = {
  retry: 'retry',
  answers: 'change the answers',
  shell: 'a shell',
  bundle: 'save a support bundle',
  'power-off': 'power off',
}

/** docs/troubleshooting.md as it should be. */
export function troubleshootingPage(): string {
  const rows = catalogue.map(({ code, title }) => `| [\`${code}\`](#${code}) | ${title} |`)
  return [HEAD, '| code | what happened |', '| --- | --- |', ...rows, '', ...catalogue.flatMap(section)].join('\n')
}

function section({ code, title, example, waysOn }: CatalogueEntry): readonly string[] {
  const { cause = '', remedy = [] } = diagnose(example.signature, example.facts) ?? {}
  return [
    `## ${code}`,
    '',
    `**${title}.** ${sentence(cause)}`,
    '',
    ...remedy.map((step) => `- ${sentence(step)}`),
    '',
    `${seenAt(example.signature)} What makes sense, the best first: ${waysOn.map((way) => WAY_WORDS[way]).join(', ')}.`,
    '',
  ]
}

function seenAt({
  task,
  program,
  action,
  exitCode,
  signal,
  errno,
  inner,
}: CatalogueEntry['example']['signature']): string {
  const title = installSequence.find(({ id }) => id === task)?.title ?? task
  const name = inner ?? { program, action: action?.startsWith('/') ? null : action }
  const words = [name.program, name.action?.startsWith('/') ? null : name.action].filter(
    (word) => typeof word === 'string',
  )
  const how =
    signal !== null ? `ended by ${signal}` : exitCode !== null ? `exit code ${exitCode}` : (errno ?? 'found by looking')
  return `Seen in "${title}"${words.length > 0 ? ` (\`${words.join(' ')}\`, ${how})` : ` (${how})`}.`
}

function sentence(text: string): string {
  const escaped = text.replace(/[<>|*]/g, (sign) => `\\${sign}`)
  return `${escaped.charAt(0).toUpperCase()}${escaped.slice(1)}.`
}
