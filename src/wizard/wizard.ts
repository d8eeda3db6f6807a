import { createActor, type EventObject, fromCallback, type SnapshotFrom } from 'xstate'
import { isShownKey } from '../credentials/shown-key.ts'
import type { InstallEvent } from '../model/event.ts'
import type { Hardware } from '../model/hardware.ts'
import type { Problem } from '../model/problem.ts'
import { wizardMachine } from './machine.ts'
import type { CheckInput, DetectInput, InstallInput, WizardInput } from './machine-parts.ts'
import type { PageId } from './pages.ts'
import type { EarlierInstall, Overlay, WizardEvent, WizardPorts, WizardState } from './state.ts'

export type Wizard = {
  state(): WizardState
  send(event: WizardEvent): void
  /** Called after each change; gives the function that ends it. */
  subscribe(listener: () => void): () => void
  start(): void
  stop(): void
}

/** Log lines come in bursts of thousands: the state changes at most this often because of them. */
const EVENTS_GATHERED_MS = 100

/** The wizard without a screen: the chart, with the hands it was given. */
export function createWizard(ports: WizardPorts, input: Omit<WizardInput, 'recoveryKey'>): Wizard {
  const actor = createActor(
    wizardMachine.provide({
      actors: { detect: detectActor(ports), install: installActor(ports.install), checkSecrets: checkActor(ports) },
    }),
    { input: { ...input, recoveryKey: ports.makeRecoveryKey() } },
  )
  let state = plainState(actor.getSnapshot())
  const listeners = new Set<() => void>()
  actor.subscribe((snapshot) => {
    state = plainState(snapshot)
    for (const listener of listeners) listener()
  })
  return {
    state: () => state,
    send: (event) => actor.send(event),
    subscribe(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    start: () => actor.start(),
    stop: () => actor.stop(),
  }
}

export function plainState({ value, context }: SnapshotFrom<typeof wizardMachine>): WizardState {
  const { page, overlay } = value as { page: PageId; overlay: Overlay }
  return { ...context, page, overlay }
}

type Look = Pick<WizardPorts, 'detect' | 'findBegun' | 'release'>

function detectActor(ports: Look) {
  return fromCallback<EventObject, DetectInput>(({ sendBack, input }) => {
    const send = (event: WizardEvent) => sendBack(event)
    lookAtMachine(ports, input, (part) => send({ type: 'DETECTED_PART', part })).then(
      (found) => send({ type: 'DETECTED', ...found }),
      (error: unknown) => send({ type: 'DETECTION_FAILED', message: messageOf(error) }),
    )
  })
}

/** The hardware counts as known only when it is known as well whether an install was begun on it: nobody is to be past that
 *  page when the answer comes. */
async function lookAtMachine(
  { detect, findBegun, release }: Look,
  toRelease: DetectInput,
  onPart: (part: Partial<Hardware>) => void,
): Promise<{ readonly hardware: Hardware; readonly earlier?: EarlierInstall | null }> {
  const problems: Problem[] = []
  const orTell = async <Result>(work: Promise<Result>, code: string, what: string): Promise<Result | null> =>
    work.catch((error: unknown) => {
      problems.push({ code, path: [], message: `${what}: ${messageOf(error)}` })
      return null
    })
  if (toRelease !== null) {
    await orTell(release(toRelease), 'not-released', 'the earlier install could not be let go')
    const hardware = await detect(onPart)
    return { hardware: { ...hardware, problems: [...hardware.problems, ...problems] } }
  }
  const hardware = await detect(onPart)
  const what = 'whether an earlier install was begun here could not be found out'
  const earlier = await orTell(findBegun(hardware), 'begun-unknown', what)
  return { hardware: { ...hardware, problems: [...hardware.problems, ...problems] }, earlier }
}

function checkActor({ opensDisks }: Pick<WizardPorts, 'opensDisks'>) {
  return fromCallback<EventObject, CheckInput>(({ sendBack, input }) => {
    if (input === null) return
    const { begun, passphrase, recoveryKey } = input
    // What went wrong is told by the install itself, with all that belongs to it.
    const orNull = (work: Promise<boolean | null> | null) => work?.catch(() => null) ?? Promise.resolve(null)
    const isOpened = orNull(passphrase && opensDisks(begun, passphrase))
    const isShown = orNull(recoveryKey && isShownKey(begun.saved.recoveryKeyHash, recoveryKey))
    Promise.all([isOpened, isShown]).then(([opens, isKey]) =>
      sendBack({ type: 'SECRETS_CHECKED', opens, isKey } satisfies WizardEvent),
    )
  })
}

function installActor(install: WizardPorts['install']) {
  return fromCallback<EventObject, InstallInput>(({ sendBack, receive, input }) => {
    if (input === null) return
    const send = (event: WizardEvent) => sendBack(event)
    const controller = new AbortController()
    receive(() => controller.abort())

    let gathered: InstallEvent[] = []
    let timer: ReturnType<typeof setTimeout> | undefined
    const flush = () => {
      clearTimeout(timer)
      timer = undefined
      if (gathered.length === 0) return
      const events = gathered
      gathered = []
      send({ type: 'INSTALL_EVENTS', events })
    }

    install({
      ...input,
      signal: controller.signal,
      onEvent(event) {
        gathered.push(event)
        if (event.type === 'task-failed' || event.type === 'released') {
          flush()
          send(
            event.type === 'task-failed'
              ? { type: 'TASK_FAILED', failure: event.failure }
              : { type: 'RELEASED', problems: event.problems },
          )
          return
        }
        timer ??= setTimeout(flush, EVENTS_GATHERED_MS)
      },
    }).then(
      (result) => {
        flush()
        if (result.status === 'installed') send({ type: 'INSTALLED' })
        else if (result.status === 'cancelled') send({ type: 'INSTALL_CANCELLED' })
        else send({ type: 'INSTALL_FAILED', failure: result.failure })
      },
      (error: unknown) => {
        flush()
        send({ type: 'INSTALL_FAILED', failure: unexpectedFailure(error) })
      },
    )
    return () => {
      clearTimeout(timer)
      controller.abort()
    }
  })
}

/** The install service answers with a result; a rejection is a fault of ours, and still must end on the failure page. */
function unexpectedFailure(error: unknown) {
  return {
    task: 'preflight' as const,
    message: `the installer itself failed: ${messageOf(error)}`,
    nextSteps: ['look at the log', 'try again', 'please report this with the log'],
    problems: [],
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
