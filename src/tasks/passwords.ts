import { posix } from 'node:path'
import { wifiSecretsFile } from '../credentials/wifi-secret.ts'
import { onTarget } from '../install/target-mounts.ts'
import { JOIN_TOKEN_FILE, PASSWORD_HASH_FILE, WIFI_SECRETS_FILE } from '../model/paths.ts'
import type { Problem } from '../model/problem.ts'
import { Secret } from '../model/secret.ts'
import { Bug, UserError } from '../system/errors.ts'
import { programs } from '../system/programs.ts'
import type { System } from '../system/system.ts'
import type { TaskContext, TaskWork } from './task.ts'

/** yescrypt as crypt(5) writes it. */
const YESCRYPT = /^\$y\$[./A-Za-z0-9]+\$[./A-Za-z0-9]+\$[./A-Za-z0-9]+$/
/** Any of crypt(5): an answer file may hold another one than ours. */
const ANY_HASH = /^\$[0-9a-z-]+\$[^\s:]+$/

/** What the installed system must know and its configuration must not: everyone can read the Nix store. Each in a file of
 *  its own that only root can read. The administrator's password as a hash, which is handled like the password itself,
 *  because it can be guessed against. */
export const passwords: TaskWork = {
  id: 'passwords',
  check: async (context) => ((await findMissing(context)).length === 0 ? 'done' : 'todo'),
  async run(context) {
    const { plan, system, secrets } = context
    if (plan.network.wifi !== null && secrets.wifiPassphrase === null)
      throw new Bug('nobody knows the Wi-Fi passphrase')
    if (plan.cluster.join !== null && secrets.joinToken === null) throw new Bug('nobody knows the token to join')
    const hash = secrets.passwordHash ?? (await hashOf(system, secrets.password))
    await writeSecret(system, PASSWORD_HASH_FILE, hash.followedBy('\n'))
    for (const { path, content } of otherSecrets(context)) await writeSecret(system, path, content)
    return undefined
  },
  verify: (context) => findMissing(context),
}

async function hashOf(system: System, password: Secret | null): Promise<Secret> {
  if (password === null) throw new Bug('there is neither a password nor its hash')
  const { stdout } = await system.run(programs.mkpasswd, ['-m', 'yescrypt', '-s'], {
    stdin: password,
    isSecretOutput: true,
    preview: '$y$j9T$dry$run\n',
  })
  const hash = stdout.trim()
  if (YESCRYPT.test(hash)) return password.derive(() => new TextEncoder().encode(hash))
  throw new UserError('mkpasswd gave no yescrypt hash', { nextSteps: ['start from the Keystone medium'] })
}

/** The wireless passphrase under the name that modules/keystone/network.nix asks for, and the token of the cluster to join. */
function otherSecrets({
  plan,
  secrets,
}: Pick<TaskContext, 'plan' | 'secrets'>): readonly { path: string; content: Secret }[] {
  const { wifiPassphrase, joinToken } = secrets
  const { wifi } = plan.network
  return [
    ...(wifiPassphrase && wifi
      ? [{ path: WIFI_SECRETS_FILE, content: wifiSecretsFile(wifi.ssid, wifiPassphrase) }]
      : []),
    ...(joinToken ? [{ path: JOIN_TOKEN_FILE, content: joinToken.followedBy('\n') }] : []),
  ]
}

async function writeSecret(system: System, path: string, content: Secret): Promise<void> {
  await system.makeDirectory(posix.dirname(onTarget(path)), { mode: 0o700 })
  await system.writeFile(onTarget(path), content, { mode: 0o600 })
}

async function findMissing(context: TaskContext): Promise<readonly Problem[]> {
  const { system, secrets } = context
  const hash = await system.readText(onTarget(PASSWORD_HASH_FILE))
  const others = await Promise.all(
    otherSecrets(context).map(async ({ path, content }) => {
      const text = await system.readText(onTarget(path))
      return text !== null && content.equals(new Secret(text)) ? [] : [path]
    }),
  )
  return [
    ...(isRightHash(hash, secrets.passwordHash) ? [] : [missing('password', PASSWORD_HASH_FILE, 'password hash')]),
    ...others.flat().map((path) => missing('secret', path, 'secret, or not the one that was given')),
  ]
}

/** A given one must be that one; ours has another salt each time. */
function isRightHash(found: string | null, given: Secret | null): boolean {
  if (found === null || !ANY_HASH.test(found.trim())) return false
  return given === null || given.equals(new Secret(found.trim()))
}

function missing(what: string, path: string, words: string): Problem {
  const message = `${onTarget(path)} holds no ${words}`
  return { code: `${what}-missing`, path: ['target', path], message }
}
