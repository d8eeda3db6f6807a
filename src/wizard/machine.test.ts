import { expect, test } from 'vitest'
import { getShortestPaths } from 'xstate/graph'
import { loadDictionaries } from '../credentials/secret-strength.ts'
import { Secret } from '../model/secret.ts'
import { steps } from '../steps/order.ts'
import { hardware } from '../testing/machine.ts'
import { wizardMachine } from './machine.ts'
import type { WizardInput } from './machine-parts.ts'
import { walk } from './pages.ts'
import type { WizardEvent, WizardPorts, WizardState } from './state.ts'
import { createWizard, plainState } from './wizard.ts'

const machine = hardware('two-virtio-uefi-tpm')

/** Its groups to type are the 3rd and the 5th. */
const KEY = new Secret('dddddddd-bbbbbbbb-cbdefghi-jklnrtuv-tuvcbdef-gggggggg-hhhhhhhh-iiiiiiii')
const ports: WizardPorts = {
  detect: () => new Promise<never>(() => {}),
  findBegun: async () => null,
  opensDisks: async () => null,
  release: async () => {},
  install: () => new Promise<never>(() => {}),
  makeRecoveryKey: () => KEY,
}

/** Answers that are sound on that machine, other than the defaults in every page. */
const drafts = {
  system: { ...steps.system.defaults(machine), keyboard: 'de-latin1' },
  disk: {
    ...steps.disk.defaults(machine),
    layout: 'single-ext4',
    devices: ['/dev/disk/by-id/virtio-keystone-b'],
    swap: '512MiB',
  },
  encryption: { unlock: 'passphrase', passphrase: 'four random words here', pin: '', recoveryKey: true },
  network: { ...steps.network.defaults(machine), interface: 'any' },
  identity: {
    ...steps.identity.defaults(machine),
    hostName: 'tower',
    userName: 'anna',
    password: 'three random words',
  },
  cluster: { ...steps.cluster.defaults(machine), name: 'attic' },
}
const input: WizardInput = {
  isDryRun: false,
  recoveryKey: KEY,
  drafts,
  repeats: { passphrase: 'four random words here', pin: '', password: 'three random words' },
}

const failure = { task: 'build', message: 'no space left', nextSteps: [], problems: [] } as const

const events: WizardEvent[] = [
  { type: 'DETECTED', hardware: machine },
  { type: 'NEXT' },
  { type: 'BACK' },
  { type: 'GOTO', page: 'disk' },
  { type: 'GOTO', page: 'identity' },
  { type: 'GOTO', page: 'review' },
  { type: 'TYPE_DISK_NAMES', text: 'vdc' },
  { type: 'INSTALLED' },
  { type: 'INSTALL_FAILED', failure },
  { type: 'INSTALL_CANCELLED' },
  { type: 'TYPE_KEY_GROUP', which: 0, text: 'cbdefghi' },
  { type: 'TYPE_KEY_GROUP', which: 1, text: 'tuvcbdef' },
  { type: 'DICTIONARIES_LOADED' },
  { type: 'RETRY' },
  { type: 'FINISH' },
  { type: 'HELP' },
  { type: 'SHOW_LOG' },
  { type: 'CLOSE' },
  { type: 'QUIT' },
  { type: 'STAY' },
  { type: 'LEAVE' },
]

const paths = getShortestPaths(wizardMachine, {
  input,
  events,
  serializeState: (snapshot) => {
    const {
      page,
      overlay,
      exit,
      isEditing,
      hardware: known,
      typedDiskNames,
      typedKeyGroups,
    } = plainState(snapshot as Parameters<typeof plainState>[0])
    return JSON.stringify([page, overlay, exit, isEditing, known !== null, typedDiskNames, typedKeyGroups])
  },
  // What is over stays over.
  stopWhen: (snapshot) => plainState(snapshot as Parameters<typeof plainState>[0]).exit !== null,
})

function freshWizard() {
  const wizard = createWizard(ports, input)
  wizard.start()
  return wizard
}

const places = paths.map((path) => ({
  path: path.steps.map(({ event }) => event).filter(({ type }) => !(type as string).startsWith('xstate.')),
  end: plainState(path.state as Parameters<typeof plainState>[0]),
}))

test('every page can be reached, with every overlay', () => {
  const reached = new Set(places.map(({ end }) => `${end.page} ${end.overlay}`))
  const pages = [...walk(drafts), 'install', 'failed', 'done']
  const wanted = pages.flatMap((page) => ['none', 'help', 'log', 'quit'].map((overlay) => `${page} ${overlay}`))
  expect(wanted.filter((place) => !reached.has(place))).toEqual([])
})

test('the real wizard follows every path of the chart and keeps every answer', () => {
  expect(places.length).toBeGreaterThan(100)
  for (const { path, end } of places) {
    const wizard = freshWizard()
    for (const event of path) wizard.send(event)
    const state = wizard.state()
    expect([state.page, state.overlay, state.exit]).toEqual([end.page, end.overlay, end.exit])
    // A system that is installed needs no secret any more.
    if (state.page === 'done') expect(JSON.stringify([state.drafts, state.repeats])).not.toContain('random words')
    else expect([state.drafts, state.repeats]).toEqual([input.drafts, input.repeats])
    wizard.stop()
  }
})

test('from every place before the install, Back leads to the welcome page with every answer kept', () => {
  const before = places.filter(
    ({ end }) => walk(drafts).includes(end.page) && end.overlay === 'none' && end.exit === null,
  )
  for (const { path } of before) {
    const wizard = freshWizard()
    for (const event of path) wizard.send(event)
    for (let step = 0; step < walk(drafts).length + 1; step++) wizard.send({ type: 'BACK' })
    expect(wizard.state().page).toBe('welcome')
    expect([wizard.state().drafts, wizard.state().repeats]).toEqual([input.drafts, input.repeats])
    wizard.stop()
  }
})

test('no path erases without the typed names and the typed key', () => {
  const erasing = places.filter(({ end }) => ['install', 'failed', 'done'].includes(end.page))
  expect(erasing.length).toBeGreaterThan(0)
  for (const { path } of erasing) {
    expect(path).toContainEqual({ type: 'TYPE_DISK_NAMES', text: 'vdc' })
    expect(path).toContainEqual({ type: 'TYPE_KEY_GROUP', which: 0, text: 'cbdefghi' })
    expect(path).toContainEqual({ type: 'TYPE_KEY_GROUP', which: 1, text: 'tuvcbdef' })
  }
})

function play(path: readonly WizardEvent[], from: WizardInput = input): WizardState {
  const wizard = createWizard(ports, from)
  wizard.start()
  for (const event of path) wizard.send(event)
  const state = wizard.state()
  wizard.stop()
  return state
}

const detected: WizardEvent = { type: 'DETECTED', hardware: machine }
const next: WizardEvent = { type: 'NEXT' }

test('nobody leaves without being asked', () => {
  expect(play([detected, { type: 'LEAVE' }]).exit).toBeNull()
  expect(play([detected, { type: 'QUIT' }, { type: 'LEAVE' }]).exit).toBe('quit')
  expect(play([detected, { type: 'QUIT' }, { type: 'STAY' }, { type: 'LEAVE' }]).exit).toBeNull()
})

test('the first page waits for the hardware', () => {
  expect(play([next]).page).toBe('welcome')
  expect(play([detected, next]).page).toBe('system')
})

test('a machine in BIOS mode stays on the first page and says why; a dry run may look around', () => {
  const bios: WizardEvent = { type: 'DETECTED', hardware: { ...machine, firmware: 'bios' } }
  const state = play([bios, next])
  expect(state.page).toBe('welcome')
  expect(state.machineProblems.map(({ code }) => code)).toEqual(['needs-uefi'])
  expect(play([bios, next], { ...input, isDryRun: true }).page).toBe('system')
})

test('defaults come from the hardware', () => {
  const state = play([detected], { isDryRun: false, recoveryKey: KEY })
  expect(state.drafts?.disk).toMatchObject({
    layout: 'single-zfs',
    devices: ['/dev/disk/by-id/virtio-keystone-a'],
    swap: '512MiB',
  })
})

test('a page with problems is not left, and its problems follow the edits', () => {
  const wrong: WizardEvent = { type: 'EDIT', step: 'cluster', draft: { ...drafts.cluster, name: 'My Cluster' } }
  const right: WizardEvent = { type: 'EDIT', step: 'cluster', draft: drafts.cluster }
  const toCluster = [detected, next, next, next, next, next, next]
  const stuck = play([...toCluster, wrong, next])
  expect(stuck.page).toBe('cluster')
  expect(stuck.problems.cluster?.map(({ code }) => code)).toEqual(['invalid-cluster-name'])
  expect(play([...toCluster, wrong, next, right]).problems.cluster).toEqual([])
})

test('passphrases that differ hold the page', () => {
  const differ: WizardEvent = { type: 'EDIT_REPEAT', secret: 'passphrase', text: 'four random words her' }
  const state = play([detected, next, next, next, differ, next])
  expect(state.page).toBe('encryption')
  expect(state.problems.encryption).toEqual([
    {
      code: 'passphrases-differ',
      path: ['encryption', 'passphrase'],
      message: 'the two passphrases differ',
      hint: 'type both again',
    },
  ])
})

const toReview = [detected, ...Array.from({ length: 7 }, () => next)]
const typeKey: readonly WizardEvent[] = [
  { type: 'TYPE_KEY_GROUP', which: 0, text: 'cbdefghi' },
  { type: 'TYPE_KEY_GROUP', which: 1, text: ' TUVCBDEF' },
]
const toConfirm = [...toReview, next, ...typeKey, next]

test('a page edited from the review leads back to the review, by Next and by Back', () => {
  const edit: WizardEvent = { type: 'GOTO', page: 'network' }
  expect(play([...toReview, edit]).page).toBe('network')
  expect(play([...toReview, edit, next]).page).toBe('review')
  expect(play([...toReview, edit, { type: 'BACK' }]).page).toBe('review')
})

test('a problem left behind by an edit is shown in the review, and Next leads to it', () => {
  const edit: WizardEvent[] = [
    { type: 'GOTO', page: 'cluster' },
    { type: 'EDIT', step: 'cluster', draft: { ...drafts.cluster, name: '' } },
    { type: 'BACK' },
  ]
  const state = play([...toReview, ...edit])
  expect(state.review?.sections.find(({ id }) => id === 'cluster')?.problems.map(({ code }) => code)).toEqual([
    'missing',
  ])
  expect(state.review?.plan).toBeNull()
  expect(play([...toReview, ...edit, next]).page).toBe('cluster')
})

test('other words than the disk names do not erase', () => {
  const state = play([...toConfirm, { type: 'TYPE_DISK_NAMES', text: 'vdb' }, next])
  expect([state.page, state.hasMistyped]).toEqual(['confirm', true])
})

test('the confirmation names the disks as they were shown', () => {
  const state = play([...toConfirm, { type: 'TYPE_DISK_NAMES', text: 'vdc' }, next])
  expect(state.page).toBe('install')
  expect(state.confirmation).toEqual({
    disks: [{ id: '/dev/disk/by-id/virtio-keystone-b', serial: 'keystone-b', sizeBytes: 8589934592, path: '/dev/vdc' }],
  })
})

test('the recovery key is typed back before the confirmation, and half of it is not enough', () => {
  expect(play([...toReview, next]).page).toBe('recovery')
  const half = play([...toReview, next, ...typeKey.slice(0, 1), next])
  expect([half.page, half.hasMistypedKey]).toEqual(['recovery', true])
  expect(play([...toConfirm]).page).toBe('confirm')
  expect(play([...toConfirm, { type: 'BACK' }]).page).toBe('recovery')
  expect(play([...toConfirm, { type: 'BACK' }, { type: 'BACK' }]).page).toBe('review')
})

test.each([
  ['turned off', { ...drafts.encryption, recoveryKey: false }],
  ['no use without encryption', { unlock: 'none', passphrase: '', pin: '', recoveryKey: true }],
])('a recovery key that is %s has no page', (_, encryption) => {
  const without = {
    ...input,
    drafts: { ...drafts, encryption },
    repeats: { ...input.repeats, passphrase: encryption.passphrase },
  }
  const state = play([...toReview, next], without as WizardInput)
  expect(state.page).toBe('confirm')
  expect(play([...toReview, next, { type: 'BACK' }], without as WizardInput).page).toBe('review')
  expect(walk(state.drafts)).not.toContain('recovery')
})

const toInstall: readonly WizardEvent[] = [...toConfirm, { type: 'TYPE_DISK_NAMES', text: 'vdc' }, next]

test('each attempt installs with the same key, and after the install nobody has it', () => {
  const given: (string | undefined)[] = []
  const wizard = createWizard(
    {
      ...ports,
      install(request) {
        given.push(request.secrets.recoveryKey?.reveal())
        return new Promise<never>(() => {})
      },
    },
    input,
  )
  wizard.start()
  for (const event of toInstall) wizard.send(event)
  wizard.send({ type: 'INSTALL_FAILED', failure })
  expect(wizard.state().recoveryKey?.reveal()).toBe(KEY.reveal())
  wizard.send({ type: 'RETRY' })
  expect(given).toEqual([KEY.reveal(), KEY.reveal()])
  wizard.send({ type: 'INSTALLED' })
  expect([wizard.state().recoveryKey, wizard.state().typedKeyGroups]).toEqual([null, ['', '']])
  wizard.send({ type: 'FINISH' })
  expect(wizard.state()).toMatchObject({ exit: 'installed', wantsReboot: true })
  wizard.stop()
})

test('the secrets that are handed over are those of the answers', () => {
  let secrets: unknown
  const wizard = createWizard(
    {
      ...ports,
      install(request) {
        const { passphrase, pin, password, recoveryKey } = request.secrets
        secrets = [passphrase, pin, password, recoveryKey].map((secret) => secret?.reveal())
        return new Promise<never>(() => {})
      },
    },
    {
      ...input,
      drafts: { ...drafts, encryption: { ...drafts.encryption, unlock: 'tpm-pin', pin: '274619' } },
      repeats: { ...input.repeats, pin: '274619' } as WizardInput['repeats'] & object,
    },
  )
  wizard.start()
  for (const event of toInstall) wizard.send(event)
  expect(secrets).toEqual(['four random words here', '274619', 'three random words', KEY.reveal()])
  wizard.stop()
})

test('PINs that differ hold the page', () => {
  const pin: WizardInput = {
    ...input,
    drafts: { ...drafts, encryption: { ...drafts.encryption, unlock: 'tpm-pin', pin: '274619' } },
  }
  const state = play([detected, next, next, next, next], pin)
  expect([state.page, state.problems.encryption?.map(({ code }) => code)]).toEqual(['encryption', ['pins-differ']])
})

// The last test of the file: the dictionaries stay loaded.
test('a weak passphrase holds the page, or leads back to the review when that is found out later', async () => {
  const passphrase = 'towertowertower'
  const weak: WizardInput = {
    ...input,
    drafts: { ...drafts, encryption: { ...drafts.encryption, passphrase } },
    repeats: { passphrase, pin: '', password: 'three random words' },
  }
  const wizard = createWizard(ports, weak)
  wizard.start()
  for (const event of toConfirm) wizard.send(event)
  expect(wizard.state().page).toBe('confirm')
  await loadDictionaries()
  wizard.send({ type: 'DICTIONARIES_LOADED' })
  expect(wizard.state().page).toBe('review')
  wizard.send(next)
  expect(wizard.state().page).toBe('encryption')
  expect(wizard.state().problems.encryption?.map(({ code }) => code)).toEqual(['passphrase-too-weak'])
  wizard.stop()

  expect(play([detected, next, next, next, next], weak).page).toBe('encryption')
})
