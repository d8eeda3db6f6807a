import { LAYOUTS, type Layout } from '../../src/model/answers.ts'
import type { Machine } from '../harness/machine.ts'
import { answersYaml } from '../install/answers.ts'
import type { Lab } from '../install/disk-machine.ts'
import { putHidden } from '../secrets/guest.ts'
import { bootProblems } from './cuts.ts'
import { partsOfWalk, walkOfPairs } from './eulerian.ts'
import { ANSWERS_FILE, endProblems, leftBehind, runToEnd } from './installer.ts'
import { byId, withFreshMachine } from './machines.ts'
import { type Outcome, toldBy } from './outcome.ts'

const MINUTE = 60_000
const TASK_ANSWERS = '/run/task-answers.yaml'
const IDS = ['keystone-a', 'keystone-b', 'keystone-c', 'keystone-d', 'keystone-e']

/** How many of the five disks a layout is tried with. */
const DISKS_OF: Readonly<Record<Layout, number>> = {
  'single-ext4': 1,
  'single-xfs': 1,
  'single-zfs': 1,
  'mirror-zfs': 2,
  'stripe-zfs': 2,
  'raidz1-zfs': 3,
  'raidz2-zfs': 4,
  'raidz3-zfs': 5,
  'raid10-zfs': 4,
}

/** Every layout over every layout: nine parts of nine pairs, one machine each, without a restart in between. */
export const WALK_PARTS = partsOfWalk(walkOfPairs(LAYOUTS), 9)

const answersFor = (layout: Layout) =>
  answersYaml({ layout, unlock: 'passphrase', diskIds: IDS.slice(0, DISKS_OF[layout]) })

/** Formats disks by the product's own task, one layout over the other. What the last one left must be gone without a trace. */
export function tryLayouts(
  lab: Lab,
  name: string,
  layouts: readonly Layout[],
  say: (text: string) => void,
): Promise<Outcome> {
  const base = layouts.some((layout) => DISKS_OF[layout] > 3) ? 'dirty' : 'plain'
  return withFreshMachine(lab, `dirty-${name}`, { base, kind: 'ext4' }, async (machine) => {
    const problems: string[] = []
    for (const [index, layout] of layouts.entries()) {
      const started = Date.now()
      const place = index === 0 ? layout : `${layout} over ${layouts[index - 1]}`
      problems.push(...(await formatOver(machine, layout)).map((problem) => `${place}: ${problem}`))
      say(`${place}: ${Math.round((Date.now() - started) / 1000)} s`)
      // What comes after a mistake says nothing.
      if (problems.length > 0) break
      await forgetOthers(machine, layout, layouts[index + 1])
    }
    return { problems, cycles: Math.max(0, layouts.length - 1) }
  })
}

/** A layout on more disks than the next one leaves the rest of its pool behind, and preflight rightly refuses that name. */
async function forgetOthers({ agent }: Machine, layout: Layout, next: Layout | undefined): Promise<void> {
  if (next === undefined || DISKS_OF[next] >= DISKS_OF[layout]) return
  for (const id of IDS.slice(DISKS_OF[next], DISKS_OF[layout])) {
    // As a person would who is told of it.
    await agent.succeed(
      `set -e; for part in $(ls ${byId(id)}-part* 2>/dev/null) ${byId(id)}; do wipefs -qa "$part"; zpool labelclear -f "$part" 2>/dev/null || true; done
       sgdisk --zap-all ${byId(id)} >/dev/null; udevadm settle`,
      { timeoutMs: MINUTE },
    )
  }
}

async function formatOver(machine: Machine, layout: Layout): Promise<readonly string[]> {
  const { agent } = machine
  await putHidden(agent, TASK_ANSWERS, answersFor(layout))
  const { code, stderr } = await agent.exec(`node /opt/keystone/lab/task-runner.mjs layout ${TASK_ANSWERS}`, {
    timeoutMs: 10 * MINUTE,
  })
  if (code !== 0) return [`it ended with ${code}: ${stderr.trim().split('\n').slice(-6).join(' | ')}`]
  return [
    ...(await leftBehind(machine)).map((left) => `left behind: ${left}`),
    ...(await ghostProblems(machine, layout)),
  ]
}

/** Pools that can be imported: the new one, whole, and no other. And nothing else that was there before is known any more. */
async function ghostProblems({ agent }: Machine, layout: Layout): Promise<readonly string[]> {
  const problems: string[] = []
  const { stdout } = await agent.exec('zpool import 2>&1', { timeoutMs: 2 * MINUTE })
  const pools = [...stdout.matchAll(/^ *pool: (\S+)$/gm)].map(([, name]) => name)
  const wanted = layout.endsWith('-zfs') ? ['rpool'] : []
  if (String(pools) !== String(wanted))
    problems.push(`pools to import: ${pools.join(', ') || 'none'}, not ${wanted.join(', ') || 'none'}`)
  const states = [...stdout.matchAll(/^ *state: (\S+)$/gm)].map(([, state]) => state)
  if (states.some((state) => state !== 'ONLINE')) problems.push(`a pool to import is ${states.join(', ')}`)
  const old = await agent.exec(
    "lsblk -rno TYPE | grep -E '^(raid|lvm|crypt)'; lsblk -rno FSTYPE | grep -E '^(linux_raid_member|LVM2_member|ntfs)'",
    { timeoutMs: MINUTE },
  )
  if (old.stdout !== '') problems.push(`still there: ${old.stdout.split('\n').join(' ')}`)
  return problems
}

/** A whole install over another layout, on one boot; `boots`: and what it gives starts. */
export function tryInstallOver(
  lab: Lab,
  layout: Layout,
  over: Layout,
  boots: boolean,
  say: (text: string) => void,
): Promise<Outcome> {
  return withFreshMachine(lab, `dirty-install-${layout}`, { base: 'dirty', kind: 'ext4' }, async (machine) => {
    const problems = [...(await formatOver(machine, over)).map((problem) => `${over}: ${problem}`)]
    await forgetOthers(machine, over, layout)
    say(`${over} is there`)
    await putHidden(
      machine.agent,
      ANSWERS_FILE,
      answersYaml({ layout, unlock: 'tpm', diskIds: IDS.slice(0, DISKS_OF[layout]) }),
    )
    const run = await runToEnd(machine, 'installed')
    problems.push(...(await endProblems(machine, `the install of ${layout} over ${over}`, run)))
    if (run.exitCode === 0) problems.push(...(await ghostProblems(machine, layout)))
    const told = toldBy(run.events, { layout, unlock: 'tpm' }, `dirty-install-${layout}`)
    problems.push(...told.problems)
    if (boots && run.exitCode === 0) problems.push(...(await bootProblems(machine)))
    return { ...told, problems }
  })
}

/** Mounts a pool with a credstore and lets it go, many times in one process; a kernel that hangs shows itself. */
export function tryCycles(lab: Lab, count: number, say: (text: string) => void): Promise<Outcome> {
  return withFreshMachine(lab, 'cycles', { kind: 'zfs' }, async (machine) => {
    const { agent } = machine
    await agent.succeed('echo 60 >/proc/sys/kernel/hung_task_timeout_secs || true')
    const made = await formatOver(machine, 'single-zfs')
    if (made.length > 0) return { problems: made, cycles: 0 }
    const { code, stdout, stderr } = await agent.exec(
      `node /opt/keystone/lab/task-runner.mjs cycles ${count} ${TASK_ANSWERS}`,
      { timeoutMs: (5 + count) * MINUTE },
    )
    const steps = stdout
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line) as { step: string; cycle: number; ms: number })
    const cycles = steps.filter(({ step }) => step === 'release').length
    const slowest = steps.toSorted((a, b) => b.ms - a.ms)[0]
    say(`${cycles} cycles, the slowest step: ${slowest?.step} ${slowest?.ms} ms`)
    const problems: string[] = []
    if (code !== 0) problems.push(`it ended with ${code}: ${stderr.trim().split('\n').slice(-6).join(' | ')}`)
    if (cycles !== count) problems.push(`${cycles} cycles of ${count}`)
    for (const { step, cycle, ms } of steps) if (ms > MINUTE) problems.push(`${step} of cycle ${cycle} took ${ms} ms`)
    const hung = await agent.succeed("dmesg | grep 'blocked for more than' || true")
    if (hung !== '') problems.push(hung)
    // A kernel thread may write for a moment; one that hangs does so for good.
    const stuck = await agent.exec("timeout 45 bash -c 'while ps -eo stat= | grep -q ^D; do sleep 1; done'")
    if (stuck.code !== 0) problems.push(`a process hangs: ${(await agent.exec('ps -eo stat=,comm= | grep ^D')).stdout}`)
    return { problems, cycles, notes: [`the slowest step, ${slowest?.step}, took ${slowest?.ms} ms`] }
  })
}
