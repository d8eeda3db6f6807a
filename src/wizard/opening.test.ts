import { readdirSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { openingAnswers } from '../answers/opening-answers.ts'
import { readAnswers } from '../answers/read-answers.ts'
import type { Hardware } from '../model/hardware.ts'
import { Secret } from '../model/secret.ts'
import { hardware } from '../testing/machine.ts'
import type { WizardEvent, WizardState } from './state.ts'
import { createWizard } from './wizard.ts'

const CASES = new URL('../testing/cases/', import.meta.url)
const read = (name: string, file: string) => readFileSync(new URL(`${name}/${file}`, CASES), 'utf8')
const goodCases = readdirSync(CASES).filter((name) => !readdirSync(new URL(`${name}/`, CASES)).includes('error.txt'))

/** The wizard with an answer file, once the hardware is known and these events have happened. */
async function open(text: string, machine: Hardware, ...events: readonly WizardEvent[]): Promise<WizardState> {
  const file = await readAnswers(text, 'answers.yaml', { readSecretFile: async () => null })
  const never = () => new Promise<never>(() => {})
  const opening = openingAnswers(file, 'answers.yaml')
  const wizard = createWizard(
    {
      detect: never,
      findBegun: async () => null,
      opensDisks: async () => null,
      release: async () => {},
      install: never,
      makeRecoveryKey: () => new Secret('c-c-c-c-c-c-c-c'),
    },
    { isDryRun: false, opening },
  )
  wizard.start()
  for (const event of [{ type: 'DETECTED', hardware: machine } as const, ...events]) wizard.send(event)
  const state = wizard.state()
  wizard.stop()
  return state
}

const machine = hardware('two-virtio-uefi-tpm')
const GOOD = read('default', 'answers.yaml')
const next: WizardEvent = { type: 'NEXT' }
const back: WizardEvent = { type: 'BACK' }

test.each(goodCases)('the wizard makes the same plan of a file as an install without questions: %s', async (name) => {
  const fit = { ...hardware(read(name, 'machine.txt').trim()), problems: [] }
  const { page, review } = await open(read(name, 'answers.yaml'), fit)
  expect(page).toBe('review')
  expect(review?.plan?.hash).toBe(read(name, 'plan-hash.txt').trim())
})

test('a file that confirms the erasing does not type the names', async () => {
  expect(GOOD).toContain('confirm:')
  const keyGroup = (which: 0 | 1): WizardEvent => ({ type: 'TYPE_KEY_GROUP', which, text: 'c' })
  const state = await open(GOOD, machine, next, keyGroup(0), keyGroup(1), next, next)
  expect([state.page, state.hasMistyped, state.typedDiskNames]).toEqual(['confirm', true, ''])
})

test('Back from the review leads through all pages, and the welcome page stays', async () => {
  const backs = Array.from({ length: 7 }, () => back)
  expect((await open(GOOD, machine, ...backs)).page).toBe('welcome')
  const again = await open(GOOD, machine, ...backs, next)
  expect([again.page, again.drafts?.identity.hostName]).toEqual(['system', 'primer'])
})

test('begins where a secret was left out, without a reproach', async () => {
  const state = await open(GOOD.replace(/^ +password: .*\n/m, ''), machine)
  expect([state.page, state.problems]).toEqual(['identity', {}])
  expect(state.drafts?.encryption.passphrase).toBe('keystone demo passphrase')
  expect(state.repeats.passphrase).toBe('keystone demo passphrase')
})

test('a section that was left out is asked for, with the defaults of the machine', async () => {
  const state = await open('version: 1\ncluster:\n  name: attic\n', machine)
  expect(state.page).toBe('disk')
  expect(state.drafts?.disk.devices).toEqual(['/dev/disk/by-id/virtio-keystone-a'])
  expect(state.drafts?.cluster.name).toBe('attic')
})

test('a file that is given on the first page takes the place of what was answered before', async () => {
  const file = await readAnswers(GOOD.replace(/^ +password: .*\n/m, ''), 'b.yaml', { readSecretFile: async () => null })
  const edit: WizardEvent = {
    type: 'EDIT',
    step: 'system',
    draft: { language: 'C.UTF-8', keyboard: 'de-latin1', timeZone: 'UTC' },
  }
  const opened: WizardEvent = { type: 'OPENED', opening: openingAnswers(file, 'b.yaml') }
  const text = 'version: 2\ncluster:\n  name: attic\n'
  const state = await open(text, machine, edit, ...Array.from({ length: 9 }, () => back), opened)
  expect([state.page, state.opening?.fileName]).toEqual(['identity', 'b.yaml'])
  expect([state.drafts?.system.keyboard, state.drafts?.cluster.name]).toEqual(['us', 'home'])
})

test('problems of the file hold the welcome page; Continue leads to the page with the first one', async () => {
  const text = GOOD.replace('hostName: primer', 'hostName: a.b')
  const first = await open(text, machine)
  expect([first.page, first.opening?.problems.map(({ code }) => code)]).toEqual(['welcome', ['invalid-hostname']])
  const second = await open(text, machine, next)
  expect([second.page, second.drafts?.identity.hostName]).toEqual(['identity', 'a.b'])
  expect(second.problems.identity?.map(({ code }) => code)).toEqual(['invalid-hostname'])
})

test('what the machine has against the answers is on the page that opens', async () => {
  const state = await open(GOOD, { ...machine, tpm: { ...machine.tpm, isUsable: false } })
  expect(state.page).toBe('encryption')
  expect(state.problems.encryption?.map(({ code }) => code)).toEqual(['tpm-not-usable'])
})

test('a disk that is not here is told, and is on no list that nobody sees', async () => {
  const text = GOOD.replaceAll('virtio-keystone-a', 'virtio-elsewhere')
  const first = await open(text, machine)
  expect(first.opening?.problems.map(({ message }) => message)).toEqual([
    'this machine has no disk /dev/disk/by-id/virtio-elsewhere',
  ])
  const second = await open(text, machine, next)
  expect([second.page, second.drafts?.disk.devices]).toEqual(['disk', []])
})

test('disks in any list that are not here are told and taken off', async () => {
  const here = '/dev/disk/by-id/virtio-keystone-b'
  const text = `version: 2\ndisk:\n  devices: [/dev/disk/by-id/virtio-keystone-a]\n  spares: [${here}, /dev/disk/by-id/gone]\n`
  const { drafts, opening } = await open(text, machine)
  expect(drafts?.disk.spares).toEqual([here])
  expect(opening?.problems.map(({ path, message }) => [path.join('.'), message])).toContainEqual([
    'disk.spares.1',
    'this machine has no disk /dev/disk/by-id/gone',
  ])
})

test('a machine that cannot be installed stays on the welcome page', async () => {
  expect((await open(GOOD, { ...machine, firmware: 'bios' }, next)).page).toBe('welcome')
})

test('a note about the machine is read before the review', async () => {
  const noted = {
    ...machine,
    problems: [{ code: 'x', path: ['hardware', 'cpu'], message: 'the processor is unknown' }],
  }
  expect((await open(GOOD, noted)).page).toBe('welcome')
  expect((await open(GOOD, noted, next)).page).toBe('review')
})
