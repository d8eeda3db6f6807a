import { render } from 'ink'
import { useSyncExternalStore } from 'react'
import type { OpeningAnswers } from '../answers/opening-answers.ts'
import { createWizard } from '../wizard/wizard.ts'
import { BundlePage } from './bundle-page.tsx'
import { FailedPage } from './failed-page.tsx'
import { FormPage } from './form-page.tsx'
import { Frame } from './frame.tsx'
import { isTooSmall } from './frame-size.ts'
import { InstallPage } from './install-page.tsx'
import { createKeyInput, type TerminalInput } from './key-input.ts'
import { createLinePainter } from './line-painter.ts'
import { formOf } from './page-forms.ts'
import { createPainter, type TerminalOutput } from './painter.ts'
import { PowerOffDialog } from './power-off-dialog.tsx'
import { QuitDialog } from './quit-dialog.tsx'
import { ReadingPage } from './reading-page.tsx'
import type { Capabilities, WizardExit, WizardServices } from './services.ts'
import { createSession, type Session } from './session.ts'
import { TooSmall } from './too-small.tsx'

export type WizardOptions = {
  readonly stdin: TerminalInput
  readonly stdout: TerminalOutput
  readonly capabilities: Capabilities
  readonly isDryRun: boolean
  /** The opening frame is on the screen already. */
  readonly isOpened?: boolean
  /** From an answer file. */
  readonly opening?: OpeningAnswers
  /** Where a dry run puts its files, for the last page. */
  readonly outDirectory?: string
}

/** Runs the wizard on a terminal until the person leaves it; the terminal is given back in every case. Rejects only with
 *  faults of ours and of `reboot`. */
export async function startWizard(services: WizardServices, options: WizardOptions): Promise<WizardExit> {
  const { unicode: isUnicode, linear = false } = options.capabilities
  const painter = linear
    ? createLinePainter(options.stdout, { isUnicode })
    : createPainter(options.stdout, { isUnicode, isEntered: options.isOpened ?? false })
  const wizard = createWizard(services, {
    isDryRun: options.isDryRun,
    ...(options.opening && { opening: options.opening }),
  })
  const session = createSession({
    wizard,
    services,
    painter,
    capabilities: options.capabilities,
    outDirectory: options.outDirectory ?? null,
    lendTerminal,
    print: (text) => options.stdout.write(text),
  })
  let hasHungUp = false
  let isLeaving = false
  const keys = createKeyInput(options.stdin, {
    route(key) {
      painter.heardKey()
      return session.route(key)
    },
    onCursorReport: ({ row, column }) => painter.setSize({ rows: row, columns: column }),
    onEnd: () => {
      hasHungUp = true
      leaveIfHungUp()
    },
  })

  async function lendTerminal(work: () => Promise<void>) {
    keys.stop()
    painter.stop()
    try {
      await work()
    } finally {
      painter.start()
      keys.start()
    }
  }

  /** The terminal is gone: leave, but let an install that runs come to its end first. */
  function leaveIfHungUp() {
    if (!hasHungUp || isLeaving || wizard.state().exit !== null) return
    if (wizard.state().page === 'install' || wizard.state().isReleasing) return
    isLeaving = true
    wizard.send({ type: 'CLOSE' })
    wizard.send({ type: 'QUIT' })
    wizard.send({ type: 'LEAVE' })
  }

  const over = new Promise<WizardExit>((resolve) => {
    wizard.subscribe(() => {
      leaveIfHungUp()
      const { exit } = wizard.state()
      if (exit !== null) resolve({ reason: exit })
    })
  })
  painter.start()
  // Each write of Ink's debug mode is one whole frame, which the painter turns into the lines that changed.
  const ink = render(<App session={session} />, {
    stdin: keys.inkStdin,
    stdout: painter.inkStdout,
    debug: true,
    exitOnCtrlC: false,
    patchConsole: false,
    // Our own lines are made for reading aloud; Ink's linear output would lose their order.
    isScreenReaderEnabled: false,
  })
  keys.start()
  wizard.start()
  try {
    // Ink ends by itself only when a screen of ours throws; then the second one rejects.
    const exit = await Promise.race([over, ink.waitUntilExit().then(() => over)])
    if (wizard.state().wantsReboot) await services.reboot()
    return exit
  } finally {
    session.stop()
    wizard.stop()
    ink.unmount()
    keys.stop()
    painter.stop()
  }
}

export function App({ session }: { readonly session: Session }) {
  const view = useSyncExternalStore(session.subscribe, session.view)
  const { page, overlay } = view.wizard
  if (isTooSmall(view.size)) return <TooSmall view={view} />
  if (overlay === 'quit') return <QuitDialog view={view} session={session} />
  if (overlay === 'power-off') return <PowerOffDialog view={view} session={session} />
  if (overlay === 'bundle') return <BundlePage view={view} session={session} />
  if (overlay !== 'none') return <ReadingPage view={view} what={overlay} />
  if (page === 'install') return <InstallPage view={view} />
  if (page === 'failed') return <FailedPage view={view} session={session} />
  const form = formOf(view, session)
  return form ? <FormPage view={view} form={form} session={session} /> : <Frame view={view}>{null}</Frame>
}
