import { within } from '../failures/within.ts'
import type { InstallEvent, TaskFailure } from '../model/event.ts'
import type { Hardware } from '../model/hardware.ts'
import type { Plan, RenderedFile } from '../model/plan.ts'
import type { Begun } from '../model/saved-install.ts'
import { BUILT_AT, INSTALLER_VERSION } from '../model/version.ts'
import { type Program, programs } from '../system/programs.ts'
import type { System } from '../system/system.ts'
import type { BundlePart, MissingPart } from './bundle.ts'

const LIMIT_MS = 10_000

type Asked = readonly [name: string, program: Program, args: readonly string[]]

/** Of this boot, to choose from: the journal keeps more than the kernel's own memory does, and a rescue system may have none. */
const KERNEL: readonly [Asked, ...Asked[]] = [
  ['kernel.txt', programs.journalctl, ['-q', '-k', '-b', '-o', 'short-monotonic', '--no-pager', '--no-hostname']],
  ['kernel.txt', programs.dmesg, []],
]
/** What the machine is asked for a bundle: each is left out when there is no answer in time. */
const COMMANDS: readonly Asked[] = [
  ['disks.txt', programs.lsblk, ['-o', 'NAME,TYPE,SIZE,FSTYPE,LABEL,PARTLABEL,MODEL,SERIAL,MOUNTPOINTS']],
  ['pools.txt', programs.zpool, ['status', '-v', '-P']],
  ['mounts.txt', programs.findmnt, ['--list', '--output', 'TARGET,SOURCE,FSTYPE,OPTIONS,AVAIL']],
  ['network.txt', programs.ip, ['addr']],
  ['routes.txt', programs.ip, ['route']],
]
const FILES = ['/proc/cmdline', '/proc/meminfo', '/proc/swaps', '/proc/modules', '/proc/version', '/etc/resolv.conf']

/** What is known of an install, for its support bundle. */
export type BundleInput = {
  readonly log: readonly string[]
  readonly events: readonly InstallEvent[]
  readonly hardware: Hardware | null
  readonly plan: Plan | null
  readonly files: readonly RenderedFile[]
  readonly failure: TaskFailure | null
  readonly begun: Begun | null
  /** What the caller could not give. */
  readonly missing?: readonly MissingPart[]
}

/** Everything that helps to understand a failure, as it is: secrets are taken out by makeBundle. `about.json` says what is
 *  missing and why. Never throws, and waits for no answer longer than 10 s. */
export async function collectParts(input: BundleInput & { readonly system: System }): Promise<readonly BundlePart[]> {
  const { system, log, events, hardware, plan, files, failure, begun, missing = [] } = input
  const json = (name: string, value: unknown): BundlePart => ({ kind: 'json', name, value })
  const text = (name: string, content: string): BundlePart => ({ kind: 'text', name, text: content })
  const about = { keystone: INSTALLER_VERSION, builtAt: BUILT_AT, madeAt: system.now().toISOString() }
  const machine = await readMachine(system)
  const notAnswered = machine
    .filter(({ content }) => content === null)
    .map(({ name }): MissingPart => ({ name: `machine/${name}`, why: NO_ANSWER }))
  return [
    json('about.json', { ...about, missing: [...missing, ...notAnswered] }),
    ...(failure === null ? [] : [json('failure.json', failure)]),
    text('install.log', log.map((line) => `${line}\n`).join('')),
    // The log's lines are in the log.
    json(
      'events.json',
      events.filter(({ type }) => type !== 'log'),
    ),
    ...(begun === null ? [] : [json('journal.json', begun), text('answers.yaml', begun.saved.answers)]),
    ...(hardware === null ? [] : [json('hardware.json', hardware)]),
    ...(plan === null ? [] : [json('plan.json', plan)]),
    ...files.map(({ path, content }) => text(`rendered${path}`, content)),
    ...machine.flatMap(({ name, content }) => (content === null ? [] : [text(`machine/${name}`, content)])),
  ]
}

type Answer = { readonly name: string; readonly content: string | null }

const NO_ANSWER = 'the machine did not give it within 10 s, or has no such program or file'

async function readMachine(system: System): Promise<readonly Answer[]> {
  const commands = COMMANDS.map((asked) => ask(system, asked))
  const files = FILES.map(async (path): Promise<Answer> => {
    const content = await within(LIMIT_MS, () => system.readText(path))
    return { name: `${path.slice(path.lastIndexOf('/') + 1)}.txt`, content }
  })
  return Promise.all([askUntilAnswered(system, KERNEL), ...commands, ...files])
}

async function ask(system: System, [name, program, args]: Asked): Promise<Answer> {
  const content = await within(
    LIMIT_MS,
    async () => (await system.query(program, args, { timeoutMs: LIMIT_MS })).stdout,
  )
  return { name, content }
}

/** A kernel always has something to say: an empty answer is none. */
async function askUntilAnswered(system: System, asked: readonly [Asked, ...Asked[]]): Promise<Answer> {
  const [first, ...others] = asked
  const answer = await ask(system, first)
  if (answer.content !== null && answer.content.trim() !== '') return answer
  const [next, ...rest] = others
  return next === undefined ? { ...answer, content: null } : askUntilAnswered(system, [next, ...rest])
}
