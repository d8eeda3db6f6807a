import { spawnSync } from 'node:child_process'
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { realScript } from '../../e2e/lab/stand-ins/lib/real-disko.ts'
import { lastTraced } from '../system/traced-command.ts'
import { REAL_DISKO, REAL_DISKO_REASON, REAL_LIB_PATH } from '../testing/nix-options.ts'

/** The script that the real disko makes of the default layout, among programs that do nothing, one of which fails. */
const FILE = new URL('../testing/cases/default/rendered/etc/nixos/hosts/primer/disko-config.nix', import.meta.url)
  .pathname
const folder = mkdtempSync(join(tmpdir(), 'keystone-disko-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** What the script asks before it makes something: nothing is there yet. */
const ANSWERS: Readonly<Record<string, string>> = {
  blkid: 'exit 2',
  findmnt: 'exit 1',
  zpool: 'case $1 in list|import) exit 1;; esac',
  zfs: 'case $1 in get) exit 1;; esac',
}
const QUIET = ['sgdisk', 'mkfs.vfat', 'mkfs.ext4', 'mkswap', 'cryptsetup', 'partprobe', 'udevadm', 'wipefs', 'modprobe']
const MORE = ['lsblk', 'mount', 'umount', 'swapon', 'swapoff', 'mkdir', 'dd', 'sleep', 'mdadm', 'vgchange', 'zvol_wait']

function runWith(failing: string, exitCode: number, script: string) {
  for (const program of [...Object.keys(ANSWERS), ...QUIET, ...MORE]) {
    const path = join(folder, program)
    const end = program === failing ? `exit ${exitCode}` : 'exit 0'
    writeFileSync(path, `#!/bin/sh\n${ANSWERS[program] ?? ''}\n${end}\n`)
    chmodSync(path, 0o755)
  }
  const environment = { PATH: `${folder}:/usr/bin:/bin` }
  const { status, stderr } = spawnSync('bash', ['-s', '--'], { input: script, env: environment, encoding: 'utf8' })
  return [status, ...lastTraced(stderr).slice(0, 2)]
}

test.skipIf(REAL_DISKO === null || REAL_LIB_PATH === null)(
  `the step that failed is read from disko's own trace (${REAL_DISKO_REASON})`,
  () => {
    const request = { mode: 'destroy,format,mount', root: join(folder, 'mnt'), file: FILE } as const
    const script = realScript(request, { disko: REAL_DISKO ?? '', lib: REAL_LIB_PATH ?? '' })
    expect(runWith('sgdisk', 4, script)).toEqual([4, 'sgdisk', '--clear'])
    expect(runWith('zpool', 1, script)).toEqual([1, 'zpool', 'create'])
    expect(runWith('zfs', 1, script)).toEqual([1, 'zfs', 'create'])
    expect(runWith('cryptsetup', 5, script).slice(0, 2)).toEqual([5, 'cryptsetup'])
    expect(runWith('mkfs.vfat', 1, script).slice(0, 2)).toEqual([1, 'mkfs.vfat'])
    expect(runWith('mkfs.ext4', 1, script).slice(0, 2)).toEqual([1, 'mkfs.ext4'])
  },
)
