import { build } from '../tasks/build.ts'
import { commitConfig } from '../tasks/commit-config.ts'
import { copyLog } from '../tasks/copy-log.ts'
import { enrollKeys } from '../tasks/enroll-keys.ts'
import { finish } from '../tasks/finish.ts'
import { hardwareConfig } from '../tasks/hardware-config.ts'
import { install } from '../tasks/install.ts'
import { partition } from '../tasks/partition.ts'
import { passwords } from '../tasks/passwords.ts'
import { preflight } from '../tasks/preflight.ts'
import { stagePhases } from '../tasks/stage-phases.ts'
import type { Task } from '../tasks/task.ts'
import { unmount } from '../tasks/unmount.ts'
import { writeConfig } from '../tasks/write-config.ts'

export type SequenceEntry = Task & {
  /** `stop`: undo what can be undone and show the failure. `go on`: say it in the log; the machine works without it. */
  readonly ifItFails: 'stop' | 'go on'
  /** A resumed install may run it again without doing everything after it again. */
  readonly changesNothing?: true
  /** A resumed install may run it again, and what comes after it is not built on what it makes. */
  readonly leavesLater?: true
  /** `comes`: from its end on the target's esp is there, and holds the journal. `goes`: it lets go of the target. */
  readonly target?: 'comes' | 'goes'
  /** What a person can do, for the failure screen; after what the error itself knows. */
  readonly nextSteps: readonly string[]
}

const NOTHING_CHANGED = 'nothing was changed on the disks; put it right, then retry'
const GOES_ON = 'retry goes on from here: what is done is not done again'
const NEEDS_NETWORK = 'check the network: the build fetches packages, and the name server and the clock must be right'
const CHECK_TPM = 'if the TPM refuses: clear it in the firmware settings, or turn TPM unlock off'
const RESTART_FIRST = 'restart the machine; if it does not come up, start the medium again and install once more'
const CHECK_DISKS = 'check that the disks are connected; retry formats them again'

/** An install from the first look to the last sync. Weights are shares of the time, roughly as on a small machine with a
 *  fair network; they are for the progress bar and nothing else. */
export const installSequence: readonly SequenceEntry[] = [
  {
    ...preflight,
    title: 'Check the machine',
    weight: 1,
    ifItFails: 'stop',
    changesNothing: true,
    nextSteps: [NOTHING_CHANGED],
  },
  {
    ...partition,
    title: 'Partition and format the disks',
    weight: 8,
    ifItFails: 'stop',
    target: 'comes',
    nextSteps: [CHECK_DISKS],
  },
  { ...hardwareConfig, title: 'Detect the drivers', weight: 1, ifItFails: 'stop', nextSteps: [GOES_ON] },
  { ...writeConfig, title: 'Write the configuration', weight: 1, ifItFails: 'stop', nextSteps: [GOES_ON] },
  { ...commitConfig, title: 'Keep the configuration in git', weight: 1, ifItFails: 'stop', nextSteps: [GOES_ON] },
  { ...build, title: 'Build the system', weight: 60, ifItFails: 'stop', nextSteps: [NEEDS_NETWORK, GOES_ON] },
  {
    ...install,
    title: 'Install the system',
    weight: 15,
    ifItFails: 'stop',
    // Its boot files may have to be written again for an esp that a power cut has damaged; passwords and keys are elsewhere.
    leavesLater: true,
    nextSteps: [GOES_ON],
  },
  { ...passwords, title: 'Set the password', weight: 1, ifItFails: 'stop', nextSteps: [GOES_ON] },
  { ...enrollKeys, title: 'Enrol the keys', weight: 3, ifItFails: 'stop', nextSteps: [CHECK_TPM, GOES_ON] },
  { ...stagePhases, title: 'Prepare the first boot', weight: 1, ifItFails: 'stop', nextSteps: [GOES_ON] },
  { ...copyLog, title: 'Copy the log', weight: 1, ifItFails: 'go on', changesNothing: true, nextSteps: [] },
  {
    ...unmount,
    title: 'Unmount the disks',
    weight: 3,
    ifItFails: 'stop',
    target: 'goes',
    nextSteps: [RESTART_FIRST],
  },
  { ...finish, title: 'Finish', weight: 1, ifItFails: 'stop', nextSteps: [GOES_ON] },
]
