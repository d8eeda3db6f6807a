import { gunzipSync } from 'node:zlib'
import type { Needle } from './canaries.ts'
import { type Guest, quote, succeed } from './guest.ts'
import { type Search, type Searched, searchBytes } from './search.ts'

/** Each place where a secret might have been left, with the control that shows that its search can find. In a guest during
 *  or after an install, with the target mounted below `target`; screens, bundle and disks on the host. Processes: sampler.ts. */

/** `known`: every log names the first program that is run. */
export const searchInstallerLog = (search: Search, paths: readonly string[], known = '$ lsblk') =>
  search.paths('installer log', paths, { known })

/** In the format that is not shortened and not compressed. */
export const searchSystemJournal = (search: Search) =>
  search.output('system journal', 'journalctl --no-pager --all --output export', {
    plantBy: (file) => `systemd-cat --identifier control cat ${file} && journalctl --sync`,
  })

export const searchKernelLog = (search: Search) =>
  search.output('dmesg', 'dmesg', { plantBy: (file) => `cat ${file} >/dev/kmsg` })

/** The tar inside is not compressed again. */
export const searchBundle = (bundle: Uint8Array, needles: readonly Needle[], known = 'plan.json'): Searched =>
  searchBytes('bundle', gunzipSync(bundle), needles, known)

export const searchExportedAnswers = (text: string, needles: readonly Needle[]): Searched =>
  searchBytes('exported answers', Buffer.from(text), needles, 'version:')

export const searchRenderedFiles = (search: Search, target = '/mnt') =>
  search.paths('rendered files', [`${target}/etc/nixos`], { plantIn: `${target}/etc/nixos` })

/** And its database: the names of derivations and their environments are in it. */
export const searchNixStore = (search: Search, target = '/mnt') =>
  search.paths('Nix store', [`${target}/nix/store`, `${target}/nix/var`], { plantIn: `${target}/nix/store` })

/** Where a copy of the answers may have been put; those that the test itself gave are not among them. */
export const searchAnswerCopies = (search: Search, folders: readonly string[], plantIn: string) =>
  search.paths('answer file copies', folders, { plantIn })

/** Every core file anywhere, and what systemd-coredump keeps. The control is a core file of our own. */
export async function searchCoreDumps(search: Search, guest: Guest, root = '/'): Promise<Searched> {
  const kept = '/var/lib/systemd/coredump'
  const planted = `${root.replace(/\/$/, '')}/core.4711`
  await succeed(guest, `cp ${search.control.file} ${quote(planted)}`)
  try {
    const found = await succeed(
      guest,
      `find ${quote(root)} ${root === '/' ? kept : ''} -xdev -type f '(' -name core -o -name 'core.*' -o -path '${kept}/*' ')' 2>/dev/null || true`,
    )
    return await search.paths('core dumps', [...new Set(linesOf(found))], { plantBy: () => 'true' })
  } finally {
    await succeed(guest, `rm -f ${quote(planted)}`)
  }
}

/** What the kernel would do with a crash of this process: soft and hard limit of a core file, in bytes or `unlimited`. */
export async function coreLimitOf(guest: Guest, pid: number): Promise<readonly [soft: string, hard: string]> {
  const line = await succeed(guest, `grep '^Max core file size' /proc/${pid}/limits`)
  const [soft = '', hard = ''] = line.replace('Max core file size', '').trim().split(/\s+/)
  return [soft, hard]
}

/** Devices and files that are swapped to, zram among them. Its first page names it, at a place where the search must see it.
 *  Null without swap. */
export async function searchSwap(search: Search, guest: Guest): Promise<Searched | null> {
  const names = linesOf(await succeed(guest, `tail -n +2 /proc/swaps | cut -d ' ' -f 1`))
  return names.length === 0 ? null : search.paths('swap', names, { known: 'SWAPSPACE2' })
}

/** As mounted: what is on it as files. `known`: in every systemd-boot. */
export const searchEsp = (search: Search, mounts: readonly string[], known = '#### LoaderInfo: systemd-boot') =>
  search.paths('ESP', mounts, { known })

/** On the host, the machine being off: everything that its disks hold outside of what is encrypted, and, for a disk that
 *  logs its writes, everything that was ever written to it. Each must hold a partition table. */
export async function searchDisks(search: Search, images: readonly string[]): Promise<readonly Searched[]> {
  const found: Searched[] = []
  for (const image of images) found.push(await search.paths(`disk ${image}`, [image], { known: 'EFI PART' }))
  return found
}

/** Every screen that was seen, as text, and what the terminals were sent. */
export const searchScreens = (screens: readonly string[], needles: readonly Needle[], known = 'Keystone'): Searched =>
  searchBytes('screens', Buffer.from(screens.join('\n')), needles, known)

const linesOf = (text: string) => text.split('\n').filter((line) => line !== '')
