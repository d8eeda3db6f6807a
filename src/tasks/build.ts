import { followNix } from '../install/follow-nix.ts'
import { onTarget } from '../install/target-mounts.ts'
import { commitAll, findUncommitted } from '../install/target-repository.ts'
import { forgetTornPaths, isStoreSound, ON_THE_DISK } from '../install/target-store.ts'
import { CONFIG_DIRECTORY, FLAKE_LOCK_FILE, TARGET_ROOT } from '../model/paths.ts'
import type { Problem } from '../model/problem.ts'
import { CommandError, UserError } from '../system/errors.ts'
import { programs } from '../system/programs.ts'
import type { TaskContext, TaskWork } from './task.ts'

/** Builds the system straight into the target's store: the live image's store is in memory and would run full.
 *  What is built is the git repository in /etc/nixos, as by `nixos-rebuild switch --flake /etc/nixos` later on: a file that
 *  git does not know is missing now, and not at the owner's first rebuild.
 *  Gives `systemPath`, the store path of the built system. */
export const build: TaskWork = {
  id: 'build',
  async check(context) {
    if ((await findUndone(context)).length > 0) return 'todo'
    // What came after it was cut off while it wrote to the same store.
    return !context.interrupted.includes('install') || (await isStoreSound(context.system)) ? 'done' : 'todo'
  },
  async run(context) {
    if (context.goesOn) await forgetTornPaths(context.system, context.log)
    const hasLock = context.files.some(({ path }) => path === FLAKE_LOCK_FILE)
    if (context.goesOn && !hasLock) await mendRepository(context)
    const systemPath = systemPathOf(await runNix(context, buildArguments(context.plan.hostName, hasLock)))
    // Without a lock file nix chose the versions and wrote them down; a rebuild must find the same ones.
    if (!hasLock) await commitAll(context, ['Lock the versions of the inputs'])
    return { systemPath }
  },
  verify: findUndone,
}

/** Nix reads the repository before it writes the lock file into it, and may have been cut off in the middle of that. */
async function mendRepository(context: TaskContext): Promise<void> {
  if (context.interrupted.includes('build')) await context.system.removeFile(onTarget(FLAKE_LOCK_FILE))
  await commitAll(context, ['Begin the build again'])
}

function buildArguments(hostName: string, hasLock: boolean): readonly string[] {
  return [
    'build',
    '--store',
    TARGET_ROOT,
    '--extra-experimental-features',
    'nix-command flakes',
    // The live system's own store, as nixos-install asks it: what the boot medium holds needs no network.
    '--extra-substituters',
    'auto?trusted=1',
    '--log-format',
    'internal-json',
    ...ON_THE_DISK,
    '--no-link',
    '--print-out-paths',
    '--verbose',
    // The versions that came with the installer, or none: never others in silence.
    ...(hasLock ? ['--no-update-lock-file'] : []),
    `git+file://${TARGET_ROOT}${CONFIG_DIRECTORY}#nixosConfigurations."${hostName}".config.system.build.toplevel`,
  ]
}

/** Follows the build to its end; gives what nix printed on stdout. */
async function runNix({ plan, system, log, progress }: TaskContext, args: readonly string[]): Promise<string> {
  const nix = followNix({ now: () => system.now(), log, progress })
  try {
    const { stdout } = await system.run(programs.nix, args, {
      onLine: (line, stream) => (stream === 'stderr' ? nix.read(line) : undefined),
      proxy: plan.network.proxy,
      preview: `/nix/store/...-nixos-system-${plan.hostName}\n`,
    })
    nix.end()
    return stdout
  } catch (error) {
    if (!(error instanceof CommandError) || error.isMissing) throw error
    // nix speaks JSON here; what it said to people is what the person needs.
    const { program, args: given, line, exitCode, signal } = error
    throw new CommandError({
      program,
      args: given,
      line,
      exitCode,
      signal,
      lastLines: nix.lastLines(),
      nix: nix.failure(),
      cause: error,
    })
  }
}

function systemPathOf(stdout: string): string {
  const path = stdout.trim().split('\n').at(-1) ?? ''
  if (/^\/nix\/store\/\S+$/.test(path)) return path
  throw new UserError('nix build ended well, but named no system', {
    nextSteps: ['look at the log for what it printed'],
  })
}

async function findUndone(context: TaskContext): Promise<readonly Problem[]> {
  const { outputs, system } = context
  const systemPath = outputs.build?.systemPath
  if (systemPath !== undefined && (await system.exists(onTarget(systemPath)))) return findUncommitted(context)
  const message = `the built system ${systemPath ?? ''} is not in the store of ${TARGET_ROOT}`
  return [{ code: 'system-missing', path: ['target', 'store'], message }]
}
