import { expect, test } from 'vitest'
import { getShortestPaths } from 'xstate/graph'
import { Secret } from '../model/secret.ts'
import { hardware } from '../testing/machine.ts'
import { wizardMachine } from './machine.ts'
import type { WizardInput } from './machine-parts.ts'
import { walk } from './pages.ts'
import type { WizardEvent, WizardState } from './state.ts'
import { createWizard, plainState } from './wizard.ts'

const machine = hardware('two-virtio-uefi-tpm')

/** Answers that are sound on that machine, other than the defaults in every page. */
const input: WizardInput = {
  isDryRun: false,
  drafts: {
    disk: { layout: 'single-ext4', devices: ['/dev/disk/by-id/virtio-keystone-b'], swap: '512MiB' },
    encryption: { passphrase: 'four random words here', tpmUnlock: false, recoveryKey: true },
    network: { interface: 'any', mode: 'dhcp', address: '', gateway: '', nameservers: [] },
    identity: { hostName: 'tower', userName: 'anna', password: 'three random words', sshKeys: [] },
    cluster: { name: 'attic', role: 'primer' },
  },
  repeats: { passphrase: 'four random words here', password: 'three random words' },
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
  { type: 'RECOVERY_KEY', key: new Secret('cbdefghi-tuvcbdef') },
  { type: 'KEPT_RECOVERY_KEY' },
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
      recoveryKey,
    } = plainState(snapshot as Parameters<typeof plainState>[0])
    return JSON.stringify([page, overlay, exit, isEditing, known !== null, typedDiskNames, recoveryKey !== null])
  },
  // What is over stays over.
  stopWhen: (snapshot) => plainState(snapshot as Parameters<typeof plainState>[0]).exit !== null,
})

function freshWizard() {
  const never = new Promise<never>(() => {})
  const wizard = createWizard({ detect: () => never, install: () => never }, input)
  wizard.start()
  return wizard
}

const places = paths.map((path) => ({
  path: path.steps.map(({ event }) => event).filter(({ type }) => !(type as string).startsWith('xstate.')),
  end: plainState(path.state as Parameters<typeof plainState>[0]),
}))

test('every page can be reached, with every overlay', () => {
  const reached = new Set(places.map(({ end }) => `${end.page} ${end.overlay}`))
  const pages = [...walk, 'install', 'failed', 'done']
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
    expect([state.drafts, state.repeats]).toEqual([input.drafts, input.repeats])
    wizard.stop()
  }
})

test('from every place before the install, Back leads to the welcome page with every answer kept', () => {
  const before = places.filter(({ end }) => walk.includes(end.page) && end.overlay === 'none' && end.exit === null)
  for (const { path } of before) {
    const wizard = freshWizard()
    for (const event of path) wizard.send(event)
    for (let step = 0; step < walk.length + 1; step++) wizard.send({ type: 'BACK' })
    expect(wizard.state().page).toBe('welcome')
    expect([wizard.state().drafts, wizard.state().repeats]).toEqual([input.drafts, input.repeats])
    wizard.stop()
  }
})

test('no path erases without the typed names', () => {
  const erasing = places.filter(({ end }) => ['install', 'failed', 'done'].includes(end.page))
  expect(erasing.length).toBeGreaterThan(0)
  for (const { path } of erasing) expect(path).toContainEqual({ type: 'TYPE_DISK_NAMES', text: 'vdc' })
})

function play(path: readonly WizardEvent[], from: WizardInput = input): WizardState {
  const never = new Promise<never>(() => {})
  const wizard = createWizard({ detect: () => never, install: () => never }, from)
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
  expect(play([detected, next]).page).toBe('disk')
})

test('a machine in BIOS mode stays on the first page and says why; a dry run may look around', () => {
  const bios: WizardEvent = { type: 'DETECTED', hardware: { ...machine, firmware: 'bios' } }
  const state = play([bios, next])
  expect(state.page).toBe('welcome')
  expect(state.machineProblems.map(({ code }) => code)).toEqual(['needs-uefi'])
  expect(play([bios, next], { ...input, isDryRun: true }).page).toBe('disk')
})

test('defaults come from the hardware', () => {
  const state = play([detected], { isDryRun: false })
  expect(state.drafts?.disk).toEqual({
    layout: 'single-zfs',
    devices: ['/dev/disk/by-id/virtio-keystone-a'],
    swap: '512MiB',
  })
})

test('a page with problems is not left, and its problems follow the edits', () => {
  const wrong: WizardEvent = { type: 'EDIT', step: 'cluster', draft: { name: 'My Cluster', role: 'primer' } }
  const right: WizardEvent = { type: 'EDIT', step: 'cluster', draft: { name: 'attic', role: 'primer' } }
  const toCluster = [detected, next, next, next, next, next]
  const stuck = play([...toCluster, wrong, next])
  expect(stuck.page).toBe('cluster')
  expect(stuck.problems.cluster?.map(({ code }) => code)).toEqual(['invalid-cluster-name'])
  expect(play([...toCluster, wrong, next, right]).problems.cluster).toEqual([])
})

test('passphrases that differ hold the page', () => {
  const differ: WizardEvent = { type: 'EDIT_REPEAT', secret: 'passphrase', text: 'four random words her' }
  const state = play([detected, next, next, differ, next])
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

const toReview = [detected, ...Array.from({ length: 6 }, () => next)]

test('a page edited from the review leads back to the review, by Next and by Back', () => {
  const edit: WizardEvent = { type: 'GOTO', page: 'network' }
  expect(play([...toReview, edit]).page).toBe('network')
  expect(play([...toReview, edit, next]).page).toBe('review')
  expect(play([...toReview, edit, { type: 'BACK' }]).page).toBe('review')
})

test('a problem left behind by an edit is shown in the review, and Next leads to it', () => {
  const edit: WizardEvent[] = [
    { type: 'GOTO', page: 'cluster' },
    { type: 'EDIT', step: 'cluster', draft: { name: '', role: 'primer' } },
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
  const state = play([...toReview, next, { type: 'TYPE_DISK_NAMES', text: 'vdb' }, next])
  expect([state.page, state.hasMistyped]).toEqual(['confirm', true])
})

test('the confirmation names the disks as they were shown', () => {
  const state = play([...toReview, next, { type: 'TYPE_DISK_NAMES', text: 'vdc' }, next])
  expect(state.page).toBe('install')
  expect(state.confirmation).toEqual({
    disks: [{ id: '/dev/disk/by-id/virtio-keystone-b', serial: 'keystone-b', sizeBytes: 8589934592 }],
  })
})

test('a recovery key that was not confirmed cannot be left by "Reboot now"', () => {
  const toDone: WizardEvent[] = [
    ...toReview,
    next,
    { type: 'TYPE_DISK_NAMES', text: 'vdc' },
    next,
    { type: 'RECOVERY_KEY', key: new Secret('a-b') },
    { type: 'INSTALLED' },
    { type: 'FINISH' },
  ]
  expect(play(toDone).exit).toBeNull()
  expect(play([...toDone, { type: 'KEPT_RECOVERY_KEY' }, { type: 'FINISH' }])).toMatchObject({
    exit: 'installed',
    wantsReboot: true,
    recoveryKey: null,
  })
})
