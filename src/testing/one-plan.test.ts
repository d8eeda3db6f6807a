import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { openingAnswers } from '../answers/opening-answers.ts'
import { planFromFile } from '../answers/plan-from-file.ts'
import { readAnswers } from '../answers/read-answers.ts'
import { writeAnswers } from '../answers/write-answers.ts'
import type { Answers, DiskAnswers } from '../model/answers.ts'
import type { Hardware } from '../model/hardware.ts'
import { checkMachine } from '../plan/check-machine.ts'
import { imagineFree } from '../plan/imagine-free.ts'
import type { PlanResult } from '../plan/make-plan.ts'
import { makePlan } from '../plan/make-plan.ts'
import { targetProblems } from '../steps/disk/target-problems.ts'
import { openingDrafts } from '../wizard/opening.ts'
import { makeReview } from '../wizard/review.ts'
import { goodCaseNames } from './good-cases.ts'
import { hardware, machineNames } from './machine.ts'

// "All machines x all good answers": the same answers give the same plan, or the same problems, by every door.

const CASES = new URL('cases/', import.meta.url)
const FILE = 'answers.yaml'

/** The answers of a good case, on the machine it was written for. */
async function answersOf(name: string): Promise<Answers> {
  const read = (file: string) => readFileSync(new URL(`${name}/${file}`, CASES), 'utf8')
  const result = await planFromFile(read(FILE), FILE, hardware(read('machine.txt').trim()), {
    readSecretFile: async () => null,
  })
  if ('problems' in result) throw new Error(`${name} is no good case`)
  return result.answers
}

/** The same wishes on another machine: its free disks, first to last, in the place of the case's, and its interface. */
function adapt(answers: Answers, machine: Hardware): Answers {
  const free = machine.disks.filter((disk) => targetProblems(disk, null, []).length === 0).flatMap(({ id }) => id ?? [])
  let next = 0
  // A machine with too few keeps the names it has not: that is a problem, by every door.
  const take = (devices: readonly string[]) => devices.map((device) => free[next++] ?? device)
  const { disk } = answers
  const disks: DiskAnswers = {
    ...disk,
    devices: take(disk.devices),
    special: take(disk.special),
    log: take(disk.log),
    cache: take(disk.cache),
    spares: take(disk.spares),
    dataPool: disk.dataPool && { ...disk.dataPool, devices: take(disk.dataPool.devices) },
  }
  const wired = machine.interfaces.find(({ isWireless }) => !isWireless)?.name
  return {
    ...answers,
    disk: disks,
    network: answers.network.mode === 'static' && wired ? { ...answers.network, interface: wired } : answers.network,
  }
}

/** What an exported file names its secrets' files, and what is in them. */
const secretsOf = (answers: Answers) => async (path: string) =>
  ({
    'passphrase.txt': answers.encryption.passphrase,
    'pin.txt': answers.encryption.pin,
    'password.txt': answers.identity.password,
    'password-hash.txt': answers.identity.passwordHash,
    'wifi-passphrase.txt': answers.network.wifi?.passphrase,
    'token.txt': answers.cluster.join?.token,
  })[path.replace(/^.*\//, '')]?.reveal() ?? null

const saying = (problems: readonly { code: string }[]) => [...new Set(problems.map(({ code }) => code))].toSorted()
const told = (result: PlanResult) => result.plan?.hash ?? saying(result.problems)

async function byHeadless(exported: string, answers: Answers, machine: Hardware) {
  const result = await planFromFile(exported, FILE, machine, { readSecretFile: secretsOf(answers) })
  return 'problems' in result ? saying(result.problems) : result.plan.hash
}

async function byWizard(exported: string, answers: Answers, machine: Hardware) {
  const read = await readAnswers(exported, FILE, { readSecretFile: secretsOf(answers), hardware: machine })
  const drafts = openingDrafts(machine, openingAnswers(read, FILE).drafts)
  const { passphrase, pin } = drafts.encryption
  const review = makeReview(drafts, { passphrase, pin, password: drafts.identity.password }, machine)
  const ofPages = review.sections.flatMap(({ problems }) => problems)
  // The first page says what makes the machine itself unfit.
  return review.plan?.hash ?? saying([...ofPages, ...review.machineProblems, ...checkMachine(machine)])
}

const cases = await Promise.all(goodCaseNames().map(async (name) => [name, await answersOf(name)] as const))

test.each(machineNames())('%s: every good case gives one plan, or the same problems, by every door', async (name) => {
  const machine = hardware(name)
  for (const [label, given] of cases) {
    const answers = adapt(given, machine)
    const direct = told(makePlan(answers, machine))
    const exported = writeAnswers(answers)
    expect([label, await byHeadless(exported, answers, machine)]).toEqual([label, direct])
    const hasHash = answers.identity.passwordHash !== null
    if (!hasHash) expect([label, await byWizard(exported, answers, machine)]).toEqual([label, direct])
    // A dry run sees the machine with its disks free: a plan that can be made stays the same one.
    if (typeof direct === 'string')
      expect([label, told(makePlan(answers, imagineFree(machine)))]).toEqual([label, direct])
  }
})

test('among them are plans and refusals of each machine kind', () => {
  const results = machineNames().map((name) => {
    const machine = hardware(name)
    return cases.filter(([, answers]) => makePlan(adapt(answers, machine), machine).plan !== null).length
  })
  expect(results.filter((count) => count > 0).length).toBeGreaterThan(15)
  expect(results.filter((count) => count === 0).length).toBeGreaterThan(3)
})
