import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { Answers, StepId } from '../model/answers.ts'
import type { InstallEvent } from '../model/event.ts'
import { JOURNAL_FILE } from '../model/paths.ts'
import type { Plan } from '../model/plan.ts'
import { Secret } from '../model/secret.ts'
import { hashOf } from '../plan/hash.ts'
import { steps } from '../steps/order.ts'
import { parseStep } from '../steps/parse-step.ts'
import type { Drafts } from '../steps/step.ts'
import { begunInstall } from '../testing/begun.ts'
import { journalBytes, recordsUntil, savedInstall, VERSION } from '../testing/begun-journal.ts'
import { fakeSystem } from '../testing/fake-system.ts'
import { finishedMachine } from '../testing/finished-machine.ts'
import { copyProduct, handsOn } from '../testing/hands.ts'
import { hardware, machineSystem } from '../testing/machine.ts'
import { begunLines } from '../ui/begun-words.ts'
import { earlierInstall, findEarlierInstalls, opensDisks } from './earlier-install.ts'
import { wizardServices } from './wizard-services.ts'

const machine = hardware('two-virtio-uefi-tpm')

function answers(): Answers {
  const accepted = <Id extends StepId>(id: Id, changes: Partial<Drafts[Id]>): Answers[Id] => {
    const parsed = parseStep(steps[id], { ...steps[id].defaults(machine), ...changes })
    if ('problems' in parsed) throw new Error(JSON.stringify(parsed.problems))
    return parsed.value
  }
  return {
    system: accepted('system', {}),
    disk: accepted('disk', {}),
    encryption: accepted('encryption', { unlock: 'tpm-pin', passphrase: 'canary canary canary', pin: 'canary7' }),
    network: accepted('network', {}),
    identity: accepted('identity', { password: 'canary password' }),
    cluster: accepted('cluster', {}),
  }
}

function services() {
  const system = fakeSystem({ files: { '/root/there.yaml': 'of somebody else' }, directories: ['/root'] })
  const hands = handsOn(system)
  const run = { dryRunOut: null, machine: null, signal: new AbortController().signal }
  return { system, wizard: wizardServices(hands, run) }
}

test('answers are saved without their secrets, and only for this user to read', async () => {
  const { system, wizard } = services()
  expect(await wizard.saveAnswers(answers(), '/root/a.yaml', { mayReplace: false })).toBe('saved')
  const file = system.written().get('/root/a.yaml')
  expect(file?.mode).toBe(0o600)
  expect(file?.content).toContain('hostName: primer')
  expect(file?.content).toContain('unlock: tpm-pin')
  expect(file?.content).not.toContain('canary')
})

test('a file that is there is replaced only when that was said', async () => {
  const { system, wizard } = services()
  expect(await wizard.saveAnswers(answers(), '/root/there.yaml', { mayReplace: false })).toBe('exists')
  expect(system.written().size).toBe(0)
  expect(await wizard.saveAnswers(answers(), '/root/there.yaml', { mayReplace: true })).toBe('saved')
  expect(system.written().get('/root/there.yaml')?.content).toContain('hostName: primer')
})

test('each recovery key is another one', () => {
  const { wizard } = services()
  const keys = [wizard.makeRecoveryKey(), wizard.makeRecoveryKey()].map((key) => key.reveal())
  expect(keys[0]).toMatch(/^([cbdefghijklnrtuv]{8}-){7}[cbdefghijklnrtuv]{8}$/)
  expect(keys[0]).not.toBe(keys[1])
})

const NO_SECRETS = {
  passphrase: null,
  pin: null,
  recoveryKey: null,
  password: null,
  passwordHash: null,
  wifiPassphrase: null,
  joinToken: null,
}

test('trying again stops with the difference when the machine is not that of the plan any more', async () => {
  const saved = await savedInstall('0.4.9')
  const system = machineSystem('two-virtio-uefi-tpm')
  await copyProduct(system)
  await system.writeBytes(JOURNAL_FILE, journalBytes(saved, recordsUntil('build')), { mode: 0o600 })
  const hands = handsOn(system)
  const wizard = wizardServices(hands, { dryRunOut: null, machine: null, signal: new AbortController().signal })
  const events: InstallEvent[] = []
  const outcome = await wizard.install({
    answers: null,
    plan: saved.plan,
    confirmation: saved.confirmation,
    secrets: NO_SECRETS,
    begun: null,
    isRetry: true,
    signal: new AbortController().signal,
    onEvent: (event) => events.push(event),
  })
  expect(outcome).toMatchObject({
    status: 'failed',
    failure: { task: 'preflight', problems: [{ code: 'other-version' }] },
  })
  expect(events.map(({ type }) => type)).toEqual(['task-failed'])
  expect(system.runs()).toEqual([])
})

test('an earlier install is offered with the secrets that are missing and its answers without any', async () => {
  const system = machineSystem('two-virtio-uefi-tpm')
  await system.writeBytes(JOURNAL_FILE, journalBytes(await savedInstall(VERSION), recordsUntil('build')), {
    mode: 0o600,
  })
  const folder = mkdtempSync(join(tmpdir(), 'earlier-'))
  try {
    const hands = { system, version: VERSION, lockFile: join(folder, 'lock') }
    const earlier = await earlierInstall(await findEarlierInstalls(hands, machine))
    expect(earlier?.begun.problems).toEqual([])
    expect(earlier?.secrets).toEqual(['passphrase', 'recoveryKey', 'password'])
    expect(earlier?.opening?.problems).toEqual([])
    expect(earlier?.opening?.drafts.identity).toMatchObject({ hostName: 'primer', userName: 'admin' })
    expect(earlier?.opening?.drafts.encryption).not.toHaveProperty('passphrase')
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
})

test('an install of another version is offered to be looked at, whatever its plan has in it, and asks for no secret', async () => {
  const system = machineSystem('two-virtio-uefi-tpm')
  const saved = await savedInstall('0.4.9')
  const { hash: _, cluster: __, network: ___, unlock: ____, ...rest } = saved.plan
  const content = { ...rest, ofLater: { is: 'kept' } }
  const hash = hashOf(content)
  const plan = { ...content, hash } as unknown as Plan
  await system.writeBytes(JOURNAL_FILE, journalBytes({ ...saved, plan, planHash: hash }, recordsUntil('build')), {
    mode: 0o600,
  })
  const folder = mkdtempSync(join(tmpdir(), 'other-version-'))
  try {
    const hands = { system, version: VERSION, lockFile: join(folder, 'lock') }
    const earlier = await earlierInstall(await findEarlierInstalls(hands, machine))
    expect(earlier?.begun.problems.map(({ code }) => code)).toEqual(['other-version'])
    expect(earlier?.secrets).toEqual([])
    expect(earlier && begunLines(earlier.begun, machine, 80).join('\n')).toContain('It was begun by Keystone 0.4.9')
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
})

test('the disks say what Keystone has installed on them, and that is no install to go on with', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'finished-'))
  try {
    const { system, ran } = await finishedMachine()
    const hands = handsOn(system, { lockFile: join(folder, 'lock') })
    const wizard = wizardServices(hands, { dryRunOut: null, machine: null, signal: new AbortController().signal })
    const found = await wizard.detect(() => {})
    const contentsOf = (name: string) => found.disks.find((disk) => disk.name === name)?.contents
    expect(contentsOf('vdb')?.[0]).toBe('primer (Keystone, 22 November 2026)')
    expect(contentsOf('vdc')).toEqual([])
    expect(await wizard.findBegun(found)).toBeNull()
    // Both by one look.
    expect(ran.map((line) => line.split(' ')[0])).toEqual(['mount', 'umount'])
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
})

test('whether the disks open is not tried where the device is not there yet', async () => {
  const system = machineSystem('two-virtio-uefi-tpm')
  const begun = { ...begunInstall, saved: await savedInstall(VERSION) }
  expect(await opensDisks(system, begun, new Secret('four random words'))).toBeNull()
})
