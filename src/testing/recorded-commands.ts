import { execFileSync, spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** Programs that work as they are: they only read, or write to their own temporary folder. */
const REAL = ['bash', 'cat', 'cut', 'diff', 'grep', 'mktemp', 'seq', 'sort', 'tr']

/** Everything else is only written down, with the answers of empty disks: no file system, no pool but those that were
 *  created before in the same script. */
const FAKE = `#!/bin/bash
name=\${0##*/}
case "$name $1" in
  "blkid "* | "findmnt "* | "mountpoint "* | "cryptsetup status" | "cryptsetup isLuks") exit 1 ;;
  "zpool list" | "zpool import")
    [ -e "$STATE/\${!#}" ] || exit 1
    exit 0 ;;
  "zpool create") : >"$STATE/$3" ;;
  "zfs get")
    [ "$2" != type ] || exit 1
    case "$*" in *keystatus*) echo available ;; *) printf 'x\\tmounted\\tno\\n' ;; esac
    exit 0 ;;
esac
printf '%s' "$name" >>"$STATE/commands"
printf ' %s' "$@" >>"$STATE/commands"
echo >>"$STATE/commands"
`
const FAKES =
  'blkid cryptsetup dd findmnt head lsblk mkdir mkfs.ext4 mkfs.vfat mkfs.xfs mount mountpoint partprobe rm sgdisk sleep swapon sync udevadm umount wipefs zfs zpool zvol_wait'

/** Runs a script of disko without its destroying part, on disks that do not exist. Gives each command that would have
 *  changed something, and the exit code with the last lines. What the script writes to /run goes to a temporary folder. */
export function commandsOf(script: string): { commands: readonly string[]; exitCode: number | null; said: string } {
  const folder = mkdtempSync(join(tmpdir(), 'keystone-commands-'))
  const at = (...names: readonly string[]) => join(folder, ...names)
  try {
    for (const name of ['bin', 'state', 'run', 'run/keystone', 'run/keystone-credstore']) mkdirSync(at(name))
    for (const name of REAL) symlinkSync(execFileSync('which', [name], { encoding: 'utf8' }).trim(), at('bin', name))
    for (const name of FAKES.split(' ')) writeFileSync(at('bin', name), FAKE, { mode: 0o755 })
    const start = script.indexOf('disko_devices_dir=$(mktemp')
    if (start < 0) throw new Error('the script does not look like one of disko')
    const text = `set -efu\n${script.slice(start).replaceAll('/run/keystone', at('run/keystone'))}`
    const env = { PATH: at('bin'), STATE: at('state'), TMPDIR: folder }
    const { status, stderr } = spawnSync(at('bin/bash'), ['-s'], { input: text, env, encoding: 'utf8' })
    const recorded = readFileSync(at('state/commands'), 'utf8').replaceAll(folder, '').trimEnd().split('\n')
    return { commands: recorded, exitCode: status, said: stderr.split('\n').slice(-5).join('\n') }
  } finally {
    rmSync(folder, { recursive: true })
  }
}
