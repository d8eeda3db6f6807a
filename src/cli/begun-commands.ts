import { randomBytes } from 'node:crypto'
import { basename } from 'node:path'
import { formatProblem } from '../answers/format-problems.ts'
import { secretsOf } from '../credentials/install-secrets.ts'
import { makeRecoveryKey } from '../credentials/recovery-key.ts'
import { isShownKey } from '../credentials/shown-key.ts'
import { type HeadlessRequest, installHeadless } from '../headless.ts'
import { makeTargetFiles } from '../install/assets.ts'
import { neededSecrets } from '../install/needed-secrets.ts'
import type { InstallEvent } from '../model/event.ts'
import type { Hardware } from '../model/hardware.ts'
import type { InstallSecrets } from '../model/install-secrets.ts'
import type { Problem } from '../model/problem.ts'
import type { Begun } from '../model/saved-install.ts'
import { Secret } from '../model/secret.ts'
import { UserError } from '../system/errors.ts'
import { programs } from '../system/programs.ts'
import { begunDisks, begunLines, begunTasks, ERASES_AGAIN, erasesAgain, formatMoment } from '../ui/begun-words.ts'
import { findSecretFault, isSetUnchecked, OTHER_KEY, readRecoveryKey, SECRET_WORDS } from '../wizard/begun-secrets.ts'
import type { SecretName } from '../wizard/state.ts'
import type { Command } from './arguments.ts'
import { findEarlier, findEarlierInstalls, opensDisks } from './earlier-install.ts'
import { type Ending, endingOf } from './ending.ts'
import { askOnTerminal, secretsOfFile } from './file-secrets.ts'
import { type Hands, lookAtMachine } from './hands.ts'
import { typeWith } from './live-keyboard.ts'
import { readPlan } from './read-plan.ts'
import type { Terminal } from './terminal.ts'

const LINE_WIDTH = 80

/** Shows what an earlier install has done; changes nothing. */
export async function look(command: Command, hands: Hands, terminal: Terminal): Promise<Ending> {
  const hardware = await lookAtMachine(hands, null)
  const { begun, finished } = await findEarlierInstalls(hands, hardware)
  if (command.isJson) {
    const json = { ...(begun === null ? { begun } : lookJson(begun)), ...(finished.length > 0 && { finished }) }
    terminal.stdout(`${JSON.stringify(json, null, 2)}\n`)
    return 'done'
  }
  if (begun === null) terminal.stdout('No install was begun on this machine that has not come to its end.\n')
  else terminal.stdout(`${begunLines(begun, hardware, LINE_WIDTH).join('\n')}\n`)
  for (const { mark, diskPath } of finished) {
    terminal.stdout(`${diskPath} holds ${mark.hostName}, installed on ${formatMoment(mark.finishedAt)}\n`)
  }
  return 'done'
}

function lookJson({ saved, tasks, isInstalled, place, problems }: Begun): object {
  const { startedAt, planHash, installerVersion, plan } = saved
  const disks = plan.storage.disks.map(({ id, serial, sizeBytes }) => ({ id, serial, sizeBytes }))
  const { hostName } = plan
  return {
    begun: { startedAt, installerVersion, planHash, hostName, disks, place, isInstalled, tasks, problems },
  }
}

/** A test gives its own install. */
type How = Pick<HeadlessRequest, 'install'>

/** `keystone resume`: goes on with what was begun here, and nothing else. */
export async function resume(
  command: Command,
  hands: Hands,
  terminal: Terminal,
  signal: AbortSignal,
  how: How = {},
): Promise<Ending> {
  const hardware = await lookAtMachine(hands, null)
  const begun = await findEarlier(hands, hardware)
  if (begun !== null) return goOn(command, { begun, hardware }, hands, terminal, signal, how)
  terminal.stderr('keystone: no install was begun on this machine that could go on\n')
  return 'machine-unfit'
}

type Found = { readonly begun: Begun; readonly hardware: Hardware }

/** Says what was found and how to go on, in words and as an event, and does nothing. */
export function offer(command: Command, { begun, hardware }: Found, terminal: Terminal): Ending {
  tellFound(command, begun, begun.problems, terminal)
  const canContinue = begun.problems.length === 0
  const lines = [
    'An install was begun on this machine and has not come to its end.',
    `  begun    ${formatMoment(begun.saved.startedAt)}`,
    `  machine  ${begun.saved.plan.hostName}`,
    ...begunDisks(begun, hardware).map((disk) => `  disk     ${disk}`),
    `  tasks    ${begunTasks(begun)}`,
    ...(canContinue ? [] : ['It cannot go on:', ...begun.problems.map((problem) => `  - ${formatProblem(problem)}`)]),
    ...(canContinue && erasesAgain(begun) ? [ERASES_AGAIN] : []),
    'Nothing was changed. Choose:',
    ...(canContinue ? ['  keystone resume                                  to go on with it'] : []),
    '  keystone install --answers FILE --begun start-over   to erase the disks of FILE and begin again',
    '  keystone look                                    to see more',
  ]
  terminal.stderr(`${lines.join('\n')}\n`)
  return 'machine-unfit'
}

/** Goes on, or stops with the difference when it is not the same machine, installer or plan any more. */
export async function goOn(
  command: Command,
  { begun, hardware }: Found,
  hands: Hands,
  terminal: Terminal,
  signal: AbortSignal,
  how: How = {},
): Promise<Ending> {
  const { saved } = begun
  const { plan } = saved
  const stop = (differs: readonly Problem[]): Ending => {
    tellFound(command, begun, differs, terminal)
    const lines = differs.map((problem) => `  - ${formatProblem(problem)}`)
    terminal.stderr(`The install that was begun here cannot go on:\n${lines.join('\n')}\nNothing was changed.\n`)
    return 'machine-unfit'
  }
  if (begun.problems.length > 0) return stop(begun.problems)
  const needed = neededSecrets(begun)
  let given: Partial<InstallSecrets>
  if (command.answers === null) {
    given = await secretsWithoutFile(command, begun, needed, hands, terminal)
  } else {
    const sources = sourcesFor(command, begun, needed, hands, terminal)
    const planned = await readPlan(hands.system, command.answers, freed(hardware, begun), sources)
    if ('report' in planned) {
      terminal.stderr(planned.report)
      return planned.status
    }
    if (planned.plan.hash !== saved.planHash)
      return stop([otherPlan(basename(command.answers), planned.plan.hash, begun)])
    given = secretsOf(planned.answers, null)
  }
  if (given.passphrase && (await opensDisks(hands.system, begun, given.passphrase)) === false) {
    throw new UserError('the disks do not open with this passphrase', {
      nextSteps: ['give the one that they were formatted with', 'or start over'],
    })
  }
  if (erasesAgain(begun)) terminal.stderr(`${ERASES_AGAIN}\n`)
  const outcome = await installHeadless({
    ...(await makeTargetFiles(hands.system, hands.places, plan)),
    ...terminal,
    ...how,
    plan,
    begun,
    answersText: saved.answers,
    installerVersion: hands.version,
    secrets: onlyNeeded(given, needed),
    recoveryKey: needed.includes('recoveryKey') ? await earlierKey(command, given, begun, hands) : null,
    confirmation: saved.confirmation,
    signal,
    system: hands.system,
    liveLog: hands.liveLog,
    progress: command.progress ?? (terminal.isTTY ? 'plain' : 'json'),
    recoveryKeyFile: command.recoveryKeyFile,
  })
  if (outcome.status === 'installed' && command.reboots) await hands.system.run(programs.systemctl, ['reboot'])
  return endingOf(outcome)
}

function tellFound(command: Command, begun: Begun, differs: readonly Problem[], terminal: Terminal): void {
  if ((command.progress ?? (terminal.isTTY ? 'plain' : 'json')) !== 'json') return
  const { startedAt, planHash } = begun.saved
  const event: InstallEvent = {
    type: 'begun-found',
    at: new Date().toISOString(),
    planHash,
    startedAt,
    tasks: begun.tasks,
    differs,
  }
  terminal.stdout(`${JSON.stringify(event)}\n`)
}

function otherPlan(file: string, hash: string, { saved }: Begun): Problem {
  return {
    code: 'other-plan',
    path: [],
    message: `${file} makes another plan (${hash.slice(0, 12)}) than the one that was begun (${saved.planHash.slice(0, 12)})`,
    hint: 'go on with the answer file of that install, or start over',
  }
}

/** The disks of the plan may be held open by the earlier install itself. Whether they are free otherwise preflight sees. */
function freed(hardware: Hardware, { saved }: Begun): Hardware {
  const ours = new Set(saved.plan.storage.disks.map(({ id }) => id))
  return {
    ...hardware,
    disks: hardware.disks.map((disk) => (disk.id !== null && ours.has(disk.id) ? { ...disk, inUse: null } : disk)),
  }
}

const areFormatted = ({ tasks }: Begun) => tasks.some(({ id, stand }) => id === 'partition' && stand === 'finished')

function sourcesFor(
  { answers }: Command,
  begun: Begun,
  needed: readonly SecretName[],
  hands: Hands,
  terminal: Terminal,
) {
  const ask = askOnTerminal(terminal)
  let isReady = !terminal.askHidden
  return secretsOfFile(hands, answers ?? '', async (secret) => {
    if (!isReady) await typeWith(begun.saved.plan.system.keyboard, hands.system, terminal)
    isReady = true
    const name = needed.find((one) => one === secret.key)
    return ask({ ...secret, isNew: name !== undefined && isSetUnchecked(name, areFormatted(begun)) })
  })
}

function onlyNeeded(
  given: Partial<InstallSecrets>,
  needed: readonly SecretName[],
): Omit<InstallSecrets, 'recoveryKey'> {
  const of = (name: SecretName) => (needed.includes(name) ? (given[name] ?? null) : null)
  return {
    passphrase: of('passphrase'),
    pin: of('pin'),
    password: of('password'),
    passwordHash: of('passwordHash'),
    wifiPassphrase: of('wifiPassphrase'),
    joinToken: of('joinToken'),
  }
}

/** From the file of `--secrets-from`, and the rest from the person. */
async function secretsWithoutFile(
  { secretsFrom }: Command,
  begun: Begun,
  needed: readonly SecretName[],
  hands: Hands,
  terminal: Terminal,
): Promise<Partial<InstallSecrets>> {
  const given: Partial<Record<SecretName, Secret | null>> =
    secretsFrom === null ? {} : await readSecrets(hands, secretsFrom)
  const open = needed.filter((name) => name !== 'recoveryKey' && !given[name])
  if (open.length > 0 && terminal.askHidden) await typeWith(begun.saved.plan.system.keyboard, hands.system, terminal)
  const ask = askOnTerminal(terminal)
  for (const name of open) {
    const words = SECRET_WORDS[name]
    const typed = await ask({ what: words, isNew: isSetUnchecked(name, areFormatted(begun)) })
    if (typed === null || typed === '') {
      throw new UserError(`the ${words} is needed to go on`, {
        nextSteps: [
          'give the answer file: keystone resume --answers FILE',
          'or --secrets-from FILE, or start it on a terminal',
        ],
      })
    }
    const fault = findSecretFault(name, typed, areFormatted(begun))
    if (fault !== null)
      throw new UserError(`the ${words} cannot be taken: ${fault.message}`, {
        nextSteps: ['type it once more: keystone resume'],
      })
    given[name] = new Secret(typed)
  }
  return given as Partial<InstallSecrets>
}

/** JSON, `{"passphrase": "…"}`. No message quotes anything of it. */
async function readSecrets({ system }: Hands, file: string): Promise<Partial<Record<SecretName, Secret>>> {
  const text = await system.readText(file)
  if (text === null) throw new UserError(`cannot read the secrets in ${file}`, { nextSteps: ['check the path'] })
  const wrong = (what: string) =>
    new UserError(`${file} ${what}`, {
      nextSteps: [`it is JSON with some of ${Object.keys(SECRET_WORDS).join(', ')}, each a text`],
    })
  let read: unknown
  try {
    read = JSON.parse(text)
  } catch {
    throw wrong('is not JSON')
  }
  if (typeof read !== 'object' || read === null || Array.isArray(read)) throw wrong('is not a JSON object')
  const entries = Object.entries(read)
  const isName = (name: string): name is SecretName => name in SECRET_WORDS
  if (entries.some(([name, value]) => !isName(name) || typeof value !== 'string'))
    throw wrong('has something else in it')
  return Object.fromEntries(entries.map(([name, value]) => [name, new Secret(String(value))]))
}

/** The key that was handed over when the install was begun, where it still can be read; else a new one is made: no disk has
 *  the earlier one. */
async function earlierKey(
  { recoveryKeyFile }: Command,
  given: Partial<InstallSecrets>,
  { saved }: Begun,
  { system }: Hands,
): Promise<{ readonly key: Secret; readonly isNew: boolean }> {
  const inFile = given.recoveryKey || recoveryKeyFile === null ? null : await system.readText(recoveryKeyFile)
  const text = given.recoveryKey?.reveal() ?? inFile
  if (text === null) return { key: makeRecoveryKey(randomBytes), isNew: true }
  const where = given.recoveryKey ? 'the file of --secrets-from' : (recoveryKeyFile ?? '')
  const key = readRecoveryKey(text)
  if (key === null) {
    throw new UserError(`${where} has no recovery key of Keystone in it`, {
      nextSteps: ['give the key as it was shown: eight groups of eight letters', NEW_KEY],
    })
  }
  // No disk has it yet: one with a slip in it would be enrolled, and open nothing when it is needed.
  if ((await isShownKey(saved.recoveryKeyHash, key)) === false) {
    const { hint } = OTHER_KEY
    throw new UserError(`the install does not go on with the recovery key in ${where}; nothing was changed`, {
      problems: [OTHER_KEY],
      nextSteps: [hint, NEW_KEY],
    })
  }
  return { key, isNew: false }
}

const NEW_KEY = 'or leave it out: a new one is made and shown, and the old one is to be thrown away'
