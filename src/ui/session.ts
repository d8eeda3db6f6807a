import { recoveryKeyForms } from '../credentials/recovery-key.ts'
import { judgeStrength, loadDictionaries, type Strength } from '../credentials/secret-strength.ts'
import type { BundleTarget } from '../support/bundle.ts'
import type { PageId } from '../wizard/pages.ts'
import type { WizardEvent, WizardState } from '../wizard/state.ts'
import type { Wizard } from '../wizard/wizard.ts'
import { type BundleState, createBundleActs } from './bundle.ts'
import type { Key } from './key-decoder.ts'
import { routeKey } from './key-routes.ts'
import { createLooks } from './looks.ts'
import { applyOpenedKeyboard, keyboardJustOpened } from './opening-keyboard.ts'
import { guessableWordsOf, secretOf } from './page-secret.ts'
import type { Painter, Size } from './painter.ts'
import type { QrCode } from './qr-lines.ts'
import { readableError } from './readable-error.ts'
import type { OpenList } from './rows.ts'
import { loadAnswers, saveAnswers } from './save-answers.ts'
import type { Capabilities, WizardServices } from './services.ts'
import type { Look, PageLooks } from './step-screen.ts'

/** What the screens draw from besides the wizard's own state. */
export type View = {
  readonly wizard: WizardState
  readonly size: Size
  readonly capabilities: Capabilities
  readonly outDirectory: string | null
  /** The focused field of the page, once it was moved. */
  readonly focus: Readonly<Partial<Record<PageId, string>>>
  /** First line shown, by page or overlay; `null` in a log: follow its end. */
  readonly scroll: Readonly<Record<string, number | null>>
  readonly memory: Readonly<Record<string, string | boolean>>
  /** The list that is open on the page, with its field. Only one is. */
  readonly list: (OpenList & { readonly id: string }) | null
  /** One line about the last key, until the next. */
  readonly notice: string | null
  readonly strengths: Readonly<Record<string, Strength>>
  /** Of the recovery key; null until it is made. */
  readonly recoveryQr: QrCode | null
  /** By page and name: `network.check`. */
  readonly looks: Readonly<Record<string, Look>>
  /** The whole log, while it is read; null while it is being fetched. */
  readonly log: readonly string[] | null
  /** Milliseconds since 1970; ticks only while something runs. */
  readonly now: number
  readonly isShellOpen: boolean
  /** While the page for it is open. */
  readonly bundle: BundleState | null
}

export type Session = {
  view(): View
  subscribe(listener: () => void): () => void
  /** Sees every key first; gives the key that Ink's own input components should act on, or null. */
  route(key: Key): Key | null
  send(event: WizardEvent): void
  change(changes: Partial<View>): void
  looksOf(page: PageId): PageLooks
  /** What comes of it is said on the review page. */
  saveAnswers(path: string): void
  /** Fills in all pages from a file; what is wrong is said on the first page. */
  loadAnswers(path: string): void
  openShell(): void
  openLog(): void
  openBundle(): void
  saveBundle(target: BundleTarget): void
  closeBundle(): void
  /** The person has said yes. */
  powerOff(): void
  repaint(): void
  /** Settles when the wizard is over. */
  stop(): void
}

const STRENGTH_PAUSE_MS = 150

/** Keeps focus, scrolling and the like outside of React, so that a key acts on what is true now and not on what was drawn
 *  last. */
export function createSession(options: {
  wizard: Wizard
  services: Pick<
    WizardServices,
    'openShell' | 'readLog' | 'pages' | 'saveAnswers' | 'loadAnswers' | 'powerOff' | 'sticks' | 'saveBundle'
  >
  painter: Painter
  capabilities: Capabilities
  outDirectory: string | null
  /** Frees the terminal while `work` runs. */
  lendTerminal(work: () => Promise<void>): Promise<void>
  /** Writes to the terminal as it is, outside of any page. */
  print(text: string): void
}): Session {
  const { wizard, services, painter } = options
  const listeners = new Set<() => void>()
  let view: View = {
    wizard: wizard.state(),
    size: painter.size(),
    capabilities: options.capabilities,
    outDirectory: options.outDirectory,
    focus: {},
    scroll: {},
    memory: {},
    list: null,
    notice: null,
    strengths: {},
    recoveryQr: null,
    looks: {},
    log: null,
    now: Date.now(),
    isShellOpen: false,
    bundle: null,
  }

  function change(changes: Partial<View>) {
    view = { ...view, ...changes }
    for (const listener of listeners) listener()
  }

  wizard.subscribe(() => {
    const before = view.wizard
    const state = wizard.state()
    const hasTurned = before.page !== state.page
    // A page that is entered anew starts at its top.
    const afresh = { scroll: {}, list: null, focus: {}, memory: forgetShown(view.memory) }
    change({ wizard: state, now: Date.now(), ...(hasTurned && afresh) })
    if (before.page === 'welcome' && state.page !== 'welcome') loadMore()
    if (hasTurned || before.drafts !== state.drafts) judgeSecretSoon()
    const keyboard = keyboardJustOpened(before, state)
    if (keyboard !== null) applyOpenedKeyboard(keyboard, session)
  })
  painter.onResize(() => change({ size: painter.size() }))

  const clock = setInterval(() => {
    if (view.wizard.page === 'install' && !view.isShellOpen) change({ now: Date.now() })
  }, 1000)

  let judgeTimer: ReturnType<typeof setTimeout> | undefined
  /** Judges the secret of the page when the person pauses. Keyed by the text itself, in memory only, so that a verdict never
   *  stands next to another text. */
  function judgeSecretSoon() {
    clearTimeout(judgeTimer)
    judgeTimer = setTimeout(() => {
      const secret = secretOf(view.wizard)
      const words = guessableWordsOf(view.wizard)
      if (secret === '') return
      judgeStrength(secret, words).then(
        (strength) => change({ strengths: { [secret]: strength } }),
        // The meter is advice: without it the page still works.
        () => {},
      )
    }, STRENGTH_PAUSE_MS)
  }

  const bundle = createBundleActs(services, {
    show: (state) => change({ bundle: state }),
    print: (lines) =>
      options.lendTerminal(async () => options.print(`\r\n${lines.map((line) => `${line}\r\n`).join('')}\r\n`)),
  })

  let hasLoadedMore = false
  let isOver = false
  /** What the first page needs nothing of: it must be there at once. */
  function loadMore() {
    if (hasLoadedMore) return
    hasLoadedMore = true
    const { recoveryKey } = wizard.state()
    // Without dictionaries there is no meter, and without a picture the key is in words: the pages still work.
    loadDictionaries().then(
      () => {
        if (!isOver) wizard.send({ type: 'DICTIONARIES_LOADED' })
      },
      () => {},
    )
    if (recoveryKey === null) return
    import('./qr-code.ts').then(
      // Capitals make a smaller picture. The boot compares letter by letter, so they have a key slot of their own.
      ({ makeQrCode }) => change({ recoveryQr: makeQrCode(recoveryKeyForms(recoveryKey)[1].reveal()) }),
      () => {},
    )
  }

  const session: Session = {
    view: () => view,
    subscribe(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    route(key) {
      if (view.notice !== null) change({ notice: null })
      return routeKey(key, session)
    },
    send: (event) => wizard.send(event),
    change,
    loadAnswers: (path) => loadAnswers(path, services, session),
    saveAnswers: (path) => saveAnswers(path, services, session),
    looksOf: (page) => createLooks(page, services.pages, { view: () => view, change }),
    openShell() {
      change({ isShellOpen: true })
      options
        .lendTerminal(() => services.openShell())
        .then(
          () => change({ isShellOpen: false }),
          (error: unknown) => change({ isShellOpen: false, notice: `The shell did not open: ${readableError(error)}` }),
        )
    },
    openLog() {
      change({ log: null, scroll: { ...view.scroll, log: null } })
      wizard.send({ type: 'SHOW_LOG' })
      services.readLog().then(
        (log) => change({ log }),
        (error: unknown) => change({ log: [`The log cannot be read: ${readableError(error)}`] }),
      )
    },
    openBundle() {
      bundle.open()
      wizard.send({ type: 'SHOW_BUNDLE' })
    },
    saveBundle: (target) => bundle.save(target),
    closeBundle() {
      bundle.close()
      wizard.send({ type: 'CLOSE' })
    },
    powerOff() {
      wizard.send({ type: 'STAY' })
      change({ notice: 'Powering off ...' })
      services
        .powerOff()
        .catch((error: unknown) => change({ notice: `The machine was not powered off: ${readableError(error)}` }))
    },
    repaint: () => painter.repaint(),
    stop() {
      isOver = true
      bundle.close()
      clearInterval(clock)
      clearTimeout(judgeTimer)
      listeners.clear()
    },
  }
  return session
}

/** Secrets that were shown are hidden again when the page is left; and answers that were saved may be others now. */
function forgetShown(memory: View['memory']): View['memory'] {
  return Object.fromEntries(
    Object.entries(memory).filter(([name]) => !name.endsWith('.shown') && !name.startsWith('save.')),
  )
}
