import { TASK_IDS } from '../model/event.ts'
import type { Begun } from '../model/saved-install.ts'
import type { EarlierInstall } from '../wizard/state.ts'
import { zfsPlan } from './task-context.ts'

/** An install that a power cut ended while it built: its disk is formatted, and no key but the passphrase's is on it. */
export const begunInstall: Begun = {
  saved: {
    format: 1,
    installerVersion: '0.5.0',
    startedAt: '2026-05-30T10:00:00.000Z',
    planHash: zfsPlan.hash,
    plan: zfsPlan,
    answers: 'version: 2\n',
    confirmation: {
      disks: [
        {
          id: '/dev/disk/by-id/virtio-keystone-a',
          serial: 'keystone-a',
          sizeBytes: 8589934592,
          path: '/dev/vdb',
        },
      ],
    },
  },
  tasks: TASK_IDS.map((id, at) => ({ id, stand: at < 5 ? 'finished' : at === 5 ? 'begun' : 'not begun' })),
  outputs: {},
  isInstalled: false,
  place: 'target',
  problems: [],
}

export const earlierInstall: EarlierInstall = {
  begun: begunInstall,
  secrets: ['passphrase', 'password', 'recoveryKey'],
  opening: null,
}

/** The same where the disk is gone and another Keystone was started. */
export const changedInstall: EarlierInstall = {
  ...earlierInstall,
  begun: {
    ...begunInstall,
    problems: [
      {
        code: 'disk-missing',
        path: ['disk', 'devices', 0],
        message: 'the disk virtio-keystone-a is not in this machine',
        hint: 'put it back',
      },
      { code: 'other-version', path: [], message: 'it was begun by Keystone 0.4.9, and this is 0.5.0' },
    ],
  },
}
