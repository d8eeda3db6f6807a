import { detectHardware } from '../hardware/detect.ts'
import type { AssetPlaces } from '../install/assets.ts'
import { createLiveLog, type LiveLog } from '../install/live-log.ts'
import { readRecordedHardware } from '../install/recorded-hardware.ts'
import type { Hardware } from '../model/hardware.ts'
import { identifyMachine } from '../system/identify-machine.ts'
import { createLocalSystem } from '../system/local-system.ts'
import type { System } from '../system/system.ts'

export type Environment = Readonly<Record<string, string | undefined>>

/** What every command works with: this machine, and the log of this run. */
export type Hands = {
  readonly environment: Environment
  readonly places: AssetPlaces
  /** Folders with recorded machines, by name. */
  readonly machineDirectories: readonly string[]
  readonly system: System
  readonly liveLog: LiveLog
  /** Of this installer: another one does not go on with an install of this one. */
  readonly version: string
  /** Who installs has it. Left out: that of this machine. */
  readonly lockFile?: string
}

export function openHands(given: Omit<Hands, 'system' | 'liveLog'>): Hands {
  const liveLog = createLiveLog()
  return { ...given, liveLog, system: createLocalSystem({ log: liveLog.log, environment: given.environment }) }
}

/** A recorded machine, or this one when `machine` is null. */
export function lookAtMachine(
  { system, machineDirectories }: Hands,
  machine: string | null,
  onPart?: (part: Partial<Hardware>) => void,
): Promise<Hardware> {
  if (machine !== null) return readRecordedHardware(system, machine, machineDirectories)
  return detectHardware(system, { identify: identifyMachine, ...(onPart && { onPart }) })
}
