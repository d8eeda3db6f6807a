import { posix } from 'node:path'
import { CONFIG_DIRECTORY, hardwareConfigFile } from '../model/paths.ts'
import type { Plan, RenderedFile } from '../model/plan.ts'
import type { Problem } from '../model/problem.ts'
import { CommandError } from '../system/errors.ts'
import { programs } from '../system/programs.ts'
import type { System } from '../system/system.ts'
import { onTarget } from './target-mounts.ts'

const REPOSITORY = onTarget(CONFIG_DIRECTORY)
const inRepository = ['-C', REPOSITORY]

/** Commits everything below /etc/nixos of the target to its git repository, and makes that first when there is none. Where
 *  nothing has changed since the last commit nothing is committed, so that a resumed install does not add empty ones.
 *  `message`: the subject, then paragraphs. The repository belongs to root, like all of /etc/nixos. */
export async function commitAll(
  context: { readonly plan: Plan; readonly system: System; readonly goesOn: boolean; log(line: string): void },
  message: readonly string[],
): Promise<void> {
  const { plan, system, log } = context
  if (context.goesOn) await forgetTornRepository(system, log)
  // An empty template: the live system's hooks and settings are not the owner's.
  await system.run(programs.git, ['init', '--quiet', '--initial-branch=main', '--template=', REPOSITORY])
  for (const name of LOCKS) {
    const lock = `${REPOSITORY}/.git/${name}`
    if (!(await system.exists(lock))) continue
    // Two installs never run at once (install-here.ts), so its owner is an install that was cut off.
    log(`removing ${lock}, left by an install that did not end`)
    await system.removeFile(lock)
  }
  await system.run(programs.git, [...inRepository, 'add', '--all'])
  const { exitCode } = await system.query(programs.git, [...inRepository, 'diff', '--cached', '--quiet'], {
    okExitCodes: [0, 1], // 1: something is staged
  })
  if (exitCode === 0) return
  // Said on the command line: the target has no git settings yet, and these are not to become its owner's.
  const author = ['-c', 'user.name=Keystone installer', '-c', `user.email=root@${plan.hostName}`]
  const paragraphs = message.flatMap((text) => ['--message', text])
  await system.run(programs.git, [...inRepository, ...author, 'commit', '--quiet', ...paragraphs])
}

/** Of what a commit writes. */
const LOCKS = ['index.lock', 'HEAD.lock', 'config.lock', 'refs/heads/main.lock']

/** A power cut can leave objects without content, and git takes an object that is there for one that is right. All that is in
 *  it was written by this install. */
async function forgetTornRepository(system: System, log: (line: string) => void): Promise<void> {
  if (!(await system.exists(`${REPOSITORY}/.git`))) return
  try {
    await system.query(programs.git, [...inRepository, 'fsck', '--no-dangling', '--no-progress'])
  } catch (error) {
    if (!(error instanceof CommandError) || error.isMissing) throw error
    log(`the git repository ${REPOSITORY} was torn when the install was cut off; it is made anew`)
    await system.run(programs.rm, ['-r', '-f', '--one-file-system', `${REPOSITORY}/.git`])
  }
}

/** What keeps the repository from being the whole truth: a rendered file that is not in the last commit (a flake in git
 *  does not see it: `nixos-rebuild` would fail on the installed system), or a change that was not committed. `except`: a path
 *  whose changes somebody else commits. */
export async function findUncommitted(
  {
    plan,
    files,
    system,
  }: {
    readonly plan: Plan
    readonly files: readonly RenderedFile[]
    readonly system: System
  },
  { except = null }: { readonly except?: string | null } = {},
): Promise<readonly Problem[]> {
  if (!(await system.exists(`${REPOSITORY}/.git/HEAD`))) {
    return [problem('repository-missing', CONFIG_DIRECTORY, `${REPOSITORY} is no git repository`)]
  }
  const head = await system.query(programs.git, [...inRepository, 'ls-tree', '-r', '-z', '--name-only', 'HEAD'], {
    okExitCodes: [0, 128], // 128: there is no commit
  })
  if (head.exitCode !== 0) {
    return [problem('nothing-committed', CONFIG_DIRECTORY, `nothing was committed in ${REPOSITORY}`)]
  }
  const tracked = new Set(head.stdout.split('\0'))
  const status = await system.query(programs.git, [...inRepository, 'status', '--porcelain', '-z'])
  // Two letters and a blank come before the path.
  const exempt = except === null ? null : posix.relative(CONFIG_DIRECTORY, except)
  const changed = status.stdout.split('\0').filter((entry) => entry !== '' && entry.slice(3) !== exempt)
  const wanted = [...files.map(({ path }) => path), hardwareConfigFile(plan.hostName)]
  return [
    ...[...new Set(wanted)]
      .filter((path) => !tracked.has(posix.relative(CONFIG_DIRECTORY, path)))
      .map((path) => problem('file-untracked', path, `${onTarget(path)} is not in the git repository`)),
    ...changed.map((entry) =>
      problem('uncommitted', CONFIG_DIRECTORY, `${REPOSITORY} has a change that is not committed: ${entry}`),
    ),
  ]
}

function problem(code: string, path: string, message: string): Problem {
  return { code, path: ['target', path], message }
}
