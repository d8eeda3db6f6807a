import * as nodeModule from 'node:module'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type Command, type CommandName, HELP, readCommandLine } from './cli/arguments.ts'
import type { Ending } from './cli/ending.ts'
import type { Hands } from './cli/hands.ts'
import { nodeProblem } from './cli/node-version.ts'
import { INSTALLER_VERSION } from './model/version.ts'
import { openingFrame } from './ui/opening.ts'

// Nothing more is loaded at the start: neither `--help` nor the wizard's first frame waits for what it does not use.

const EXIT_CODES: Readonly<Record<Ending, number>> = {
  done: 0,
  'bad-answers': 2,
  'machine-unfit': 3,
  failed: 4,
  bug: 70,
  cancelled: 130,
}

/** How long the wizard may take to give the terminal back before it is taken from it. */
const FAREWELL_MS = 2000

/** How long we wait for an install to let go of the disks when we must leave. A disk that does not answer never lets go. */
const UNDO_MS = 20_000

/** Of the commands that have something to tidy up when they are asked to end; the others just end. */
const FAREWELLS: Readonly<Partial<Record<CommandName, string>>> = {
  install: 'Cancelling: what is mounted is let go first.\n',
  resume: 'Cancelling: what is mounted is let go first.\n',
  bundle: 'Cancelled.\n',
  'iso prepare': 'Cancelling: the unfinished image is removed.\n',
}

const here = dirname(fileURLToPath(import.meta.url))
const isBundle = !import.meta.url.endsWith('/cli.ts')

/** Aborted when we are asked to end: an install then undoes its mounts, everything else ends at once. */
const cancel = new AbortController()

async function main(argv: readonly string[]): Promise<Ending> {
  const line = readCommandLine(argv)
  if (line.what === 'help') {
    process.stdout.write(HELP)
    return 'done'
  }
  if (line.what === 'version') {
    process.stdout.write(`keystone ${INSTALLER_VERSION}\n`)
    return 'done'
  }
  if (line.what === 'error') {
    process.stderr.write(`keystone: ${line.message}\n${line.hint}\n`)
    return 'bad-answers'
  }
  const tooOld = nodeProblem(process.versions.node)
  if (tooOld !== null) {
    process.stderr.write(tooOld)
    return 'machine-unfit'
  }
  const command = withAbsolutePaths(line)
  if (command.what === 'wizard') return runWizard(command)
  const { runCommand } = await import('./cli/commands.ts')
  onEndRequest(() => {
    const farewell = FAREWELLS[command.what]
    if (farewell === undefined) leave('cancelled')
    // A line of progress may stand there, and ^C behind it.
    process.stderr.write(process.stdout.isTTY ? `\n${farewell}` : farewell)
    cancel.abort()
  })
  const terminal = {
    stdout: (text: string) => process.stdout.write(text),
    stderr: (text: string) => process.stderr.write(text),
    isTTY: process.stdout.isTTY,
    ...(process.stdin.isTTY && process.stderr.isTTY && { askHidden }),
  }
  const work = runCommand(command, await openHands(), terminal, cancel.signal)
  settled = () => work.catch(() => {})
  return work
}

async function runWizard(command: Command): Promise<Ending> {
  if (!process.stdin.isTTY || !process.stdout.isTTY) {
    process.stderr.write('keystone: the wizard needs a terminal\nkeystone install --answers FILE works without one\n')
    return 'bad-answers'
  }
  const terminal = capabilities()
  isWizardOpen = !terminal.linear
  // Keys typed from here on wait for the wizard, and are not echoed over its first frame.
  process.stdin.setRawMode(true)
  process.stdout.write(
    openingFrame(process.stdout.columns || 80, { isDryRun: command.isDryRun, isLinear: terminal.linear }),
  )
  const [{ startWizard }, { wizardServices }, { endingOf }, hands] = await Promise.all([
    import('./ui/app.tsx'),
    import('./cli/wizard-services.ts'),
    import('./cli/ending.ts'),
    openHands(),
  ])
  const opening = command.answers === null ? null : await readAnswersFor(hands, command.answers)
  const services = wizardServices(hands, { dryRunOut: command.out, machine: command.machine, signal: cancel.signal })
  settled = services.settled
  onEndRequest(() => {
    cancel.abort()
    // To the wizard this is a terminal that is gone: it waits for the install to let go of the disks, and leaves.
    process.stdin.emit('end')
    // With a shell in front it does not hear that.
    void services.settled().then(() => setTimeout(() => leave('cancelled'), FAREWELL_MS))
  })
  const exit = await startWizard(services, {
    stdin: process.stdin,
    stdout: process.stdout,
    capabilities: terminal,
    isDryRun: command.isDryRun,
    isOpened: true,
    ...(opening !== null && { opening }),
    ...(command.out !== null && { outDirectory: command.out }),
  }).finally(() => {
    isWizardOpen = false
  })
  if (exit.reason === 'quit') return 'cancelled'
  // Who leaves the failure page may leave before the disks are let go.
  const hasLetGo = await within(UNDO_MS, services.settled())
  if (!hasLetGo) {
    process.stderr.write('keystone: the disks are still held; restart the machine before they are used\n')
    return 'failed'
  }
  const outcome = services.lastOutcome()
  return exit.reason === 'failed' && outcome !== null ? endingOf(outcome) : 'done'
}

/** On standard error, because what a command says goes to standard output, and that may be a file. */
async function askHidden(question: string) {
  const { readHiddenLine } = await import('./cli/hidden-line.ts')
  return readHiddenLine(process.stdin, (text) => process.stderr.write(text), question)
}

/** Loaded only with an answer file: the wizard without one opens sooner. */
async function readAnswersFor(hands: Hands, file: string) {
  const { readOpening } = await import('./cli/read-opening.ts')
  return readOpening(hands, file)
}

async function openHands(): Promise<Hands> {
  const hands = await import('./cli/hands.ts')
  const assets = process.env.KEYSTONE_ASSETS ?? (isBundle ? here : null)
  return hands.openHands({
    environment: process.env,
    version: INSTALLER_VERSION,
    places:
      assets === null
        ? { templates: join(here, '../templates'), phases: join(here, '../scripts/phases') }
        : { templates: join(assets, 'templates'), phases: join(assets, 'phases') },
    machineDirectories: [join(here, 'testing/machines'), join(here, '../src/testing/machines')],
  })
}

function withAbsolutePaths(command: Command): Command {
  const absolute = (path: string | null) => (path === null ? null : resolve(path))
  const { answers, iso, out, recoveryKeyFile, secretsFrom } = command
  return {
    ...command,
    answers: absolute(answers),
    iso: absolute(iso),
    out: absolute(out),
    recoveryKeyFile: absolute(recoveryKeyFile),
    secretsFrom: absolute(secretsFrom),
  }
}

/** The Linux console and old terminals have no box drawing that could be relied on; NO_COLOR is no-color.org's, and
 *  INK_SCREEN_READER is Ink's. */
function capabilities() {
  const { TERM = '', LC_ALL, LC_CTYPE, LANG, NO_COLOR, INK_SCREEN_READER } = process.env
  const locale = LC_ALL || LC_CTYPE || LANG || ''
  const isOld = /^(vt\d+|dumb|)$/.test(TERM)
  return {
    unicode: !isOld && TERM !== 'linux' && /utf-?8/i.test(locale),
    colour: !NO_COLOR && !isOld,
    linear: TERM === 'dumb' || TERM === '' || INK_SCREEN_READER === 'true',
  }
}

/** Settles when no install is at work any more. */
let settled: () => Promise<unknown> = async () => {}

/** Whether it came in time. */
function within(ms: number, work: Promise<unknown>): Promise<boolean> {
  const isLate = new Promise<false>((resolve) => setTimeout(() => resolve(false), ms))
  return Promise.race([work.then(() => true), isLate])
}

function onEndRequest(listener: () => void): void {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, listener)
}

let isWizardOpen = false

/** For the ways out on which the wizard did not tidy up: no paste brackets, wrapping, no colour, cursor, main screen. */
function restoreTerminal(): void {
  if (!isWizardOpen) return
  isWizardOpen = false
  process.stdin.setRawMode?.(false)
  process.stdout.write('\u001B[?2004l\u001B[?7h\u001B[0m\u001B[?25h\u001B[?1049l')
  // Ink draws a last frame when the process exits.
  process.stdout.write = () => true
}

function leave(ending: Ending): never {
  restoreTerminal()
  process.exit(EXIT_CODES[ending])
}

async function explain(error: unknown): Promise<Ending> {
  const { describeError } = await import('./cli/describe-error.ts')
  const { text, ending } = describeError(error)
  process.stderr.write(text)
  return ending
}

// Whoever reads our output may stop reading; an install goes on without them.
process.stderr.on('error', () => {})
let lostOutput: Error | null = null
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') lostOutput = error
})

/** A file that could not be written (a full disk) must not look like one that was. An install and
 *  the wizard say by their own ending how it went, whatever became of the terminal. */
async function withLostOutput(ending: Ending, word = ''): Promise<Ending> {
  // The error of the last write comes by an event.
  await new Promise(setImmediate)
  const isWrittenOnly = /^[a-z]/.test(word) && word !== 'install' && word !== 'resume'
  if (lostOutput === null || ending !== 'done' || !isWrittenOnly) return ending
  process.stderr.write(`keystone: the output could not be written: ${lostOutput.message}\n`)
  return 'failed'
}

process.on('uncaughtException', (error) => {
  restoreTerminal()
  // What is mounted must not stay so because of a mistake of ours.
  cancel.abort()
  void explain(error)
    .finally(() => within(UNDO_MS, settled()))
    .finally(() => leave('bug'))
})

// The second start is quicker: what was compiled is kept below the temporary folder.
// Node 20, on which the commands that need no machine run too, does not have it.
nodeModule.enableCompileCache?.()
const argv = process.argv.slice(2)
leave(await withLostOutput(await main(argv).catch(explain), argv[0]))
