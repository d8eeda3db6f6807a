// Stands for nixos-install in the lab: lays down a small Debian system that behaves as the rendered configuration says,
// and a boot loader with an initrd made from it.
import { createHash, randomBytes } from 'node:crypto'
import {
  chmodSync,
  copyFileSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import { readArguments, UsageError } from './lib/arguments.ts'
import { cpioArchive } from './lib/cpio.ts'
import { systemErrorText } from './lib/faults.ts'
import { initrdFiles } from './lib/initrd-files.ts'
import { labSettings } from './lib/lab-settings.ts'
import { bash, quote } from './lib/shell.ts'
import type { LaidFile, System } from './lib/system.ts'
import { targetFiles } from './lib/target-files.ts'
import { enter } from './nixos-enter.ts'

const PARTS = process.env.KEYSTONE_LAB_PARTS ?? '/usr/share/keystone-lab'

class InstallError extends Error {
  override readonly name = 'InstallError'
}

type Request = { readonly root: string; readonly path: string }

/** @throws UsageError for anything but the one command line that the installer uses. */
export function readRequest(argv: readonly string[]): Request {
  const { values, flags } = readArguments(argv, {
    values: ['--root', '--system'],
    flags: ['--no-root-passwd', '--no-channel-copy'],
    positional: 0,
    settings: ['fsync-store-paths'],
  })
  // Without it the real one asks on the terminal, in the middle of the wizard.
  if (!flags.has('--no-root-passwd')) throw new UsageError('--no-root-passwd is missing')
  if (!flags.has('--no-channel-copy')) throw new UsageError('--no-channel-copy is missing')
  if (values['--option fsync-store-paths'] !== 'true')
    throw new UsageError('paths would be valid before they are on the disk')
  const root = values['--root']
  const path = values['--system']
  if (root === undefined || path === undefined) throw new UsageError('--root and --system are needed')
  if (!/^\/nix\/store\/[^/]+$/.test(path)) throw new UsageError(`not a store path: ${path}`)
  return { root, path }
}

/** The real program's first checks: it refuses a root that others could have changed. */
function checkRoot(root: string): void {
  if (!existsSync(root)) throw new InstallError(`mount point ${root} doesn't exist`)
  for (let folder = root; ; folder = dirname(folder)) {
    if ((statSync(folder).mode & 0o005) !== 0o005) {
      throw new InstallError(
        `path ${folder} should have permissions 755, but had permissions ${(statSync(folder).mode & 0o7777).toString(8)}. Consider running 'chmod o+rx ${folder}'.`,
      )
    }
    if (folder === '/') break
  }
  const { uid, gid } = statSync(root)
  if (uid !== 0 || gid !== 0) throw new InstallError(`${root} is owned by ${uid}:${gid} and not by root`)
}

function must(exitCode: number, what: string): void {
  if (exitCode !== 0) throw new InstallError(`${what} failed with exit code ${exitCode}`)
}

function lay(root: string, files: readonly LaidFile[]): void {
  for (const file of files) {
    const path = join(root, file.path)
    mkdirSync(dirname(path), { recursive: true })
    if (lstatSync(path, { throwIfNoEntry: false })) rmSync(path)
    if ('link' in file) {
      symlinkSync(file.link, path)
    } else {
      writeFileSync(path, file.content)
      chmodSync(path, file.mode)
    }
  }
}

function makeUsers(root: string, system: System): void {
  for (const [name, user] of Object.entries(system.users.users)) {
    const groups = user.extraGroups ?? []
    const words = groups.length > 0 ? `--groups ${groups.map(quote).join(',')}` : ''
    // Nothing but the unit of the target sets a password: NixOS, too, does it at boot.
    must(
      bash([
        '-c',
        `chroot ${quote(root)} id ${quote(name)} >/dev/null 2>&1 || chroot ${quote(root)} useradd --create-home --shell /bin/bash ${words} ${quote(name)}`,
      ]),
      `making the user ${name}`,
    )
  }
  // systemd takes a user that exists for a dynamic one; the small system cannot look up users that exist only at run time.
  if (system.sanoid?.enable) {
    const inRoot = `chroot ${quote(root)}`
    const add = `${inRoot} id sanoid >/dev/null 2>&1 || ${inRoot} useradd --system --no-create-home sanoid`
    must(bash(['-c', add]), 'making the user sanoid')
  }
}

/** As `bootctl install` does it: the firmware's first entry is the ESP mounted at /boot. */
function registerLoader(boot: string): void {
  const script = `set -eu
part=$(findmnt --noheadings --output SOURCE --mountpoint ${quote(boot)})
disk=/dev/$(lsblk --noheadings --nodeps --output PKNAME "$part")
number=$(lsblk --noheadings --nodeps --output PARTN "$part" | tr -d ' ')
for old in $(efibootmgr | awk '/Linux Boot Manager/ { print substr($1, 5, 4) }'); do
  efibootmgr --quiet --delete-bootnum --bootnum "$old"
done
efibootmgr --quiet --create --disk "$disk" --part "$number" --label 'Linux Boot Manager' \\
  --loader '\\EFI\\systemd\\systemd-bootx64.efi'`
  must(bash(['-c', script]), 'efibootmgr')
}

/** What firmware starts of a disk it has no entry for. As on NixOS it is systemd-boot; where the lab wants to boot with Secure
 *  Boot, it is the loader that Microsoft has signed, which starts the systemd-boot that Debian has signed. */
function installFallback(folder: string, loader: string): void {
  const isSigned = labSettings().KEYSTONE_LAB_SHIM !== undefined
  copyFileSync(isSigned ? '/usr/lib/shim/shimx64.efi.signed' : loader, join(folder, 'BOOTX64.EFI'))
  if (isSigned) copyFileSync(`${loader}.signed`, join(folder, 'grubx64.efi'))
}

/** The ESP as NixOS's systemd-boot leaves it: loader, fallback loader, kernel, initrd, one entry. */
function installLoader(root: string, path: string, system: System, machineId: string): void {
  const boot = join(root, 'boot')
  const loader = '/usr/lib/systemd/boot/efi/systemd-bootx64.efi'
  const base = readFileSync(join(PARTS, 'initrd-base.cpio.zst'))
  const initrd = Buffer.concat([cpioArchive(initrdFiles(system, machineId)), base])
  const name = createHash('sha256').update(initrd).digest('hex').slice(0, 32)
  for (const folder of ['EFI/systemd', 'EFI/BOOT', 'EFI/nixos', 'loader/entries']) {
    mkdirSync(join(boot, folder), { recursive: true })
  }
  copyFileSync(loader, join(boot, 'EFI/systemd/systemd-bootx64.efi'))
  installFallback(join(boot, 'EFI/BOOT'), loader)
  copyFileSync(join(PARTS, 'vmlinuz'), join(boot, 'EFI/nixos', `${name}-bzImage.efi`))
  writeFileSync(join(boot, 'EFI/nixos', `${name}-initrd.efi`), initrd)
  // loglevel, show_status: kernel lines on the serial line would tear its screen. lsm: without it systemd loads a BPF
  // program at each start, half a minute under emulation. panic, oops: a kernel that stops ends the boot, see the harness.
  const lab = ['panic=-1', 'oops=panic', 'loglevel=1', 'systemd.show_status=false', 'lsm=landlock,yama']
  const options = [`init=${path}/init`, 'root=fstab', ...system.kernelParams, ...lab]
  writeFileSync(
    join(boot, 'loader/entries/nixos-generation-1.conf'),
    `title NixOS\nversion Generation 1 NixOS ${system.stateVersion} (lab stand-in)\nlinux /EFI/nixos/${name}-bzImage.efi\n` +
      `initrd /EFI/nixos/${name}-initrd.efi\noptions ${options.join(' ')}\nmachine-id ${machineId}\n`,
  )
  writeFileSync(
    join(boot, 'loader/loader.conf'),
    `timeout ${Math.min(system.loader.timeout, 1)}\ndefault nixos-generation-1.conf\n${system.loader['systemd-boot'].editor ? '' : 'editor 0\n'}`,
  )
  if (system.loader.efi.canTouchEfiVariables) registerLoader(boot)
  const commands = system.loader['systemd-boot'].extraInstallCommands
  if (commands !== '') must(enter(root, `set -e\n${commands}`), 'boot.loader.systemd-boot.extraInstallCommands')
}

/** What nix says of a mistake in a module, in its own form. */
const TRACE = `error:
       … while calling the 'head' builtin
         at /nix/store/${'0'.repeat(32)}-source/lib/attrsets.nix:1575:11:
         1574|         || pred here (elemAt values 1) (head values) then
         1575|           head values
             |           ^
         1576|         else

       … while evaluating the option \`system.build.toplevel':

       (stack trace truncated; use '--show-trace' to show the full, detailed trace)

       error: attribute 'keystoneLab' missing
       at /nix/store/${'0'.repeat(32)}-source/hosts/primer/default.nix:12:5:
           11|   networking.hostName = "primer";
           12|   lab = keystoneLab.missing;
             |     ^
           13| }`

const LOADER_FAILURE = `Traceback (most recent call last):
  File "/nix/store/${'0'.repeat(32)}-systemd-boot/bin/systemd-boot", line 459, in <module>
    main()
subprocess.CalledProcessError: Command '['bootctl', '--esp-path=/boot', 'install']' returned non-zero exit status 1.`

function install({ root, path }: Request): void {
  checkRoot(root)
  const { KEYSTONE_LAB_INSTALL_FAILS: fails } = labSettings()
  if (fails === 'trace') throw new InstallError(TRACE)
  const description = join(root, path, 'system.json')
  if (!existsSync(description)) throw new InstallError(`path '${path}' is not valid in ${root}`)
  const system = JSON.parse(readFileSync(description, 'utf8')) as System
  const machineId = randomBytes(16).toString('hex')

  must(
    bash([
      '-c',
      `zstd -dc ${quote(join(PARTS, 'target.tar.zst'))} | tar -x --numeric-owner --no-overwrite-dir -C ${quote(root)}`,
    ]),
    'unpacking the system',
  )
  lay(root, targetFiles(system, path, machineId))
  if (system.networking.hostId !== null) {
    // Little endian, as gethostid(3) reads it.
    const id = Buffer.from(system.networking.hostId, 'hex').reverse()
    writeFileSync(join(root, 'etc/hostid'), id)
  }
  makeUsers(root, system)
  const agent = join(PARTS, 'agent/install-agent.sh')
  if (existsSync(agent)) must(bash([agent, root]), 'adding the lab agent')
  writeFileSync(join(root, 'etc/NIXOS'), '')
  // What the boot entry's init= names.
  lay(root, [{ path: `${path}/init`, link: '/usr/lib/systemd/systemd' }])

  process.stdout.write('installing the boot loader...\n')
  if (fails === 'loader') throw new InstallError(LOADER_FAILURE)
  installLoader(root, path, system, machineId)
  process.stdout.write('installation finished!\n')
}

function main(argv: readonly string[]): number {
  try {
    install(readRequest(argv))
    return 0
  } catch (error) {
    const isKnown = error instanceof UsageError || error instanceof InstallError
    const message = isKnown ? error.message : systemErrorText(error)
    if (message === null) throw error
    process.stderr.write(`${error instanceof InstallError ? '' : 'nixos-install: '}${message}\n`)
    return 1
  }
}

if (import.meta.main) process.exitCode = main(process.argv.slice(2))
