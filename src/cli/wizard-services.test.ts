import { expect, test } from 'vitest'
import { createLiveLog } from '../install/live-log.ts'
import type { Answers, StepId } from '../model/answers.ts'
import { steps } from '../steps/order.ts'
import { parseStep } from '../steps/parse-step.ts'
import type { Drafts } from '../steps/step.ts'
import { fakeSystem } from '../testing/fake-system.ts'
import { hardware } from '../testing/machine.ts'
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
  const hands = {
    environment: {},
    places: { templates: '/templates', phases: '/phases' },
    machineDirectories: [],
    system,
    liveLog: createLiveLog(),
  }
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
