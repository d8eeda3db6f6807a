import type { Layout, Unlock } from '../../src/model/answers.ts'
import { bystander } from '../harness/bystander.ts'
import { checkpoint } from '../harness/checkpoint.ts'
import { blankDisks, type DiskSpec } from '../harness/disks.ts'
import { bootedInstaller } from '../harness/installer-ready.ts'
import type { Machine } from '../harness/machine.ts'
import type { MachineOptions } from '../harness/machine-options.ts'
import type { SavedMachine } from '../harness/snapshot.ts'
import { armStop, goOn, type StopPoint } from '../harness/stop-at.ts'
import { withMachine } from '../harness/with-machine.ts'
import { answersYaml } from '../install/answers.ts'
import type { Lab } from '../install/disk-machine.ts'
import type { Stopped } from '../lab/watch-journal.ts'
import { putHidden } from '../secrets/guest.ts'
import { withEvidence } from './evidence.ts'
import { ANSWERS_FILE, beginRun, FIRST_RUN } from './installer.ts'

/** What is installed; everything else of the answers is the same in all runs. */
export type Kind = 'ext4' | 'ext4-pin' | 'zfs' | 'mirror'

type Chosen = { readonly layout: Layout; readonly unlock: Unlock; readonly diskIds: readonly string[] }

export const KINDS: Readonly<Record<Kind, Chosen>> = {
  ext4: { layout: 'single-ext4', unlock: 'tpm', diskIds: ['keystone-a'] },
  'ext4-pin': { layout: 'single-ext4', unlock: 'tpm-pin', diskIds: ['keystone-a'] },
  zfs: { layout: 'single-zfs', unlock: 'tpm', diskIds: ['keystone-a'] },
  mirror: { layout: 'mirror-zfs', unlock: 'tpm', diskIds: ['keystone-a', 'keystone-b'] },
}

export const answersOf = (
  kind: Kind,
  more: { readonly swap?: string; readonly diskIds?: readonly string[] } = {},
): string => answersYaml({ ...KINDS[kind], ...more })

export const GIB = 2 ** 30
/** The size of every target disk. */
export const DISK_BYTES = 8 * GIB
export const byId = (id: string) => `/dev/disk/by-id/virtio-${id}`

const CHEAP = ['KEYSTONE_LAB_CHEAP_PBKDF=1', 'KEYSTONE_LAB_BUILD_PAUSE_MS=0']

/** A booted machine without a wizard, saved once. `plain`: three blank disks and an empty place. `places`: two empty places, for
 *  disks that are plugged in. `dirty`: five disks. All have the bystander besides. */
export type Base = 'plain' | 'places' | 'dirty' | 'small-memory'

const BASES: Readonly<Record<Base, { disks: DiskSpec[]; ports?: string[]; memoryMiB?: number }>> = {
  plain: { disks: [...blankDisks(3, 8), bystander], ports: ['keystone-p'] },
  places: { disks: [bystander], ports: ['keystone-a', 'keystone-b'] },
  dirty: { disks: [...blankDisks(5, 8), bystander] },
  'small-memory': { disks: [...blankDisks(1, 8), bystander], memoryMiB: 2048 },
}

export const baseMachine = ({ image }: Lab, base: Base): Promise<SavedMachine> =>
  bootedInstaller({ image, ...BASES[base], say: console.log })

/** The lab's switches, besides those that make everything quick. In place of earlier ones. */
export async function setSwitches({ agent }: Machine, switches: readonly string[] = []): Promise<void> {
  await agent.putFile('/run/keystone-lab.env', `${[...CHEAP, ...switches].join('\n')}\n`)
}

/** Makes a machine that was just restored, or booted cold, ready for `keystone`: the bundle, the switches, the answers. */
export async function prepare(
  machine: Machine,
  { answers, switches = [] }: { readonly answers: string; readonly switches?: readonly string[] },
): Promise<void> {
  // The kernel knows the blank disk of the saved machine; see keystone-lab-start.
  await machine.agent.succeed(
    'findmnt /opt/keystone >/dev/null || { blockdev --flushbufs /dev/disk/by-id/virtio-keystone-bundle && systemctl start opt-keystone.mount; }',
  )
  await setSwitches(machine, switches)
  await putHidden(machine.agent, ANSWERS_FILE, answers)
}

/** A restored machine with the installer of now and the answers of a kind, and nothing running. */
export async function withFreshMachine<T>(
  lab: Lab,
  name: string,
  options: {
    readonly base?: Base
    readonly kind: Kind
    readonly answers?: string
    readonly more?: Partial<MachineOptions>
  },
  body: (machine: Machine) => Promise<T>,
): Promise<T> {
  const from = await baseMachine(lab, options.base ?? 'plain')
  const { image, bundleDir } = lab
  return withMachine(name, { image, bundleDir, from, ...options.more }, async (machine) => {
    await prepare(machine, { answers: options.answers ?? answersOf(options.kind) })
    return withEvidence(machine, name, () => body(machine))
  })
}

const STOPPED_FILE = '/run/stopped.json'

/** A restored machine with an installer that stands still at the beginning of a task; saved once for each kind and bundle. */
export async function withStopped<T>(
  lab: Lab,
  name: string,
  options: { readonly kind: Kind; readonly task: 'partition' | 'build'; readonly more?: Partial<MachineOptions> },
  body: (machine: Machine, stopped: Stopped) => Promise<T>,
): Promise<T> {
  const { kind, task, more } = options
  const { image, bundleDir } = lab
  const answers = answersOf(kind)
  const saved = await checkpoint({
    name: `before-${task}`,
    key: [answers, ...CHEAP],
    image,
    bundleDir,
    from: await baseMachine(lab, 'plain'),
    say: console.log,
    reach: async (machine) => {
      await prepare(machine, { answers })
      const stopped = await beginStopped(machine, { task, moment: 'before' })
      await machine.agent.putFile(STOPPED_FILE, JSON.stringify(stopped))
    },
  })
  return withMachine(name, { image, from: saved, ...more }, async (machine) => {
    const stopped = JSON.parse((await machine.agent.getFile(STOPPED_FILE)).toString()) as Stopped
    return withEvidence(machine, name, () => body(machine, stopped))
  })
}

const BEFORE_BUILD: readonly string[] = ['preflight', 'partition', 'hardware-config', 'write-config', 'commit-config']

/** The same at any point: what comes from the build on begins with the machine that was saved there. */
export async function withStoppedAt<T>(
  lab: Lab,
  name: string,
  options: { readonly kind: Kind; readonly point: StopPoint; readonly more?: Partial<MachineOptions> },
  body: (machine: Machine, stopped: Stopped) => Promise<T>,
): Promise<T> {
  const { kind, point, more = {} } = options
  if (!BEFORE_BUILD.includes(point.task)) {
    return withStopped(lab, name, { kind, task: 'build', more }, async (machine, stopped) =>
      body(machine, await further(machine, stopped, point)),
    )
  }
  return withFreshMachine(lab, name, { kind, more }, async (machine) =>
    body(machine, await beginStopped(machine, point)),
  )
}

/** From where the machine was saved, before the build. */
async function further(machine: Machine, stopped: Stopped, point: StopPoint): Promise<Stopped> {
  if (point.task === 'build' && point.moment === 'before') return stopped
  if (point.task === 'build' && point.moment === 'during') {
    // Its record is written already: the watcher would wait for ever.
    await goOn(machine, stopped)
    await machine.agent.succeed(`sleep ${(point.msIn ?? 300) / 1000}; kill -STOP ${stopped.pid}`)
    return { ...stopped, children: [] }
  }
  const { reached } = await armStop(machine, point)
  await goOn(machine, stopped)
  return reached
}

/** Starts an install and waits until it stands still at that point. */
export async function beginStopped(
  machine: Machine,
  at: StopPoint,
  run = FIRST_RUN,
  args = 'install',
): Promise<Stopped> {
  const { reached } = await armStop(machine, at)
  await beginRun(machine, run, args)
  return reached
}

/** Plugs a disk into an empty place and waits for it. */
export async function plugIn(machine: Machine, spec: DiskSpec): Promise<void> {
  await machine.plugDisk(spec)
  const path = byId(spec.serial ?? spec.id)
  await machine.agent.succeed(`timeout 60 bash -c 'until [ -b ${path} ]; do sleep 0.1; done'; udevadm settle`, {
    timeoutMs: 90_000,
  })
}
