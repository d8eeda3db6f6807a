import { beforeAll, expect, test } from 'vitest'
import { checkpoint } from '../harness/checkpoint.ts'
import { blankDisks } from '../harness/disks.ts'
import { bootedInstaller } from '../harness/installer-ready.ts'
import type { Machine } from '../harness/machine.ts'
import { startMachine } from '../harness/start-machine.ts'
import { armStop, goOn, killStopped } from '../harness/stop-at.ts'
import { withMachine } from '../harness/with-machine.ts'
import { answersYaml } from '../install/answers.ts'
import { withDiskMachine, withLab } from '../install/disk-machine.ts'
import { buildImage } from './build-image.ts'
import type { Stopped } from './watch-journal.ts'

const minute = 60_000
/** KEYSTONE_CYCLES=100 for the whole proof. */
const cycles = Number(process.env.KEYSTONE_CYCLES ?? 3)

beforeAll(async () => {
  await buildImage()
}, 20 * minute)

/** Runs the task runner with an answer file; gives its steps. */
async function runTasks(machine: Machine, layout: string, ...words: string[]): Promise<{ step: string; ms: number }[]> {
  const answers = answersYaml({ layout, unlock: 'passphrase', diskIds: ['keystone-a'] })
  await machine.agent.putFile('/run/task-answers.yaml', answers, '0600')
  const line = `node /opt/keystone/lab/task-runner.mjs ${words.join(' ')} /run/task-answers.yaml`
  const stdout = await machine.agent.succeed(line, { timeoutMs: (10 + cycles) * minute })
  return stdout.split('\n').map((text) => JSON.parse(text) as { step: string; ms: number })
}

test('disks are formatted over one another, and mounted and let go many times, without a restart and without a hang', {
  timeout: (30 + 2 * cycles) * minute,
}, async () => {
  await withLab((lab) =>
    withDiskMachine(lab, 'task-runner', { disks: blankDisks(2, 8) }, async (machine) => {
      await machine.agent.succeed('echo 60 >/proc/sys/kernel/hung_task_timeout_secs || true')
      for (const layout of ['single-ext4', 'single-zfs']) {
        const made = await runTasks(machine, layout, 'layout')
        expect(made.map(({ step }) => step)).toEqual(['partition', 'verify', 'release'])
      }
      const steps = await runTasks(machine, 'single-zfs', 'cycles', String(cycles))
      expect(steps).toHaveLength(4 * cycles)
      expect(steps.filter(({ ms }) => ms > 60_000)).toEqual([])
      expect(await machine.agent.succeed("dmesg | grep -c 'blocked for more than' || true")).toBe('0')
      // A kernel thread may write for a moment; one that hangs does so for good.
      await machine.agent.succeed("timeout 45 bash -c 'while ps -eo stat= | grep -q ^D; do sleep 1; done'")
      // Over it once more: what was encrypted is gone without a trace.
      await runTasks(machine, 'single-ext4', 'layout')
      expect((await machine.agent.exec('zpool import 2>&1')).stdout).toContain('no pools available')
    }),
  )
})

test('an installer is stopped at a record of its journal, saved there, and killed or let go on after the restore', {
  timeout: 20 * minute,
}, async () => {
  await withLab(async ({ image, bundleDir }) => {
    const from = await bootedInstaller({ image, disks: blankDisks(2, 8) })
    const answers = answersYaml({ layout: 'single-ext4', unlock: 'passphrase', diskIds: ['keystone-a'] })
    const saved = await checkpoint({
      name: 'stopped',
      key: [answers],
      image,
      from,
      bundleDir,
      reach: async ({ agent }) => {
        await agent.succeed(
          'blockdev --flushbufs /dev/disk/by-id/virtio-keystone-bundle && systemctl start opt-keystone.mount',
        )
        await agent.putFile('/run/keystone-lab.env', 'KEYSTONE_LAB_CHEAP_PBKDF=1\nKEYSTONE_LAB_BUILD_PAUSE_MS=0\n')
        await agent.putFile('/run/answers.yaml', answers, '0600')
        const { reached } = await armStop({ agent }, { task: 'partition', moment: 'before' })
        await agent.succeed(
          '(keystone install --answers /run/answers.yaml >/run/out 2>&1 </dev/null; echo $? >/run/code) & disown',
        )
        await agent.putFile('/run/stopped.json', JSON.stringify(await reached))
      },
    })
    const states = async (machine: Machine, { pid, children }: Stopped) =>
      (await machine.agent.succeed(`ps -o stat= -p ${[pid, ...children].join(',')}`)).split('\n').map((line) => line[0])
    const stoppedIn = async (machine: Machine) =>
      JSON.parse((await machine.agent.getFile('/run/stopped.json')).toString()) as Stopped

    const machine = await startMachine({ image, from: saved })
    try {
      const stopped = await stoppedIn(machine)
      expect(new Set(await states(machine, stopped))).toEqual(new Set(['T']))
      await killStopped(machine, stopped)
      await machine.agent.succeed("timeout 30 bash -c 'until [ -e /run/code ]; do sleep 0.2; done'")
      expect(await machine.agent.succeed('cat /run/code')).toBe('137')
    } finally {
      await machine.dispose()
    }
    await withMachine('goes-on', { image, from: saved }, async (other) => {
      const { reached } = await armStop(other, { task: 'partition', moment: 'after' })
      await goOn(other, await stoppedIn(other))
      const stopped = await reached
      expect(await other.agent.succeed('findmnt -n -o FSTYPE /mnt')).toBe('ext4')
      await killStopped(other, stopped)
    })
  })
})
