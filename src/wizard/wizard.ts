import { createActor, type EventObject, fromCallback, type SnapshotFrom } from 'xstate'
import type { InstallEvent } from '../model/event.ts'
import { wizardMachine } from './machine.ts'
import type { InstallInput, WizardInput } from './machine-parts.ts'
import type { PageId } from './pages.ts'
import type { Overlay, WizardEvent, WizardPorts, WizardState } from './state.ts'

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
      actors: { detect: detectActor(ports.detect), install: installActor(ports.install) },
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

function detectActor(detect: WizardPorts['detect']) {
  return fromCallback<EventObject>(({ sendBack }) => {
    const send = (event: WizardEvent) => sendBack(event)
    detect((part) => send({ type: 'DETECTED_PART', part })).then(
      (hardware) => send({ type: 'DETECTED', hardware }),
      (error: unknown) => send({ type: 'DETECTION_FAILED', message: messageOf(error) }),
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
