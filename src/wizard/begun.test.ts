import { expect, test } from 'vitest'
import { getShortestPaths } from 'xstate/graph'
import { hashShownKey } from '../credentials/shown-key.ts'
import type { TaskFailure } from '../model/event.ts'
import { begunInstall, changedInstall, earlierInstall } from '../testing/begun.ts'
import { hardware } from '../testing/machine.ts'
import { RECOVERY_KEY } from '../testing/screen-services.ts'
import { wizardMachine } from './machine.ts'
import type { EarlierInstall, InstallRequest, WizardEvent, WizardPorts } from './state.ts'
import { createWizard, plainState } from './wizard.ts'

const machine = hardware('two-virtio-uefi-tpm')
const failure: TaskFailure = { task: 'build', message: 'no space left', nextSteps: [], problems: [] }
const released = [{ code: 'target-busy', path: [], message: '/mnt is still in use' }]

const input = { isDryRun: false, recoveryKey: RECOVERY_KEY }
const found = (earlier: EarlierInstall = earlierInstall): WizardEvent => ({
  type: 'DETECTED',
  hardware: machine,
  earlier,
})
const goOn: WizardEvent = { type: 'CHOOSE_BEGUN', choice: 'continue' }
const startOver: WizardEvent = { type: 'CHOOSE_BEGUN', choice: 'start-over' }
const next: WizardEvent = { type: 'NEXT' }
const secret = (name: 'passphrase' | 'password' | 'recoveryKey', text: string): WizardEvent => ({
  type: 'EDIT_SECRET',
  secret: name,
  text,
})
const SECRETS: readonly WizardEvent[] = [
  secret('passphrase', 'four random words here'),
  secret('password', 'three random words'),
  { type: 'REPEAT_SECRET', secret: 'password', text: 'three random words' },
  secret('recoveryKey', RECOVERY_KEY.reveal()),
]
const opened: WizardEvent = { type: 'SECRETS_CHECKED', opens: null, isKey: null }
const typeKey: readonly WizardEvent[] = [
  { type: 'TYPE_KEY_GROUP', which: 0, text: 'cbdefghi' },
  { type: 'TYPE_KEY_GROUP', which: 1, text: 'tuvcbdef' },
]

function start(events: readonly WizardEvent[]) {
  const installs: InstallRequest[] = []
  const ports: WizardPorts = {
    detect: () => new Promise<never>(() => {}),
    findBegun: async () => null,
    release: async () => {},
    // The test itself says what comes of it.
    opensDisks: () => new Promise<never>(() => {}),
    install(request) {
      installs.push(request)
      return new Promise<never>(() => {})
    },
    makeRecoveryKey: () => RECOVERY_KEY,
  }
  const wizard = createWizard(ports, { isDryRun: false })
  wizard.start()
  for (const event of events) wizard.send(event)
  return { wizard, installs }
}

/** Every path of the chart over the pages of an earlier install. */
const paths = getShortestPaths(wizardMachine, {
  input,
  events: [
    found(),
    goOn,
    startOver,
    next,
    opened,
    { type: 'BACK' },
    SECRETS[0] as WizardEvent,
    SECRETS[1] as WizardEvent,
    SECRETS[2] as WizardEvent,
    SECRETS[3] as WizardEvent,
    { type: 'LOSE_KEY', isLost: true },
    ...typeKey,
    { type: 'TASK_FAILED', failure },
    { type: 'RELEASED', problems: released },
    { type: 'INSTALL_FAILED', failure },
    { type: 'INSTALLED' },
    { type: 'RETRY' },
    { type: 'GOTO', page: 'review' },
    { type: 'HELP' },
    { type: 'SHOW_BEGUN' },
    { type: 'SHOW_BUNDLE' },
    { type: 'ASK_POWER_OFF' },
    { type: 'CLOSE' },
    { type: 'QUIT' },
    { type: 'LEAVE' },
  ],
  serializeState: (snapshot) => {
    const state = plainState(snapshot as Parameters<typeof plainState>[0])
    const {
      page,
      overlay,
      exit,
      begunChoice,
      secretTexts,
      secretRepeats,
      isKeyLost,
      isReleasing,
      typedKeyGroups,
      isCheckingSecrets,
    } = state
    return JSON.stringify([
      page,
      overlay,
      exit,
      begunChoice,
      secretTexts,
      secretRepeats,
      isKeyLost,
      isReleasing,
      typedKeyGroups,
      isCheckingSecrets,
    ])
  },
  stopWhen: (snapshot) => {
    const { exit, page } = plainState(snapshot as Parameters<typeof plainState>[0])
    // The pages of a new install are walked elsewhere.
    return exit !== null || page === 'system'
  },
})
const places = paths.map((path) => ({
  path: path.steps.map(({ event }) => event).filter(({ type }) => !(type as string).startsWith('xstate.')),
  end: plainState(path.state as Parameters<typeof plainState>[0]),
}))

test('the pages of an earlier install can be reached, with every overlay that they have', () => {
  const reached = new Set(places.map(({ end }) => `${end.page} ${end.overlay}`))
  const wanted = [
    ...['begun', 'secrets', 'recovery', 'install', 'failed', 'done', 'welcome'].flatMap((page) => [
      `${page} none`,
      `${page} help`,
      `${page} quit`,
    ]),
    'begun look',
    'failed bundle',
    'failed power-off',
  ]
  expect(wanted.filter((place) => !reached.has(place))).toEqual([])
  const { wizard } = start([found(), { type: 'SHOW_BUNDLE' }, { type: 'ASK_POWER_OFF' }, goOn, { type: 'SHOW_BEGUN' }])
  expect(wizard.state()).toMatchObject({ page: 'secrets', overlay: 'none' })
  wizard.stop()
})

test('no path goes on without the secrets, and none starts over without the ordinary pages', () => {
  const installing = places.filter(({ end }) => ['install', 'failed', 'done'].includes(end.page))
  expect(installing.length).toBeGreaterThan(10)
  for (const { path } of installing) {
    const types = path.map(({ type }) => type)
    expect(path).toContainEqual(SECRETS[0])
    expect(types.includes('LOSE_KEY') ? path : [SECRETS[3]]).toContainEqual(
      types.includes('LOSE_KEY') ? typeKey[1] : SECRETS[3],
    )
  }
})

test('going on takes the saved plan and confirmation, and the secrets that were typed', () => {
  const { wizard, installs } = start([found(), goOn, ...SECRETS, next, opened])
  expect(wizard.state()).toMatchObject({ page: 'install', begunChoice: 'continue' })
  expect(installs).toHaveLength(1)
  const [request] = installs
  expect(request).toMatchObject({ answers: null, begun: begunInstall, isRetry: false })
  expect([request?.plan, request?.confirmation]).toEqual([begunInstall.saved.plan, begunInstall.saved.confirmation])
  expect(request?.secrets.recoveryKey?.reveal()).toBe(RECOVERY_KEY.reveal())
  expect(request?.secrets.passphrase?.reveal()).toBe('four random words here')
  wizard.stop()
})

test('secrets that cannot be right hold the page', () => {
  const { wizard, installs } = start([found(), goOn, next])
  expect(wizard.state()).toMatchObject({ page: 'secrets', hasTriedSecrets: true })
  expect(installs).toEqual([])
  wizard.stop()
})

test('a passphrase that the disks do not open with holds the page until it is typed anew', () => {
  const { wizard, installs } = start([found(), goOn, ...SECRETS, next])
  expect(wizard.state()).toMatchObject({ page: 'secrets', isCheckingSecrets: true })
  wizard.send({ type: 'SECRETS_CHECKED', opens: false, isKey: null })
  expect(wizard.state()).toMatchObject({ page: 'secrets', isCheckingSecrets: false, isPassphraseWrong: true })
  expect(installs).toEqual([])
  wizard.send(secret('passphrase', 'four other words here'))
  expect(wizard.state().isPassphraseWrong).toBe(false)
  wizard.send(next)
  wizard.send({ type: 'SECRETS_CHECKED', opens: true, isKey: null })
  expect(wizard.state().page).toBe('install')
  expect(installs[0]?.secrets.passphrase?.reveal()).toBe('four other words here')
  wizard.stop()
})

test('a recovery key with one other letter holds the page; the one that was shown goes on, and so does a new one', async () => {
  const saved = { ...begunInstall.saved, recoveryKeyHash: await hashShownKey(RECOVERY_KEY) }
  const known: EarlierInstall = { ...earlierInstall, begun: { ...begunInstall, saved } }
  const installs: InstallRequest[] = []
  const wizard = createWizard(
    {
      detect: async () => machine,
      findBegun: async () => known,
      release: async () => {},
      opensDisks: async () => true,
      install(request) {
        installs.push(request)
        return new Promise<never>(() => {})
      },
      makeRecoveryKey: () => RECOVERY_KEY,
    },
    { isDryRun: false },
  )
  const reaches = (isThere: () => boolean) =>
    new Promise<void>((resolve) => {
      const look = () => {
        if (isThere()) resolve()
      }
      wizard.subscribe(look)
      look()
    })
  wizard.start()
  await reaches(() => wizard.state().page === 'begun')
  const mistyped = RECOVERY_KEY.reveal().replace('bbbbbbbb', 'bbbbbbbc')
  for (const event of [goOn, ...SECRETS.slice(0, 3), secret('recoveryKey', mistyped), next]) wizard.send(event)
  await reaches(() => !wizard.state().isCheckingSecrets)
  expect(wizard.state()).toMatchObject({ page: 'secrets', isKeyWrong: true, isPassphraseWrong: false })
  wizard.send({ type: 'LOSE_KEY', isLost: true })
  expect(wizard.state().isKeyWrong).toBe(false)
  wizard.send({ type: 'LOSE_KEY', isLost: false })
  wizard.send(SECRETS[3] as WizardEvent)
  wizard.send(next)
  await reaches(() => !wizard.state().isCheckingSecrets)
  expect([wizard.state().page, installs.length]).toEqual(['install', 1])
  expect(installs[0]?.secrets.recoveryKey?.reveal()).toBe(RECOVERY_KEY.reveal())
  wizard.stop()
})

test('what is typed while the secrets are checked is checked itself, whatever comes of the others', async () => {
  const answers: ((opens: boolean) => void)[] = []
  const installs: InstallRequest[] = []
  const wizard = createWizard(
    {
      detect: async () => machine,
      findBegun: async () => earlierInstall,
      release: async () => {},
      opensDisks: () => new Promise((resolve) => answers.push(resolve)),
      install(request) {
        installs.push(request)
        return new Promise<never>(() => {})
      },
      makeRecoveryKey: () => RECOVERY_KEY,
    },
    { isDryRun: false },
  )
  const reaches = (isThere: () => boolean) =>
    new Promise<void>((resolve) => {
      const look = () => {
        if (isThere()) resolve()
      }
      wizard.subscribe(look)
      look()
    })
  wizard.start()
  await reaches(() => wizard.state().page === 'begun')
  for (const event of [goOn, ...SECRETS, next, secret('passphrase', 'another one'), next]) wizard.send(event)
  expect(answers).toHaveLength(2)
  answers[0]?.(true)
  answers[1]?.(false)
  await reaches(() => !wizard.state().isCheckingSecrets)
  expect(wizard.state()).toMatchObject({ page: 'secrets', isPassphraseWrong: true })
  expect(installs).toEqual([])
  wizard.stop()
})

test('a key is checked even where no disk is formatted yet, on which the passphrase could be tried', () => {
  const saved = { ...begunInstall.saved, recoveryKeyHash: '$scrypt$' }
  const tasks = begunInstall.tasks.map((task) => ({ ...task, stand: 'not begun' as const }))
  const early: EarlierInstall = { ...earlierInstall, begun: { ...begunInstall, saved, tasks } }
  const again: WizardEvent = { type: 'REPEAT_SECRET', secret: 'passphrase', text: 'four random words here' }
  const { wizard, installs } = start([found(early), goOn, ...SECRETS, again, next])
  expect([wizard.state().page, wizard.state().isCheckingSecrets, installs]).toEqual(['secrets', true, []])
  wizard.stop()
})

test('nothing that is needed leads to the install at once', () => {
  const { wizard } = start([found({ ...earlierInstall, secrets: [] }), goOn])
  expect(wizard.state().page).toBe('install')
  wizard.stop()
})

test('a lost recovery key is made anew, shown, and typed back before anything goes on', () => {
  const lost: WizardEvent = { type: 'LOSE_KEY', isLost: true }
  const { wizard, installs } = start([found(), goOn, ...SECRETS.slice(0, 3), lost, next, opened])
  expect(wizard.state().page).toBe('recovery')
  wizard.send(next)
  expect([wizard.state().page, installs]).toEqual(['recovery', []])
  for (const event of [...typeKey, next]) wizard.send(event)
  expect(wizard.state().page).toBe('install')
  expect(installs[0]?.secrets.recoveryKey?.reveal()).toBe(RECOVERY_KEY.reveal())
  wizard.stop()
})

test('what cannot go on stays on the page, and can be started over', () => {
  const { wizard } = start([found(changedInstall), goOn])
  expect(wizard.state()).toMatchObject({ page: 'begun', begunChoice: null })
  wizard.send(startOver)
  expect(wizard.state()).toMatchObject({ page: 'welcome', begunChoice: 'start-over', hardware: null, drafts: null })
  wizard.send({ type: 'BACK' })
  wizard.stop()
})

test('starting over lets go of what is held, looks at the machine again, and is not asked about it again', async () => {
  const calls: string[] = []
  const wizard = createWizard(
    {
      async detect() {
        calls.push('detect')
        return machine
      },
      async findBegun() {
        calls.push('find')
        return earlierInstall
      },
      opensDisks: async () => null,
      async release(begun) {
        calls.push(`release ${begun.saved.planHash}`)
      },
      install: () => new Promise<never>(() => {}),
      makeRecoveryKey: () => RECOVERY_KEY,
    },
    { isDryRun: false },
  )
  const reaches = (isThere: () => boolean) =>
    new Promise<void>((resolve) => {
      const look = () => {
        if (isThere()) resolve()
      }
      wizard.subscribe(look)
      look()
    })
  wizard.start()
  await reaches(() => wizard.state().page === 'begun')
  wizard.send(startOver)
  await reaches(() => wizard.state().hardware !== null)
  expect(calls).toEqual(['detect', 'find', 'release f00d', 'detect'])
  expect(wizard.state()).toMatchObject({ page: 'welcome', begunChoice: 'start-over' })
  wizard.stop()
})

test('an earlier install that cannot be looked for is told, and is in the way of nothing', async () => {
  const wizard = createWizard(
    {
      detect: async () => machine,
      findBegun: () => Promise.reject(new Error('no vfat')),
      release: async () => {},
      opensDisks: async () => null,
      install: () => new Promise<never>(() => {}),
      makeRecoveryKey: () => RECOVERY_KEY,
    },
    { isDryRun: false },
  )
  const known = new Promise<void>((resolve) => {
    wizard.subscribe(() => {
      if (wizard.state().hardware !== null) resolve()
    })
  })
  wizard.start()
  await known
  expect(wizard.state().page).toBe('welcome')
  expect(wizard.state().hardware?.problems.at(-1)).toMatchObject({
    code: 'begun-unknown',
    message: 'whether an earlier install was begun here could not be found out: no vfat',
  })
  wizard.stop()
})

const toInstall = [found(), goOn, ...SECRETS, next, opened]

test('the failure page comes with the failure, and trying again waits until the disks are let go', () => {
  const { wizard, installs } = start([...toInstall, { type: 'TASK_FAILED', failure }])
  expect(wizard.state()).toMatchObject({ page: 'failed', isReleasing: true, failure })
  wizard.send({ type: 'RETRY' })
  wizard.send({ type: 'GOTO', page: 'review' })
  expect([wizard.state().page, installs.length]).toEqual(['failed', 1])
  // Not aborted: the undo is at work.
  expect(installs[0]?.signal.aborted).toBe(false)
  wizard.send({ type: 'RELEASED', problems: released })
  expect(wizard.state()).toMatchObject({ isReleasing: true, releaseProblems: released })
  wizard.send({ type: 'INSTALL_FAILED', failure })
  expect(wizard.state()).toMatchObject({ page: 'failed', isReleasing: false, releaseProblems: released })
  wizard.send({ type: 'RETRY' })
  expect(wizard.state()).toMatchObject({ page: 'install', releaseProblems: [] })
  expect(installs.map(({ isRetry }) => isRetry)).toEqual([false, true])
  wizard.stop()
})

test('other answers after an install that went on lead to its answers, with the machine looked at again', () => {
  const { wizard } = start([...toInstall, { type: 'INSTALL_FAILED', failure }, { type: 'GOTO', page: 'review' }])
  expect(wizard.state()).toMatchObject({
    page: 'welcome',
    begunChoice: 'start-over',
    failure: null,
    confirmation: null,
  })
  wizard.stop()
})

test('when it is installed no secret is kept', () => {
  const { wizard } = start([...toInstall, { type: 'INSTALLED' }])
  expect(wizard.state()).toMatchObject({ page: 'done', secretTexts: {}, recoveryKey: null })
  wizard.stop()
})

const refusal: TaskFailure = {
  ...failure,
  task: 'partition',
  diagnosis: { code: 'passphrase-refused', cause: 'it does not open', remedy: [], waysOn: ['retry'] },
}
const toRefusal: readonly WizardEvent[] = [...toInstall, { type: 'INSTALL_FAILED', failure: refusal }]

test('a password that is typed differently the second time holds the page, for nothing could tell the slip later', () => {
  const slip: WizardEvent = { type: 'REPEAT_SECRET', secret: 'password', text: 'three random word' }
  const { wizard, installs } = start([found(), goOn, ...SECRETS, slip, next])
  expect(wizard.state()).toMatchObject({ page: 'secrets', hasTriedSecrets: true, isCheckingSecrets: false })
  expect(installs).toEqual([])
  wizard.stop()
})

test('after a passphrase that the disks refused, trying again asks for it, and takes the new one with the other secrets', () => {
  const { wizard, installs } = start([...toRefusal, { type: 'RETRY' }])
  expect(wizard.state()).toMatchObject({ page: 'secrets', isPassphraseWrong: true, secretTexts: { passphrase: '' } })
  wizard.send(next)
  expect([wizard.state().page, installs.length]).toEqual(['secrets', 1])
  for (const event of [secret('passphrase', 'four other words here'), next, opened]) wizard.send(event)
  expect(wizard.state().page).toBe('install')
  const { passphrase, password, recoveryKey } = installs[1]?.secrets ?? {}
  expect([passphrase, password, recoveryKey].map((one) => one?.reveal())).toEqual([
    'four other words here',
    'three random words',
    RECOVERY_KEY.reveal(),
  ])
  expect(installs[1]?.isRetry).toBe(true)
  wizard.stop()
})

test('from the passphrase that is asked again the way back is the failure, and leaving is a failed install', () => {
  const { wizard } = start([...toRefusal, { type: 'RETRY' }, { type: 'BACK' }])
  expect(wizard.state()).toMatchObject({ page: 'failed', failure: refusal, begunChoice: 'continue' })
  for (const type of ['RETRY', 'QUIT', 'LEAVE'] as const) wizard.send({ type })
  expect(wizard.state().exit).toBe('failed')
  wizard.stop()
})

test('any other failure is tried again at once', () => {
  const { wizard, installs } = start([...toInstall, { type: 'INSTALL_FAILED', failure }, { type: 'RETRY' }])
  expect([wizard.state().page, installs.length]).toEqual(['install', 2])
  wizard.stop()
})

test('whether the disks are formatted is known from the earlier install, and from this one', () => {
  const tasks = begunInstall.tasks.map((task) => ({ ...task, stand: 'not begun' as const }))
  const early: EarlierInstall = { ...earlierInstall, secrets: [], begun: { ...begunInstall, tasks } }
  const { wizard } = start([found(early), goOn])
  expect(wizard.state()).toMatchObject({ page: 'install', hasFormatted: false })
  const event = { type: 'task-finished', at: '', task: 'partition', outcome: 'done', durationMs: 1 } as const
  wizard.send({ type: 'INSTALL_EVENTS', events: [event] })
  expect(wizard.state().hasFormatted).toBe(true)
  wizard.stop()
  const later = start(toInstall)
  expect(later.wizard.state().hasFormatted).toBe(true)
  later.wizard.stop()
})
