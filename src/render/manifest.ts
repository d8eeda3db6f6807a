import { CONFIG_DIRECTORY, hostDirectory } from '../model/paths.ts'
import { Bug } from '../system/errors.ts'
import type { RenderContext } from './context.ts'

export type ManifestEntry = {
  /** Below templates/, which mirrors the target: `etc/nixos/flake.nix.hbs`. Without `.hbs` it is copied byte for byte. */
  readonly template: string
  /** Absolute on the target: `/etc/nixos/flake.nix`. */
  readonly path: (context: RenderContext) => string
  readonly mode: number
  /** Rendered when the bundle has it, left out when not. */
  readonly isOptional: boolean
}

/** In the templates folder this stands for the host's name. */
export const HOST_FOLDER = 'etc/nixos/hosts/HOST/'

/** The template's own place on the target, readable by all: none of these files holds a secret. */
function entry(template: string, { isOptional = false } = {}): ManifestEntry {
  const target = template.replace(/\.hbs$/, '')
  const path = (context: RenderContext) => checked(target, context.hostName)
  return { template, path, mode: 0o644, isOptional }
}

function checked(target: string, hostName: string): string {
  if (!target.startsWith(HOST_FOLDER)) return `/${target}`
  // It becomes a folder: no name of a host can lead out of hosts/.
  if (!/^[A-Za-z0-9][A-Za-z0-9_-]*$/.test(hostName)) throw new Bug(`not a host name: ${JSON.stringify(hostName)}`)
  return `${hostDirectory(hostName)}/${target.slice(HOST_FOLDER.length)}`
}

const at = (name: string) => `${CONFIG_DIRECTORY.slice(1)}/${name}`
const MODULES = [
  'default',
  'access',
  'boot-copies',
  'command',
  'data-pool',
  'hibernation',
  'network',
  'phases',
  'pool-scripts',
  'primer',
  'secure-boot',
  'snapshots',
  'storage',
  'tpm',
  'unlock',
]

/** Which template becomes which file. A test holds this list against the templates folder, both ways. */
export const MANIFEST: readonly ManifestEntry[] = [
  entry(at('flake.nix.hbs')),
  // Made where nixpkgs can be reached, when the ISO is built; without it the first rebuild writes one.
  entry(at('flake.lock'), { isOptional: true }),
  entry(at('README.md.hbs')),
  entry(at('.gitignore')),
  entry(`${HOST_FOLDER}configuration.nix.hbs`),
  entry(`${HOST_FOLDER}disko-config.nix.hbs`),
  // Holds the place: during the install nixos-generate-config writes the real one.
  entry(`${HOST_FOLDER}hardware-configuration.nix`),
  // Read by command.nix: a program is easier to read and to check as a file of its own.
  entry(at('modules/keystone/command.sh')),
  ...MODULES.map((name) => entry(at(`modules/keystone/${name}.nix`))),
]
