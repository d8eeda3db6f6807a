import type { InstallMark } from '../model/install-mark.ts'
import { answersHashOf } from '../plan/answers-hash.ts'
import { ANSWERS, savedInstall, VERSION } from './begun-journal.ts'
import { readRecorded, recordedSystem } from './machine.ts'

type Device = { readonly name: string }

/** The recorded machine with an esp on one of its disks, as an install of the default case leaves it, and that answer file in
 *  /answers.yaml. Null: an esp without a mark. `ran`: all that was run, which can only be to look. */
export async function finishedMachine(changes: Partial<InstallMark> | null = {}, on = 'vdb') {
  const recorded = readRecorded('two-virtio-uefi-tpm')
  const lsblk = JSON.parse(recorded('lsblk.json') ?? '') as { blockdevices: Device[] }
  const esp = { type: 'part', size: 1 << 30, fstype: 'vfat', partlabel: 'disk-a-esp', mountpoints: [null] }
  const blockdevices = lsblk.blockdevices.map((disk) =>
    disk.name === on ? { ...disk, children: [{ ...esp, name: `${on}1`, path: `/dev/${on}1` }] } : disk,
  )
  const machine = recordedSystem((file) => (file === 'lsblk.json' ? JSON.stringify({ blockdevices }) : recorded(file)))
  const ran: string[] = []
  const system: typeof machine = {
    ...machine,
    async run(program, args) {
      ran.push([program, ...args].join(' '))
      return { exitCode: 0, stdout: '', stderr: '' }
    },
  }
  const { plan } = await savedInstall()
  const mark: InstallMark = {
    format: 1,
    planHash: plan.hash,
    answersHash: answersHashOf(plan),
    hostName: plan.hostName,
    installerVersion: VERSION,
    finishedAt: '2026-11-22T16:03:51.000Z',
    ...changes,
  }
  const file = '/run/keystone/begun/0/keystone/installed'
  if (changes !== null) await system.writeFile(file, JSON.stringify(mark), { mode: 0o600 })
  await system.writeFile('/answers.yaml', ANSWERS, { mode: 0o600 })
  return { system, ran }
}
