import { createNixProgressReader, type NixProgress } from '../install/nix-progress.ts'
import { onTarget } from '../install/target-mounts.ts'
import { CONFIG_DIRECTORY, TARGET_ROOT } from '../model/paths.ts'
import type { Problem } from '../model/problem.ts'
import { formatSize } from '../model/size.ts'
import { CommandError, UserError } from '../system/errors.ts'
import { programs } from '../system/programs.ts'
import type { TaskContext, TaskWork } from './task.ts'

/** Builds the system straight into the target's store: the live image's store is in memory and would run full.
 *  Gives `systemPath`, the store path of the built system. */
export const build: TaskWork = {
  id: 'build',
  check: async (context) => ((await findMissing(context)).length === 0 ? 'done' : 'todo'),
  async run({ plan, system, log, progress }) {
    const reader = createNixProgressReader()
    const lastLines: string[] = []
    let lastMessage = ''
    const report = (now: NixProgress) => {
      const message = describe(now)
      if (message === lastMessage) return
      lastMessage = message
      progress(now.fraction, message)
    }
    try {
      const { stdout } = await system.run(programs.nix, buildArguments(plan.hostName), {
        onLine(line, stream) {
          if (stream === 'stdout') return
          const { log: text, isProgress } = reader.read(line)
          if (text !== null) {
            log(text)
            if (lastLines.push(text) > 20) lastLines.shift()
          }
          if (isProgress) report(reader.current())
        },
        preview: `/nix/store/...-nixos-system-${plan.hostName}\n`,
      })
      return { systemPath: systemPathOf(stdout) }
    } catch (error) {
      if (!(error instanceof CommandError) || error.isMissing) throw error
      // nix speaks JSON here; what it said to people is what the person needs.
      const { program, line, exitCode } = error
      throw new CommandError({ program, line, exitCode, lastLines, cause: error })
    }
  },
  verify: findMissing,
}

function buildArguments(hostName: string): readonly string[] {
  return [
    'build',
    '--store',
    TARGET_ROOT,
    '--extra-experimental-features',
    'nix-command flakes',
    '--log-format',
    'internal-json',
    '--no-link',
    '--print-out-paths',
    '--verbose',
    // path: and not git+file:, because a flake in git does not see files that were never added.
    `path:${TARGET_ROOT}${CONFIG_DIRECTORY}#nixosConfigurations."${hostName}".config.system.build.toplevel`,
  ]
}

function systemPathOf(stdout: string): string {
  const path = stdout.trim().split('\n').at(-1) ?? ''
  if (/^\/nix\/store\/\S+$/.test(path)) return path
  throw new UserError('nix build ended well, but named no system', {
    nextSteps: ['look at the log for what it printed'],
  })
}

async function findMissing({ outputs, system }: TaskContext): Promise<readonly Problem[]> {
  const systemPath = outputs.build?.systemPath
  if (systemPath !== undefined && (await system.exists(onTarget(systemPath)))) return []
  const message = `the built system ${systemPath ?? ''} is not in the store of ${TARGET_ROOT}`
  return [{ code: 'system-missing', path: ['target', 'store'], message }]
}

/** `12 of 340 paths, 45 MiB of 1.2 GiB, 3 of 20 builds` */
function describe({ paths, bytes, builds }: NixProgress): string {
  return [
    paths.expected > 0 ? `${paths.done} of ${paths.expected} paths` : '',
    bytes.expected > 0 ? `${formatSize(bytes.done)} of ${formatSize(bytes.expected)}` : '',
    builds.expected > 0 ? `${builds.done} of ${builds.expected} builds` : '',
  ]
    .filter((part) => part !== '')
    .join(', ')
}
