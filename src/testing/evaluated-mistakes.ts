import { cpSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Flake } from './nix-options.ts'

const CASES = new URL('cases/', import.meta.url).pathname

/** Every host of every rendered case. */
export const flakes: readonly Flake[] = readdirSync(CASES)
  .filter((name) => readdirSync(join(CASES, name)).includes('rendered'))
  .flatMap((name) => {
    const folder = join(CASES, name, 'rendered/etc/nixos')
    return readdirSync(join(folder, 'hosts')).map((host) => ({ name: `${name}/${host}`, folder, host }))
  })

/** The first host of the case whose name starts so. */
export function flakeOf(start: string): Flake {
  const found = flakes.find(({ name }) => name.startsWith(start))
  if (!found) throw new Error(`no rendered case ${start}`)
  return found
}

export type Mistake = {
  readonly what: string
  /** The beginning of the case's name. */
  readonly in: string
  /** Below /etc/nixos, HOST stands for the host's name. */
  readonly file: string
  readonly from: string
  readonly to: string
  /** A part of NixOS's message. */
  readonly says: string
}

/** A copy of the mistake's case, in a folder of its own below `scratch`, with that one thing changed. */
export function withMistake(mistake: Mistake, scratch: string): Flake {
  const flake = flakeOf(mistake.in)
  const folder = mkdtempSync(join(scratch, 'flake-'))
  cpSync(flake.folder, folder, { recursive: true })
  const path = join(folder, mistake.file.replace('HOST', flake.host))
  const text = readFileSync(path, 'utf8')
  if (!text.includes(mistake.from)) throw new Error(`${mistake.file} has no ${mistake.from}`)
  writeFileSync(path, text.replace(mistake.from, mistake.to))
  return { ...flake, folder }
}

const HOST = 'hosts/HOST/configuration.nix'
const DISKS = 'hosts/HOST/disko-config.nix'
const NAME = '  networking.hostName ='

/** One mistake each, and what NixOS says to it. */
export const MISTAKES: readonly Mistake[] = [
  {
    what: 'a misspelt option',
    in: 'default',
    file: HOST,
    from: NAME,
    to: `  services.opensh.enable = true;\n${NAME}`,
    says: "The option `services.opensh' does not exist. Definition values:",
  },
  {
    what: 'a misspelt option, and what it should be',
    in: 'default',
    file: HOST,
    from: NAME,
    to: `  services.opensh.enable = true;\n${NAME}`,
    says: "Did you mean `services.openssh'",
  },
  {
    what: 'a misspelt option of our own',
    in: 'default',
    file: HOST,
    from: 'tpm.unlock',
    to: 'tpm.unlok',
    says: "Did you mean `keystone.tpm.unlock'",
  },
  {
    what: 'a value of the wrong type',
    in: 'default',
    file: HOST,
    from: NAME,
    to: `  services.sanoid.enable = "yes";\n${NAME}`,
    says: "A definition for option `services.sanoid.enable' is not of type `boolean'. Definition values:",
  },
  {
    what: 'a value of the wrong type where nothing reads it',
    in: 'default',
    file: HOST,
    from: NAME,
    to: `  systemd.services.other.serviceConfig.Restart = { };\n${NAME}`,
    says: "`systemd.services.other.serviceConfig.Restart' is not of type `systemd option'",
  },
  {
    what: 'a value of the wrong type in a list of sets',
    in: 'default',
    file: HOST,
    from: NAME,
    to: `  swapDevices = [ { device = "/x"; size = "1G"; } ];\n${NAME}`,
    says: "is not of type `null or signed integer'",
  },
  {
    what: 'an unknown setting of a unit in the initrd',
    in: 'default',
    file: HOST,
    from: NAME,
    to: `  boot.initrd.systemd.services.other.scripts = "x";\n${NAME}`,
    says: "The option `boot.initrd.systemd.services.other.scripts' does not exist.",
  },
  {
    what: 'an option that 26.05 renamed',
    in: 'default',
    file: HOST,
    from: NAME,
    to: `  boot.zfs.allowHibernation = true;\n${NAME}`,
    says: "The option definition `boot.zfs.allowHibernation' in",
  },
  {
    what: 'an option that 26.05 renamed, and why',
    in: 'default',
    file: HOST,
    from: NAME,
    to: `  boot.zfs.allowHibernation = true;\n${NAME}`,
    says: 'NixOS 26.05: renamed to boot.zfs.unsafeAllowHibernation.',
  },
  {
    what: 'two values of one option',
    in: 'default',
    file: HOST,
    from: NAME,
    to: `  boot.loader.systemd-boot.configurationLimit = 5;\n${NAME}`,
    says: "The option `boot.loader.systemd-boot.configurationLimit' has conflicting definition values:",
  },
  {
    what: 'an unknown package',
    in: 'default',
    file: 'modules/keystone/default.nix',
    from: 'pkgs.jq',
    to: 'pkgs.jqq',
    says: "attribute 'jqq' missing",
  },
  {
    what: 'an unknown function of lib',
    in: 'default',
    file: 'modules/keystone/snapshots.nix',
    from: 'lib.genAttrs',
    to: 'lib.generateAttrs',
    says: "attribute 'generateAttrs' missing",
  },
  {
    what: 'nothing where a module of ours must have a value',
    in: 'default',
    file: HOST,
    from: 'primer.clusterName',
    to: '# primer.clusterName',
    says: "The option `keystone.primer.clusterName' was accessed but has no value defined. Try setting the option.",
  },
  {
    what: 'a host id that is none',
    in: 'default',
    file: HOST,
    from: 'hostId = "',
    to: 'hostId = "x',
    says: 'Invalid value given to the networking.hostId option.',
  },
  {
    what: 'a machine that nobody could administrate',
    in: 'default',
    file: HOST,
    from: 'extraGroups = [ "wheel" ]',
    to: 'extraGroups = [ ]',
    says: 'Failed assertions:\n- ',
  },
  {
    what: 'a user of no kind',
    in: 'default',
    file: HOST,
    from: NAME,
    to: `  users.users.other = { };\n${NAME}`,
    says: 'Exactly one of users.users.other.isSystemUser and users.users.other.isNormalUser must be set.',
  },
  {
    what: 'a name of a template that is not there',
    in: 'default',
    file: HOST,
    from: NAME,
    to: `  services.sanoid.datasets.x.useTemplate = [ "y" ];\n${NAME}`,
    says: 'useTemplate names a template that is not in services.sanoid.templates',
  },
  {
    what: 'a size with a blank',
    in: 'default',
    file: DISKS,
    from: 'size = "512M"',
    to: 'size = "1 GB"',
    says: 'is not of type `value "100%" (singular enum) or string matching the pattern [0-9]+[KMGTP]?',
  },
  {
    what: 'a misspelt key of the layout',
    in: 'default',
    file: DISKS,
    from: 'mountOptions = [ "nofail" ]',
    to: 'mountOption = [ "nofail" ]',
    says: "mountOption' does not exist.",
  },
  {
    what: 'a disk that is not named by its path',
    in: 'default',
    file: DISKS,
    from: 'device = "/dev/disk/by-id/',
    to: 'device = "by-id/',
    says: "A definition for option `disko.devices.disk.a.device' is not of type `An absolute path'.",
  },
  {
    what: 'an unknown content',
    in: 'default',
    file: DISKS,
    from: 'type = "swap"',
    to: 'type = "swop"',
    says: 'content whose type is one of "filesystem", "luks", "swap", "zfs"',
  },
  {
    what: 'an unknown kind of pool',
    in: 'mirror',
    file: DISKS,
    from: 'mode = "mirror"',
    to: 'mode = "stripe"',
    says: '"mirror", "raidz", "raidz1", "raidz2", "raidz3"',
  },
  {
    what: 'a property of a pool that is no text',
    in: 'default',
    file: DISKS,
    from: 'ashift = "12"',
    to: 'ashift = 12',
    says: "A definition for option `disko.devices.zpool.rpool.options.ashift' is not of type `string'.",
  },
]
