import { access, constants } from 'node:fs/promises'
import { join } from 'node:path'
import { newerQemuDir } from './cache.ts'

/** The program -> the Debian package it comes from. */
export const imageTools: Record<string, string> = {
  mmdebstrap: 'mmdebstrap',
  zstd: 'zstd',
  xz: 'xz-utils',
  cpio: 'cpio',
  sgdisk: 'gdisk',
  'mkfs.vfat': 'dosfstools',
  mcopy: 'mtools',
  mke2fs: 'e2fsprogs',
  tar: 'tar',
  gzip: 'gzip',
  mksquashfs: 'squashfs-tools',
}

/** What putting an ISO together from the image's parts needs. */
export const isoTools: Record<string, string> = {
  xorriso: 'xorriso',
  'mkfs.vfat': 'dosfstools',
  mcopy: 'mtools',
}

/** What building needs besides, for somebody who is not root: a user namespace with many users in it. */
export const rootlessTools: Record<string, string> = { unshare: 'util-linux', newuidmap: 'uidmap' }

export const machineTools: Record<string, string> = {
  'qemu-system-x86_64': 'qemu-system-x86',
  'qemu-img': 'qemu-utils',
  swtpm: 'swtpm',
  mke2fs: 'e2fsprogs',
  sgdisk: 'gdisk',
  setpriv: 'util-linux',
}

// A user's PATH on Debian leaves the sbin folders out, and mke2fs lives there. A newer QEMU goes before the host's.
const searchPath = () => [
  join(newerQemuDir(), 'bin'),
  ...(process.env.PATH ?? '').split(':'),
  '/usr/local/sbin',
  '/usr/sbin',
  '/sbin',
]

/** PATH for the programs we start, with the sbin folders. */
export const toolPath = (): string => searchPath().join(':')

/** For tests that need programs: whether all are here, and a few words for the test's name. */
export async function lookForTools(...names: string[]): Promise<{ areHere: boolean; reason: string }> {
  const missing: string[] = []
  for (const name of names) if (!(await isOnPath(name))) missing.push(name)
  const areHere = missing.length === 0
  return { areHere, reason: areHere ? `${names.join(', ')}: here` : `skipped: no ${missing.join(', ')}` }
}

/** Throws one error that names every missing program and the packages to install. */
export async function requireTools(tools: Record<string, string>): Promise<void> {
  const missing: string[] = []
  for (const name of Object.keys(tools)) if (!(await isOnPath(name))) missing.push(name)
  if (missing.length === 0) return
  const packages = [...new Set(missing.map((name) => tools[name]))].join(' ')
  throw new Error(`the lab needs ${missing.join(', ')}: install with "apt-get install ${packages}"`)
}

async function isOnPath(name: string): Promise<boolean> {
  for (const folder of searchPath()) {
    try {
      await access(join(folder, name), constants.X_OK)
      return true
    } catch {}
  }
  return false
}
