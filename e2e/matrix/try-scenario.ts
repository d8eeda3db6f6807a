import type { Unlock } from '../../src/model/answers.ts'
import type { Plan } from '../../src/model/plan.ts'
import { keepEvidence } from '../harness/evidence.ts'
import type { Machine } from '../harness/machine.ts'
import { answersYaml, HOST_NAME, PLACE } from '../install/answers.ts'
import { answerBoot, bootAnswering, type Question } from '../install/boot-questions.ts'
import { hostFilesWithCanary } from '../install/canary.ts'
import { type Lab, withDiskMachine } from '../install/disk-machine.ts'
import { installHeadless } from '../install/headless.ts'
import { type FirstBoot, firstBoot } from '../install/installed.ts'
import { putHidden } from '../secrets/guest.ts'
import { comparePlan, type SpaceFound } from './compare-plan.ts'
import { tryHibernation } from './hibernation.ts'
import { disksOfMachine, type Scenario } from './scenarios.ts'

/** What one scenario gave. Green when `problems` is empty. */
export type Outcome = {
  readonly problems: readonly string[]
  readonly space: readonly SpaceFound[]
  /** What the first boot found: how the disk was unlocked. */
  readonly unlockedBy: string | null
  readonly seconds: Readonly<Record<string, number>>
}

/** What each way to unlock asks at a boot. */
const ASKS: Readonly<Record<Unlock, readonly Question[]>> = {
  none: [],
  passphrase: ['passphrase'],
  tpm: [],
  'tpm-pin': ['pin'],
}

const MINUTE = 60_000

/** Installs headless, boots twice, and once for each set of missing disks. Throws when it cannot go on. */
export function tryScenario(lab: Lab, scenario: Scenario, say: (text: string) => void): Promise<Outcome> {
  const name = scenario.id.replace('/', '-')
  return withDiskMachine(lab, name, { disks: disksOfMachine(scenario) }, async (machine) => {
    const problems: string[] = []
    const seconds: Record<string, number> = {}
    let last = Date.now()
    const lap = (what: string) => {
      seconds[what] = Math.round((Date.now() - last) / 1000)
      say(`${what}: ${seconds[what]} s`)
      last = Date.now()
    }
    const plan = await install(machine, scenario)
    lap('install')

    await machine.agent.exec('systemctl reboot', { timeoutMs: 20_000 }).catch(() => {})
    await offThenOn(machine, 'guest-reset')
    problems.push(...askedProblems('the first boot', await answerBoot(machine), scenario))
    const result = await firstBoot(machine)
    problems.push(...firstBootProblems(result))
    const { differences, space } = await comparePlan(machine, plan)
    problems.push(...differences, ...(await personProblems(machine)))
    if (problems.length > 0) await keepEvidence(machine, `${name}-first-boot`, problems.join('\n'))
    lap('boot')

    if (scenario.hibernates) {
      problems.push(...(await tryHibernation(machine)))
      lap('hibernation')
    }
    // By itself: what the machine needs must come up again without the installer, and after a change of its own.
    await machine.agent.exec('systemctl reboot', { timeoutMs: 20_000 }).catch(() => {})
    await offThenOn(machine, 'guest-reset')
    problems.push(...askedProblems('the second boot', await answerBoot(machine), scenario))
    problems.push(...firstBootProblems(await firstBoot(machine)))
    lap('second boot')

    if (scenario.pulls.length > 0) {
      await machine.agent.exec('systemctl poweroff', { timeoutMs: 20_000 }).catch(() => {})
      await machine.waitForExit({ timeoutMs: 5 * MINUTE })
      await machine.mark()
      for (const without of scenario.pulls) {
        const found = await tryWithout(machine, plan, without, scenario)
        if (found.length > 0) await keepEvidence(machine, `${name}-without-${without.join('-')}`, found.join('\n'))
        problems.push(...found)
        await machine.powerCut()
        await machine.rewind()
        lap(`without ${without.join(' ')}`)
      }
    } else {
      await machine.powerCut()
    }
    const leaks = await hostFilesWithCanary(machine)
    // Without encryption the hash of the password lies open, the password does not.
    problems.push(...leaks.map((file) => `a secret is in ${file}`))
    return { problems, space, unlockedBy: result.unlockedBy, seconds }
  })
}

async function install(machine: Machine, { answers }: Scenario): Promise<Plan> {
  const text = answersYaml(answers)
  await putHidden(machine.agent, '/run/answers.yaml', text)
  const plan = JSON.parse(
    await machine.agent.succeed('keystone plan --answers /run/answers.yaml --json', { timeoutMs: 3 * MINUTE }),
  ) as Plan
  const run = await installHeadless(machine, text)
  if (run.exitCode !== 0) {
    throw new Error(
      `the install ended with ${run.exitCode}\n${run.stderr}\n${run.stdout.split('\n').slice(-30).join('\n')}`,
    )
  }
  return plan
}

async function offThenOn(machine: Machine, wanted: string): Promise<void> {
  const reason = await machine.waitForExit({ timeoutMs: 5 * MINUTE })
  if (reason !== wanted) throw new Error(`the guest went off with ${reason}, not ${wanted}`)
  await machine.tty.screen.write('\x1bc')
  await machine.powerOn({ boot: 'disks' })
}

function askedProblems(boot: string, asked: readonly Question[], { unlock }: Scenario): readonly string[] {
  const wanted = ASKS[unlock]
  if (String(asked) === String(wanted)) return []
  const words = (questions: readonly Question[]) => (questions.length === 0 ? 'nothing' : questions.join(', '))
  return [`${boot} asked for ${words(asked)}, it should ask for ${words(wanted)}`]
}

const firstBootProblems = ({ checks, ok }: FirstBoot): readonly string[] => {
  const wrong = checks.filter((check) => !check.ok)
  if (ok && wrong.length > 0) return ['the phase first-boot is ok with checks that are not']
  return wrong.map(({ name, found, expected }) => `first-boot: ${name} is ${found}, should be ${expected}`)
}

/** Host name, language, keyboard, time zone. */
async function personProblems({ agent }: Machine): Promise<readonly string[]> {
  const looks: readonly (readonly [string, string, string])[] = [
    ['the host name', 'hostname', HOST_NAME],
    ['the language', '. /etc/locale.conf; echo "$LANG"', PLACE.language],
    ['the keyboard', '. /etc/vconsole.conf; echo "$KEYMAP"', PLACE.keyboard],
    ['the time zone', 'date --date=2026-07-01T12:00Z +%Z', 'CEST'],
  ]
  const problems: string[] = []
  for (const [what, command, wanted] of looks) {
    const found = await agent.succeed(command)
    if (found !== wanted) problems.push(`${what} is ${found}, the answers say ${wanted}`)
  }
  return problems
}

/** The system must be up, unlocked as ever, and say that its pool is not whole; `data` may be gone altogether. */
async function tryWithout(
  machine: Machine,
  plan: Plan,
  without: readonly string[],
  scenario: Scenario,
): Promise<readonly string[]> {
  const name = `without ${without.join(' and ')}`
  const asked = await bootAnswering(machine, { without: [...without] })
  const result = await firstBoot(machine)
  const problems = [...askedProblems(`the boot ${name}`, asked, scenario)]
  const { pool, disks } = plan.storage
  const isOfSystem = disks.some(({ id, role }) => role !== 'data' && without.some((one) => id.endsWith(`-${one}`)))
  if (pool !== null) {
    const health = await machine.agent.succeed(`zpool list -H -o health ${pool}`)
    const wanted = isOfSystem ? 'DEGRADED' : 'ONLINE'
    if (health !== wanted) problems.push(`${name} the pool ${pool} is ${health}, it should be ${wanted}`)
    const root = await machine.agent.succeed('findmnt -no SOURCE /')
    if (!root.startsWith(`${pool}/`)) problems.push(`${name} the root is ${root}`)
  }
  // The phase must not call a pool with a missing disk healthy.
  if (isOfSystem && result.ok) problems.push(`${name} the phase first-boot found nothing`)
  return problems
}
