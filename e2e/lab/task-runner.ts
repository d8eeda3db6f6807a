// In the guest: the product's own tasks on the real machine, without an install around them. For disks that come in many
// states, and for mounting and letting go many times: an install each would take hours.
//
//   node task-runner.mjs layout ANSWERS       erase, partition, verify, let go; what the task leaves goes to ANSWERS.outputs
//   node task-runner.mjs cycles N ANSWERS     N times: mount what `layout` made, verify, write a file, let go
//
// Each step is one JSON line on stdout; it ends with 0, or with the problem on stderr and 1.
import { readFile, writeFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { formatProblems } from '../../src/answers/format-problems.ts'
import { planFromFile } from '../../src/answers/plan-from-file.ts'
import { secretsOf } from '../../src/credentials/install-secrets.ts'
import { detectHardware } from '../../src/hardware/detect.ts'
import { makeTargetFiles } from '../../src/install/assets.ts'
import { contextFor, type Outputs } from '../../src/install/context-for.ts'
import { createLiveLog } from '../../src/install/live-log.ts'
import { findHold } from '../../src/install/release-target.ts'
import { installSequence, type SequenceEntry } from '../../src/install/sequences.ts'
import type { Problem } from '../../src/model/problem.ts'
import { confirmationOf } from '../../src/plan/confirmation.ts'
import { UserError } from '../../src/system/errors.ts'
import { identifyMachine } from '../../src/system/identify-machine.ts'
import { createLocalSystem } from '../../src/system/local-system.ts'
import type { TaskContext, TaskOutputs } from '../../src/tasks/task.ts'

export type Request =
  | { readonly verb: 'layout'; readonly answers: string }
  | { readonly verb: 'cycles'; readonly count: number; readonly answers: string }

/** @throws Error for any other command line. */
export function readRequest([verb, ...words]: readonly string[]): Request {
  const [first = '', second = ''] = words
  if (verb === 'layout' && words.length === 1) return { verb, answers: first }
  const count = Number(first)
  if (verb === 'cycles' && words.length === 2 && Number.isInteger(count) && count > 0)
    return { verb, count, answers: second }
  throw new Error('task-runner: layout ANSWERS | cycles N ANSWERS')
}

class Failed extends Error {
  override readonly name = 'Failed'
}

const tell = (line: object) => void process.stdout.write(`${JSON.stringify(line)}\n`)

async function timed(step: string, work: () => Promise<unknown>, cycle?: number): Promise<void> {
  const started = Date.now()
  await work()
  tell({ step, ...(cycle !== undefined && { cycle }), ms: Date.now() - started })
}

function refuse(step: string, problems: readonly Problem[]): void {
  if (problems.length > 0)
    throw new Failed(`${step}: ${problems.map(({ code, message }) => `${code}: ${message}`).join('; ')}`)
}

/** All that the task gets in an install, for these answers on this machine. */
async function contextOf(file: string, outputs: Outputs): Promise<{ task: SequenceEntry; context: TaskContext }> {
  const { log, listen } = createLiveLog()
  listen((line) => process.stderr.write(`${line}\n`))
  const system = createLocalSystem({ log, environment: process.env })
  const hardware = await detectHardware(system, { identify: identifyMachine })
  const read = await planFromFile(await readFile(file, 'utf8'), basename(file), hardware, {
    readSecretFile: async () => null,
  })
  if ('problems' in read) throw new Failed(formatProblems(read.problems, basename(file)))
  const { plan, answers } = read
  const secrets = secretsOf(answers, null)
  for (const secret of Object.values(secrets)) if (secret !== null) log.hide(secret)
  const assets = join(import.meta.dirname, '..')
  const places = { templates: join(assets, 'templates'), phases: join(assets, 'phases') }
  const task = installSequence.find(({ id }) => id === 'partition')
  if (task?.restore === undefined || task.undo === undefined)
    throw new Failed('partition cannot be restored and undone')
  const context = contextFor(
    task,
    {
      ...(await makeTargetFiles(system, places, plan)),
      plan,
      secrets,
      confirmation: confirmationOf(
        plan.storage.disks.map(({ id }) => id),
        hardware,
      ),
      begun: null,
      leftBy: null,
      answersText: '',
      installerVersion: 'lab',
      tasks: [task],
      system,
      log,
      signal: new AbortController().signal,
      onEvent: () => {},
    },
    outputs,
  )
  return { task, context }
}

async function letGo(task: SequenceEntry, context: TaskContext): Promise<void> {
  await task.undo?.(context)
  const { mounts, swaps, mapping, pools } = await findHold(context.system, context.plan)
  const left = [...mounts, ...swaps, ...pools, ...(mapping === null ? [] : [mapping])]
  if (left.length > 0) throw new Failed(`still held after the undo: ${left.join(', ')}`)
}

async function main(argv: readonly string[]): Promise<void> {
  const request = readRequest(argv)
  const left = `${request.answers}.outputs`
  const outputs: Outputs =
    request.verb === 'layout' ? {} : { partition: JSON.parse(await readFile(left, 'utf8')) as TaskOutputs }
  const { task, ...rest } = await contextOf(request.answers, outputs)
  let { context } = rest
  const verify = async () => refuse('verify', await task.verify(context))
  if (request.verb === 'layout') {
    await timed('partition', async () => {
      const made = (await task.run(context)) ?? {}
      context = { ...context, outputs: { partition: made } }
      await writeFile(left, JSON.stringify(made))
    })
    await timed('verify', verify)
    await timed('release', () => letGo(task, context))
    return
  }
  for (let cycle = 1; cycle <= request.count; cycle += 1) {
    await timed('restore', async () => task.restore?.(context), cycle)
    await timed('verify', verify, cycle)
    // Something to write back: a clean file system lets go easily.
    const file = '/mnt/cycles'
    await timed('write', () => context.system.appendFile(file, `${cycle}\n`.repeat(10_000), { mode: 0o600 }), cycle)
    await timed('release', () => letGo(task, context), cycle)
  }
}

if (import.meta.main) {
  try {
    await main(process.argv.slice(2))
  } catch (error) {
    process.stderr.write(`${error instanceof Failed ? error.message : String((error as Error).stack ?? error)}\n`)
    if (error instanceof UserError)
      for (const { code, message } of error.problems) process.stderr.write(`${code}: ${message}\n`)
    process.exitCode = 1
  }
}
