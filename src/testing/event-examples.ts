import type { InstallEvent } from '../model/event.ts'
import { dryRunOfCase } from './good-cases.ts'

const CASE = 'single-zfs-dhcp'
const at = '2026-11-23T10:00:00.000Z'

/** One of each kind, for docs/events.md. */
export const exampleEvents: readonly InstallEvent[] = [
  {
    type: 'install-started',
    at,
    planHash: 'd17e0ef7b7f3c0f4c5d3c1a9',
    tasks: [
      { id: 'preflight', title: 'Check the machine', weight: 4, expectedMs: 4000 },
      { id: 'partition', title: 'Partition and format the disks', weight: 25, expectedMs: 25_000 },
    ],
  },
  { type: 'task-started', at, task: 'partition', title: 'Partition and format the disks' },
  {
    type: 'task-progress',
    at,
    task: 'build',
    fraction: 0.42,
    message: '12 of 340 paths, 45 MiB of 1.2 GiB fetched',
    timeLeftMs: 180_000,
    bytes: { done: 47_185_920, total: 1_288_490_188, perSecond: 6_500_000 },
  },
  { type: 'task-finished', at, task: 'partition', outcome: 'done', durationMs: 24_500 },
  {
    type: 'task-failed',
    at,
    failure: {
      task: 'build',
      message: 'the name server does not answer',
      nextSteps: ['check the name servers, then retry'],
      command: { line: 'nix build --store /mnt', exitCode: 1, lastLines: ['error: unable to download'] },
      problems: [],
      diagnosis: {
        code: 'dns-dead',
        cause: 'the name server does not answer',
        remedy: ['check the name servers, then retry'],
        waysOn: ['retry', 'answers', 'shell', 'bundle', 'power-off'],
      },
    },
  },
  { type: 'task-undone', at, task: 'partition' },
  {
    type: 'released',
    at,
    problems: [
      {
        code: 'undo-failed',
        path: ['target'],
        message: '/mnt/nix is busy',
        hint: 'end process 812 (bash), then retry',
      },
    ],
  },
  { type: 'install-finished', at, durationMs: 54_100 },
  { type: 'install-cancelled', at, task: 'build' },
  {
    type: 'notice',
    at,
    code: 'disk-slow',
    message: 'the disks are very slow: less than 1 MB a second, for half a minute',
  },
  { type: 'log', at, task: 'partition', line: '$ disko --mode destroy,format,mount /run/keystone/disko-config.nix' },
  {
    type: 'begun-found',
    at,
    planHash: 'd17e0ef7b7f3c0f4c5d3c1a9',
    startedAt: '2026-11-23T09:12:44.000Z',
    tasks: [
      { id: 'preflight', stand: 'finished' },
      { id: 'partition', stand: 'begun' },
    ],
    differs: [],
  },
  {
    type: 'installed-found',
    at,
    planHash: 'd17e0ef7b7f3c0f4c5d3c1a9',
    hostName: 'primer',
    installerVersion: '0.5.0',
    finishedAt: '2026-11-22T16:03:51.000Z',
    problem: {
      code: 'installed-already',
      path: ['hardware', 'disks', '/dev/disk/by-id/virtio-keystone-a'],
      message: 'this machine was installed from these answers on 22 November 2026, 16:03 UTC',
      hint: 'remove the medium and restart; to erase the disks and install again: --begun start-over',
    },
  },
]

/** The events of a dry run of one case, which is the real sequence of tasks, as they came. */
export async function recordedEvents(): Promise<readonly InstallEvent[]> {
  const events: InstallEvent[] = []
  await dryRunOfCase(CASE, { onEvent: (event) => events.push(event) })
  return events
}
