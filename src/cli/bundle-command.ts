import type { Hardware } from '../model/hardware.ts'
import type { Plan } from '../model/plan.ts'
import type { BundleResult, BundleTarget } from '../support/bundle.ts'
import type { BundleInput } from '../support/collect.ts'
import { collectParts } from '../support/collect.ts'
import { findSticks, type Stick } from '../support/find-sticks.ts'
import { handOver } from '../support/hand-over.ts'
import { hidePrivate } from '../support/hide-private.ts'
import { makeBundle } from '../support/make-bundle.ts'
import { UserError } from '../system/errors.ts'
import type { System } from '../system/system.ts'
import type { Command } from './arguments.ts'
import { inputAfterwards } from './bundle-input.ts'
import type { Ending } from './ending.ts'
import { type Hands, lookAtMachine } from './hands.ts'
import type { Terminal } from './terminal.ts'

/** Collects and hands over. */
export async function bundleOf(
  { system, liveLog }: Pick<Hands, 'system' | 'liveLog'>,
  input: BundleInput,
  target: BundleTarget,
  signal: AbortSignal,
  { isPrivate = false }: { readonly isPrivate?: boolean } = {},
): Promise<BundleResult> {
  const parts = await collectParts({ system, ...input })
  const { mask } = liveLog.log
  const withoutNames = isPrivate ? hidePrivate(input.hardware, input.plan) : (text: string) => text
  return handOver(
    system,
    makeBundle(parts, (text) => withoutNames(mask(text))),
    target,
    signal,
  )
}

/** Never a disk of the plan. */
export function findBundleSticks(system: System, hardware: Hardware, plan: Plan | null): Promise<readonly Stick[]> {
  return findSticks(system, hardware, plan)
}

const DEFAULT_FILE = 'keystone-bundle.tar.gz'

/** `keystone bundle`: of the install that was begun here, when there is one, and of this machine. */
export async function saveBundle(
  command: Command,
  hands: Hands,
  terminal: Terminal,
  signal: AbortSignal,
): Promise<Ending> {
  const hardware = await lookAtMachine(hands, null)
  const input = await inputAfterwards(hands, hardware)
  const target = await targetOf(command.to ?? DEFAULT_FILE, hands.system, hardware, input.plan)
  const result = await bundleOf(hands, input, target, signal, command)
  if (result.status === 'text') {
    terminal.stdout(result.lines.map((line) => `${line}\n`).join(''))
    return 'done'
  }
  if (result.status === 'saved') {
    terminal.stdout(`The support bundle is in ${result.path}.\n`)
    return 'done'
  }
  terminal.stderr(
    `On another computer of this network, open ${result.url}\nThe code is ${result.code}. It works once, for ten minutes; Ctrl-C ends it.\n`,
  )
  const end = () => result.stop()
  signal.addEventListener('abort', end, { once: true })
  const taken = await result.taken
  signal.removeEventListener('abort', end)
  if (signal.aborted) return 'cancelled'
  terminal.stderr(taken ? 'It was fetched.\n' : 'Nobody has fetched it; the address works no more.\n')
  return taken ? 'done' : 'failed'
}

async function targetOf(to: string, system: System, hardware: Hardware, plan: Plan | null): Promise<BundleTarget> {
  if (to === 'lan' || to === 'text') return { to }
  if (to !== 'usb') return { to: 'file', path: to }
  const sticks = await findSticks(system, hardware, plan)
  const [stick, other] = sticks
  if (stick === undefined) {
    throw new UserError('there is no USB stick that a support bundle can be written to', {
      nextSteps: ['put one in with a FAT, exFAT or ext4 file system', 'or give --to lan, --to text or --to FILE'],
    })
  }
  if (other !== undefined) {
    throw new UserError(
      `there are ${sticks.length} USB sticks: ${sticks.map(({ partition }) => partition).join(', ')}`,
      {
        nextSteps: ['leave only one in'],
      },
    )
  }
  return { to: 'usb', partition: stick.partition }
}
