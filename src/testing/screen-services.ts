import { type InstallEvent, TASK_IDS, type TaskFailure, type TaskId } from '../model/event.ts'
import type { Hardware } from '../model/hardware.ts'
import type { LookResult } from '../model/look.ts'
import { Secret } from '../model/secret.ts'
import type { InstallRequest, InstallResult, WizardServices } from '../ui/services.ts'

/** Services of a wizard under test: the hardware is there at once, and the install does what the test says. */
export type ScreenServices = WizardServices & {
  /** Every install that was started. */
  readonly installs: readonly InstallRequest[]
  /** Settles when the given install (0 is the first) was started. */
  started(count: number): Promise<InstallRequest>
  /** Ends the running install. */
  end(result: InstallResult): void
  readonly calls: readonly string[]
}

export const NOTHING_FOUND: LookResult = { problems: [], good: [], unknown: [], found: [] }

export function screenServices(hardware: Hardware, more: Partial<WizardServices> = {}): ScreenServices {
  const installs: InstallRequest[] = []
  const calls: string[] = []
  const waiting: (() => void)[] = []
  let end: (result: InstallResult) => void = () => {}
  return {
    detect: async (onPart) => {
      onPart(hardware)
      return hardware
    },
    findBegun: async () => null,
    opensDisks: async () => null,
    release: async () => void calls.push('release'),
    install(request) {
      installs.push(request)
      for (const wake of waiting.splice(0)) wake()
      return new Promise((resolve) => {
        end = resolve
      })
    },
    makeRecoveryKey: () => RECOVERY_KEY,
    loadAnswers: async () => null,
    async saveAnswers(_, path) {
      calls.push(`save ${path}`)
      return 'saved'
    },
    reboot: async () => void calls.push('reboot'),
    powerOff: async () => void calls.push('power off'),
    sticks: async () => [],
    async saveBundle({ to }) {
      calls.push(`bundle ${to}`)
      return { status: 'saved', path: '/stick/keystone-bundle.tar.gz' }
    },
    openShell: async () => void calls.push('shell'),
    readLog: async () => ['first line of the log', 'second line of the log'],
    pages: {
      applyKeyboard: async () => NOTHING_FOUND,
      checkNetwork: async () => NOTHING_FOUND,
      findKeys: async () => NOTHING_FOUND,
      checkCluster: async () => NOTHING_FOUND,
    },
    ...more,
    installs,
    calls,
    async started(index) {
      while (installs.length <= index) await new Promise<void>((resolve) => waiting.push(resolve))
      return installs[index] as InstallRequest
    },
    end: (result) => end(result),
  }
}

/** Its groups to type back are the 3rd and the 5th. */
export const RECOVERY_KEY = new Secret('dddddddd-bbbbbbbb-cbdefghi-jklnrtuv-tuvcbdef-gggggggg-hhhhhhhh-iiiiiiii')
export const KEY_GROUPS = ['cbdefghi', 'tuvcbdef'] as const

const TITLES: Readonly<Record<TaskId, string>> = {
  preflight: 'Check the machine and the answers',
  partition: 'Partition and format the disks',
  'hardware-config': 'Detect the hardware configuration',
  'write-config': 'Write the configuration',
  'commit-config': 'Keep the configuration in git',
  build: 'Build the system',
  install: 'Install the system',
  passwords: 'Set the password',
  'enroll-keys': 'Enrol the keys that unlock the disk',
  'stage-phases': 'Stage the first-boot phase',
  'copy-log': 'Copy the log',
  unmount: 'Unmount and close the disks',
  finish: 'Finish',
}

export const buildFailure: TaskFailure = {
  task: 'build',
  message: 'the system could not be built',
  nextSteps: ['check that the network works', 'try again'],
  command: {
    line: 'nix build --store /mnt /mnt/etc/nixos#primer',
    exitCode: 1,
    lastLines: ['error: unable to download the source'],
  },
  problems: [],
}

/** The events of an install up to the given task, which is left running. */
export function eventsUntil(last: TaskId): InstallEvent[] {
  const at = new Date().toISOString()
  const before = TASK_IDS.slice(0, TASK_IDS.indexOf(last))
  return [
    {
      type: 'install-started',
      at,
      planHash: 'abc',
      tasks: TASK_IDS.map((id) => ({ id, title: TITLES[id], weight: id === 'build' ? 40 : 5 })),
    },
    ...before.flatMap((task): InstallEvent[] => [
      { type: 'task-started', at, task, title: TITLES[task] },
      { type: 'log', at, task, line: `${task}: all went well` },
      { type: 'task-finished', at, task, outcome: 'done', durationMs: 3000 },
    ]),
    { type: 'task-started', at, task: last, title: TITLES[last] },
  ]
}

/** All events of an install that worked. */
export function eventsOfAll(): InstallEvent[] {
  const at = new Date().toISOString()
  return [
    ...eventsUntil('finish'),
    { type: 'task-finished', at, task: 'finish', outcome: 'done', durationMs: 1000 },
    { type: 'install-finished', at, durationMs: 60_000 },
  ]
}
