import { assign, sendTo, stateIn } from 'xstate'
import { secretsOf } from '../credentials/install-secrets.ts'
import type { StepId } from '../model/answers.ts'
import { checkMachine } from '../plan/check-machine.ts'
import { confirmationOf, erasedDisks } from '../plan/confirmation.ts'
import { stepOrder } from '../steps/order.ts'
import { freshProblems, openWith, startOn, wizard } from './machine-parts.ts'
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
    isCancelling: false,
    failure: null,
    wasCancelled: false,
    recoveryKey: input.recoveryKey,
    typedKeyGroups: ['', ''],
    hasMistypedKey: false,
    wantsReboot: false,
    exit: null,
  }),
  invoke: { src: 'detect' },
  on: {
    DETECTED_PART: { actions: assign(({ context, event }) => ({ parts: { ...context.parts, ...event.part } })) },
    DETECTED: {
      actions: assign(({ context, event: { hardware } }) => ({
        hardware,
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
  },
  states: {
    page: {
      initial: 'welcome',
      // Of all pages that say nothing else: those before anything was changed.
      on: { LEAVE: { guard: isAsking, actions: { type: 'leave', params: { reason: 'quit' } } } },
      states: {
        welcome: {
          always: toOpen('opensUnasked'),
          on: {
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
            NEXT: [{ guard: 'hasTypedKeyGroups', target: 'confirm' }, { actions: assign({ hasMistypedKey: true }) }],
            BACK: 'review',
            DICTIONARIES_LOADED: toReviewIfBad,
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
                })),
              },
              { actions: assign({ hasMistyped: true }) },
            ],
            BACK: [{ guard: 'needsRecoveryPage', target: 'recovery' }, { target: 'review' }],
            DICTIONARIES_LOADED: toReviewIfBad,
          },
        },
        install: {
          entry: assign({ install: NO_PROGRESS, isCancelling: false }),
          invoke: {
            id: 'install',
            src: 'install',
            input: ({ context: { review, confirmation, failure, wasCancelled, recoveryKey } }) =>
              review?.answers && review.plan && confirmation
                ? {
                    answers: review.answers,
                    plan: review.plan,
                    confirmation,
                    secrets: secretsOf(review.answers, recoveryKey),
                    resume: failure !== null || wasCancelled,
                  }
                : null,
          },
          on: {
            INSTALL_EVENTS: {
              actions: assign(({ context, event }) => ({ install: addEvents(context.install, event.events) })),
            },
            INSTALLED: {
              target: 'done',
              actions: assign({
                failure: null,
                wasCancelled: false,
                recoveryKey: null,
                typedKeyGroups: ['', ''] as const,
              }),
            },
            INSTALL_FAILED: {
              target: 'failed',
              actions: assign(({ event }) => ({ failure: event.failure, wasCancelled: false })),
            },
            INSTALL_CANCELLED: { target: 'failed', actions: assign({ failure: null, wasCancelled: true }) },
            // Leaving while it runs cancels it; the page stays until the hands have let go of the disks.
            LEAVE: {
              guard: isAsking,
              actions: [assign({ isCancelling: true }), sendTo('install', { type: 'CANCEL' })],
            },
          },
        },
        failed: {
          on: {
            RETRY: 'install',
            // Other answers make another plan: the next install starts from the beginning, with a new confirmation.
            GOTO: {
              guard: { type: 'isPage', params: { page: 'review' } },
              target: 'review',
              actions: assign({ confirmation: null, failure: null, wasCancelled: false }),
            },
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
        none: { on: { HELP: 'help', QUIT: 'quit', SHOW_LOG: 'log' } },
        help: { on: { CLOSE: 'none', QUIT: 'quit' } },
        log: { on: { CLOSE: 'none', QUIT: 'quit' } },
        quit: { on: { STAY: 'none', CLOSE: 'none', LEAVE: 'none' } },
      },
    },
  },
})
