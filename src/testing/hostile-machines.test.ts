import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { detectHardware } from '../hardware/detect.ts'
import { formatHardware } from '../install/hardware-text.ts'
import { type Answers, LAYOUTS, type Layout } from '../model/answers.ts'
import type { Hardware } from '../model/hardware.ts'
import type { Problem } from '../model/problem.ts'
import { makePlan, type PlanResult } from '../plan/make-plan.ts'
import { stepOrder, steps } from '../steps/order.ts'
import { parseStep } from '../steps/parse-step.ts'
import type { Drafts } from '../steps/step.ts'
import { mutate, mutations } from './hostile-recordings.ts'
import { SEED, SEED_NOTE } from './hostile-values.ts'
import { machineNames, type ReadRecorded, readRecorded, recordedSystem } from './machine.ts'
import { whyRefused } from './machine-facts.ts'

/** Each with a new seed at each run, so that in time all is tried. */
const RUNS_EACH = 6
const SOURCES = ['lsblk.json', 'ip-addr.json', 'zpool-list.txt', 'cpuinfo', 'meminfo']

/** The answers of the case `default`, with disks of this machine: as many as the layout takes, or all there are. */
function draftsFor(layout: Layout, { disks }: Hardware): Drafts {
  const free = disks.flatMap((disk) => (whyRefused(disk) === null && disk.id !== null ? [disk.id] : []))
  const devices = layout.startsWith('single') ? free.slice(0, 1) : free.slice(0, 6)
  return {
    system: { language: 'en_US.UTF-8', keyboard: 'us', timeZone: 'UTC' },
    disk: {
      layout,
      devices: devices.length > 0 ? devices : ['/dev/disk/by-id/none'],
      esp: '1GiB',
      swap: '0',
      hibernation: false,
      spares: [],
      log: [],
      cache: [],
      special: [],
      dataLayout: 'none',
      dataDevices: [],
    },
    encryption: { unlock: 'tpm', passphrase: 'keystone demo passphrase', pin: '', recoveryKey: true },
    network: {
      interface: 'any',
      bondInterfaces: [],
      bondMode: 'active-backup',
      vlan: '',
      mode: 'dhcp',
      address: '',
      gateway: '',
      address6: '',
      gateway6: '',
      nameservers: [],
      searchDomains: [],
      proxy: '',
      wifiName: '',
      wifiPassphrase: '',
    },
    identity: { hostName: 'primer', userName: 'admin', password: 'keystone-demo', passwordHash: '', sshKeys: [] },
    cluster: { name: 'home', role: 'primer', domain: '', meshUrl: '', server: '', token: '', caHash: '' },
  }
}

/** As the wizard and the answer file do it: through the steps' schemas, then through makePlan. */
function planFor(layout: Layout, found: Hardware): PlanResult {
  const drafts = draftsFor(layout, found)
  const answers: Record<string, unknown> = {}
  const refused: Problem[] = []
  for (const id of stepOrder) {
    const result = parseStep(steps[id], drafts[id])
    if ('problems' in result) refused.push(...result.problems)
    else answers[id] = result.value
  }
  return refused.length > 0 ? { plan: null, problems: refused } : makePlan(answers as Answers, found)
}

/** Everything that must hold, whatever the programs and files of the machine said. */
async function judge(read: ReadRecorded): Promise<void> {
  const found = await detectHardware(recordedSystem(read))
  expect(JSON.parse(JSON.stringify(found))).toEqual(found)
  const ids = found.disks.flatMap(({ id }) => id ?? [])
  expect(new Set(ids).size).toBe(ids.length)
  for (const { id, sizeBytes, logicalSectorBytes } of found.disks) {
    expect(id ?? '/dev/disk/by-id/').toMatch(/^\/dev\/disk\/by-id\//)
    expect(Number.isSafeInteger(sizeBytes) && sizeBytes >= 0 && Number.isInteger(Math.log2(logicalSectorBytes))).toBe(
      true,
    )
  }
  // All of it goes to a terminal.
  expect(formatHardware(found).replaceAll('\n', '')).not.toMatch(/\p{Cc}/u)
  for (const layout of LAYOUTS) {
    const { plan, problems } = planFor(layout, found)
    if (plan !== null) {
      expect(problems).toEqual([])
      expect(Number.isSafeInteger(plan.storage.usableBytes) && plan.storage.usableBytes > 0).toBe(true)
      continue
    }
    expect(problems.length).toBeGreaterThan(0)
    for (const { code, message, hint = '' } of problems) {
      expect(code).toMatch(/^[a-z][a-z0-9-]+$/)
      expect(message + hint).not.toMatch(/\p{Cc}/u)
    }
  }
}

test.each(machineNames())('every layout gives a plan or problems on %s as it was recorded', async (name) => {
  await judge(readRecorded(name))
})

test('a machine that fits gives plans: one for each layout, where there are disks enough', async () => {
  const found = await detectHardware(recordedSystem(readRecorded('storage-server-12-hdd-2-ssd')))
  expect(LAYOUTS.filter((layout) => planFor(layout, found).plan === null)).toEqual([])
})

test.each(machineNames())('%s without one of its sources, or without all of them', async (name) => {
  for (const missing of [...SOURCES, 'sys.json']) {
    await judge((file) => (file === missing ? null : readRecorded(name)(file)))
  }
  await judge(() => null)
})

describe(`broken, cut and absurd output gives a plan or problems, never an exception (${SEED_NOTE})`, () => {
  const options = { seed: SEED, numRuns: RUNS_EACH }

  test.each(machineNames())('of the programs on %s', { timeout: 60_000 }, async (name) => {
    const recorded = readRecorded(name)
    for (const source of SOURCES) {
      const text = recorded(source)
      if (text === null) continue
      const property = fc.asyncProperty(mutations, async (all) => {
        const broken = mutate(text, all)
        await judge((file) => (file === source ? broken : recorded(file)))
      })
      await fc.assert(property, options)
    }
  })

  test.each(machineNames())('of the files of %s', { timeout: 60_000 }, async (name) => {
    const recorded = readRecorded(name)
    const system = JSON.parse(recorded('sys.json') ?? '{}') as Record<string, Record<string, unknown>>
    const kinds = ['files', 'bytes', 'answers', 'links'].filter((kind) => Object.keys(system[kind] ?? {}).length > 0)
    const property = fc.asyncProperty(fc.constantFrom(...kinds), fc.nat(), mutations, async (kind, at, all) => {
      const entries = Object.entries(system[kind] ?? {})
      const [path, value] = entries[at % entries.length] ?? ['', '']
      const text = mutate(typeof value === 'string' ? value : '', all)
      // A broken recording is no broken machine: bytes stay hex, and a link leads to some path.
      const hex = Buffer.from(text).toString('hex')
      const broken = kind === 'bytes' || kind === 'answers' ? hex : kind === 'links' ? `/${text}` : text
      const changed = { ...system, [kind]: { ...system[kind], [path]: broken } }
      await judge((file) => (file === 'sys.json' ? JSON.stringify(changed) : recorded(file)))
    })
    await fc.assert(property, { ...options, numRuns: 4 * RUNS_EACH })
  })
})
