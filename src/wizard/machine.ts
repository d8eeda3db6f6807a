import { and, assign, raise, sendTo, stateIn } from 'xstate'
import type { StepId } from '../model/answers.ts'
import type { InstallEvent } from '../model/event.ts'
import { checkMachine } from '../plan/check-machine.ts'
import { confirmationOf, erasedDisks } from '../plan/confirmation.ts'
import { stepOrder } from '../steps/order.ts'
import { checkInput, freshProblems, installInput, openWith, startOn, wizard } from './machine-parts.ts'
import type { PageId } from './pages.ts'
import { addEvents, NO_PROGRESS } from './progress.ts'
import { NO_REPEATS } from './state.ts'

function stepState(step: StepId) {
  const at = stepOrder.indexOf(step)
  const next: PageId = stepOrder[at + 1] ?? 'review'
  const before: PageId = stepOrder[at - 1] ?? 'welcome'
  const params = { step }
  return {
    on: {
      NEXT: [
        { guard: { type: 'isSoundAndEditing' as const, params }, target: 'review' },
        { guard: { type: 'stepIsSound' as const, params }, target: next },
        { actions: { type: 'showProblems' as const, params } },
      ],
      BACK: [{ guard: 'isEditing' as const, target: 'review' }, { target: before }],
    },
  }
}

const formatsDisks = (event: InstallEvent) => event.type === 'task-finished' && event.task === 'partition'

/** Nobody leaves without having been asked. */
const isAsking = stateIn({ overlay: 'quit' })

/** The names on other pages may have been typed before the dictionaries were there to hold the passphrase against them. */
const toReviewIfBad = { guard: 'reviewGoesBad' as const, target: 'review' as const }

const toSteps = stepOrder.map((page) => ({
  guard: { type: 'isPage' as const, params: { page } },
  target: page,
  actions: 'startEditing' as const,
}))

/** With an answer file the walk begins where something is left to answer. */
const toOpen = (guard: 'opensAt' | 'opensUnasked') =>
  [...stepOrder, 'review' as const].map((page) => ({
    guard: { type: guard, params: { page } },
    target: page,
    actions: { type: 'open' as const, params: { page } },
  }))

export const wizardMachine = wizard.createMachine({
  id: 'wizard',
  type: 'parallel',
  context: ({ input }) => ({
    isDryRun: input.isDryRun,
    parts: {},
    hardware: null,
    detectionFailure: null,
    machineProblems: [],
    earlier: null,
    begunChoice: null,
    secretTexts: {},
    secretRepeats: {},
    isKeyLost: false,
    hasTriedSecrets: false,
    isCheckingSecrets: false,
    isPassphraseWrong: false,
    isKeyWrong: false,
    drafts: input.drafts ?? null,
    repeats: input.repeats ?? NO_REPEATS,
    problems: {},
    opening: input.opening ?? null,
    opensAt: null,
    isEditing: false,
    review: null,
    typedDiskNames: '',
    hasMistyped: false,
    confirmation: null,
    install: NO_PROGRESS,
    hasFormatted: false,
    isCancelling: false,
    failure: null,
    failureLog: [],
    isReleasing: false,
    releaseProblems: [],
    wasCancelled: false,
    recoveryKey: input.recoveryKey,
    typedKeyGroups: ['', ''],
    hasMistypedKey: false,
    wantsReboot: false,
    exit: null,
  }),
  on: {
    DETECTED_PART: { actions: assign(({ context, event }) => ({ parts: { ...context.parts, ...event.part } })) },
    DETECTED: {
      actions: assign(({ context, event: { hardware, earlier } }) => ({
        hardware,
        ...(earlier !== undefined && { earlier }),
        // The parts are what was found; a dry run may be given a machine that is better than that.
        parts: { ...hardware, ...context.parts },
        machineProblems: checkMachine(hardware),
        ...startOn(context, hardware),
      })),
    },
    DETECTION_FAILED: { actions: assign(({ event }) => ({ detectionFailure: event.message })) },
    EDIT: {
      actions: assign(({ context, event }) => {
        if (!context.drafts) return {}
        const edited = { ...context, drafts: { ...context.drafts, [event.step]: event.draft } }
        return { drafts: edited.drafts, problems: freshProblems(edited) }
      }),
    },
    EDIT_REPEAT: {
      actions: assign(({ context, event }) => {
        const edited = { ...context, repeats: { ...context.repeats, [event.secret]: event.text } }
        return { repeats: edited.repeats, problems: freshProblems(edited) }
      }),
    },
    DICTIONARIES_LOADED: { actions: assign(({ context }) => ({ problems: freshProblems(context) })) },
    // Also on the failure page: what is undone tells too.
    INSTALL_EVENTS: {
      actions: assign(({ context, event: { events } }) => ({
        install: addEvents(context.install, events),
        hasFormatted: context.hasFormatted || events.some(formatsDisks),
      })),
    },
  },
  states: {
    detection: {
      initial: 'first',
      on: { DETECT_AFRESH: '.afresh' },
      states: {
        first: { invoke: { src: 'detect', input: null } },
        afresh: { invoke: { src: 'detect', input: ({ context }) => context.earlier?.begun ?? null } },
      },
    },
    // Not a part of the install page: the failure page is there while the disks are still being let go.
    work: {
      initial: 'idle',
      states: {
        idle: { on: { START_INSTALL: 'running', CHECK_SECRETS: 'checking' } },
        checking: {
          invoke: { src: 'checkSecrets', input: ({ context }) => checkInput(context) },
          on: {
            SECRETS_CHECKED: 'idle',
            START_INSTALL: 'running',
            // Of an earlier one nothing is heard any more.
            CHECK_SECRETS: { target: 'checking', reenter: true },
          },
        },
        running: {
          invoke: { id: 'install', src: 'install', input: ({ context }) => installInput(context) },
          on: { INSTALLED: 'idle', INSTALL_FAILED: 'idle', INSTALL_CANCELLED: 'idle' },
        },
      },
    },
    page: {
      initial: 'welcome',
      // Of all pages that say nothing else: those before anything was changed.
      on: { LEAVE: { guard: isAsking, actions: { type: 'leave', params: { reason: 'quit' } } } },
      states: {
        begun: {
          on: {
            CHOOSE_BEGUN: [
              { guard: 'asksForSecrets', target: 'secrets', actions: 'goOn' },
              { guard: 'goesOn', target: 'install', actions: 'goOn' },
              { guard: 'startsOver', target: 'welcome', actions: ['startOver', raise({ type: 'DETECT_AFRESH' })] },
            ],
          },
        },
        secrets: {
          on: {
            EDIT_SECRET: {
              actions: assign(({ context, event }) => ({
                secretTexts: { ...context.secretTexts, [event.secret]: event.text },
                // What is being checked is not what would be taken now.
                isCheckingSecrets: false,
                isPassphraseWrong: false,
                isKeyWrong: false,
              })),
            },
            REPEAT_SECRET: {
              actions: assign(({ context, event }) => ({
                secretRepeats: { ...context.secretRepeats, [event.secret]: event.text },
              })),
            },
            LOSE_KEY: {
              actions: assign(({ event }) => ({
                isKeyLost: event.isLost,
                isCheckingSecrets: false,
                isKeyWrong: false,
              })),
            },
            NEXT: [
              { guard: 'isCheckingSecrets' },
              {
                guard: 'mustCheckSecrets',
                actions: [assign({ isCheckingSecrets: true }), raise({ type: 'CHECK_SECRETS' })],
              },
              { guard: 'needsNewKey', target: 'recovery' },
              { guard: 'secretsAreSound', target: 'install' },
              { actions: assign({ hasTriedSecrets: true }) },
            ],
            SECRETS_CHECKED: [
              { guard: 'isNotChecking' },
              {
                guard: 'areOtherSecrets',
                actions: assign(({ event }) => ({
                  isCheckingSecrets: false,
                  isPassphraseWrong: event.opens === false,
                  isKeyWrong: event.isKey === false,
                  hasTriedSecrets: true,
                })),
              },
              { guard: 'needsNewKey', target: 'recovery', actions: assign({ isCheckingSecrets: false }) },
              { target: 'install', actions: assign({ isCheckingSecrets: false }) },
            ],
            BACK: [
              { guard: 'hasFailed', target: 'failed' },
              { target: 'begun', actions: assign({ begunChoice: null }) },
            ],
            LEAVE: {
              guard: and([isAsking, 'hasFailed']),
              actions: { type: 'leave', params: { reason: 'failed' } },
            },
          },
        },
        welcome: {
          always: [{ guard: 'hasBegun', target: 'begun' }, ...toOpen('opensUnasked')],
          on: {
            BACK: { guard: 'hasEarlier', target: 'begun', actions: assign({ begunChoice: null }) },
            OPENED: {
              actions: assign(({ context, event }) =>
                context.hardware ? openWith(event.opening, context.hardware) : { opening: event.opening },
              ),
            },
            NEXT: [...toOpen('opensAt'), { guard: 'machineIsFit', target: 'system' }],
          },
        },
        system: stepState('system'),
        disk: stepState('disk'),
        encryption: stepState('encryption'),
        network: stepState('network'),
        identity: stepState('identity'),
        cluster: stepState('cluster'),
        review: {
          entry: 'review',
          on: {
            NEXT: [
              { guard: 'needsRecoveryPage', target: 'recovery' },
              { guard: 'reviewIsSound', target: 'confirm' },
              ...stepOrder.map((page) => ({
                guard: { type: 'reviewFails' as const, params: { step: page } },
                target: page,
                actions: ['startEditing' as const, { type: 'showProblems' as const, params: { step: page } }],
              })),
            ],
            BACK: 'cluster',
            GOTO: toSteps,
            DICTIONARIES_LOADED: { actions: 'review' },
          },
        },
        // Before the confirmation: nobody is to erase a disk and then find that the key was not written down.
        recovery: {
          entry: assign({ hasMistypedKey: false }),
          on: {
            TYPE_KEY_GROUP: {
              actions: assign(
                ({
                  context: {
                    typedKeyGroups: [one, other],
                  },
                  event: { which, text },
                }) => ({
                  typedKeyGroups: which === 0 ? ([text, other] as const) : ([one, text] as const),
                  hasMistypedKey: false,
                }),
              ),
            },
            NEXT: [
              { guard: 'goesOnWithKey', target: 'install' },
              { guard: 'hasTypedKeyGroups', target: 'confirm' },
              { actions: assign({ hasMistypedKey: true }) },
            ],
            BACK: [{ guard: 'isGoingOn', target: 'secrets' }, { target: 'review' }],
            DICTIONARIES_LOADED: [{ guard: 'isGoingOn' }, toReviewIfBad],
          },
        },
        confirm: {
          entry: assign({ typedDiskNames: '', hasMistyped: false }),
          on: {
            TYPE_DISK_NAMES: {
              actions: assign(({ event }) => ({ typedDiskNames: event.text, hasMistyped: false })),
            },
            NEXT: [
              {
                guard: 'hasTypedDiskNames',
                target: 'install',
                actions: assign(({ context: { review, hardware } }) => ({
                  confirmation:
                    review?.answers && hardware ? confirmationOf(erasedDisks(review.answers.disk), hardware) : null,
                  failure: null,
                  wasCancelled: false,
                  hasFormatted: false,
                })),
              },
              { actions: assign({ hasMistyped: true }) },
            ],
            BACK: [{ guard: 'needsRecoveryPage', target: 'recovery' }, { target: 'review' }],
            DICTIONARIES_LOADED: toReviewIfBad,
          },
        },
        install: {
          entry: [
            assign({
              install: NO_PROGRESS,
              isCancelling: false,
              isReleasing: false,
              releaseProblems: [],
              failureLog: [],
            }),
            raise({ type: 'START_INSTALL' }),
          ],
          on: {
            INSTALLED: { target: 'done', actions: 'forgetSecrets' },
            TASK_FAILED: { target: 'failed', actions: 'fail' },
            INSTALL_FAILED: { target: 'failed', actions: 'fail' },
            RELEASED: { actions: assign(({ event }) => ({ releaseProblems: event.problems })) },
            INSTALL_CANCELLED: { target: 'failed', actions: assign({ failure: null, wasCancelled: true }) },
            // Leaving while it runs cancels it; the page stays until the hands have let go of the disks.
            LEAVE: {
              guard: isAsking,
              actions: [assign({ isCancelling: true }), sendTo('install', { type: 'CANCEL' })],
            },
          },
        },
        // Comes with the failure itself: a disk that does not answer may hold up the undo for ever.
        failed: {
          on: {
            TASK_FAILED: { actions: 'fail' },
            RELEASED: { actions: assign(({ event }) => ({ releaseProblems: event.problems })) },
            INSTALL_FAILED: { actions: 'fail' },
            INSTALL_CANCELLED: { actions: assign({ isReleasing: false }) },
            RETRY: [
              // The same one would be refused again.
              { guard: 'mustTypePassphraseAgain', target: 'secrets', actions: 'forgetPassphrase' },
              { guard: 'isReleased', target: 'install' },
            ],
            // Other answers make another plan: the next install starts from the beginning, with a new confirmation.
            GOTO: [
              {
                guard: 'answersAgain',
                target: 'welcome',
                actions: ['startOver', raise({ type: 'DETECT_AFRESH' })],
              },
              {
                guard: 'mayReview',
                target: 'review',
                // A passphrase that was typed for disks which are formatted is none for those that will be.
                actions: assign({
                  confirmation: null,
                  failure: null,
                  wasCancelled: false,
                  secretTexts: {},
                  secretRepeats: {},
                }),
              },
            ],
            LEAVE: { guard: isAsking, actions: { type: 'leave', params: { reason: 'failed' } } },
          },
        },
        done: {
          on: {
            FINISH: {
              actions: [
                { type: 'leave', params: { reason: 'installed' } },
                assign(({ context }) => ({ wantsReboot: !context.isDryRun })),
              ],
            },
            LEAVE: { guard: isAsking, actions: { type: 'leave', params: { reason: 'installed' } } },
          },
        },
      },
    },
    overlay: {
      initial: 'none',
      states: {
        none: {
          on: {
            HELP: 'help',
            QUIT: 'quit',
            SHOW_LOG: 'log',
            SHOW_BEGUN: { guard: stateIn({ page: 'begun' }), target: 'look' },
            SHOW_BUNDLE: { guard: stateIn({ page: 'failed' }), target: 'bundle' },
            ASK_POWER_OFF: { guard: stateIn({ page: 'failed' }), target: 'power-off' },
          },
        },
        help: { on: { CLOSE: 'none', QUIT: 'quit' } },
        log: { on: { CLOSE: 'none', QUIT: 'quit' } },
        look: { on: { CLOSE: 'none', QUIT: 'quit' } },
        bundle: { on: { CLOSE: 'none', QUIT: 'quit' } },
        'power-off': { on: { CLOSE: 'none', STAY: 'none', QUIT: 'quit' } },
        quit: { on: { STAY: 'none', CLOSE: 'none', LEAVE: 'none' } },
      },
    },
  },
})
