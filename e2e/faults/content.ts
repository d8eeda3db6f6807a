import type { Machine } from '../harness/machine.ts'
import { CANARY_PASSPHRASE } from '../install/canary.ts'
import { putHidden } from '../secrets/guest.ts'

/** What an install of ext4 has put on the disk, file by file, for comparing one that was cut off with one that was not. Path ->
 *  SHA-256. */
export type Content = Readonly<Record<string, string>>

const MOUNT = '/run/content'

// What differs between two installs anyway: commits have their time, a lock file the time of its inputs.
const LIST = `cd ${MOUNT} && find usr nix/store etc/nixos -xdev -name .git -prune -o -type f -not -name flake.lock -print0 | sort -z | xargs -0 sha256sum`

/** Opens the finished target for reading only. Its installer must have let it go. */
export async function readContent({ agent }: Machine): Promise<Content> {
  await putHidden(agent, '/run/content-key', CANARY_PASSPHRASE)
  const text = await agent.succeed(
    `set -e
device=$(ls /dev/disk/by-partlabel/disk-*-root)
cryptsetup open --readonly --key-file /run/content-key "$device" content
rm /run/content-key
mkdir -p ${MOUNT}
mount -o ro,noload /dev/mapper/content ${MOUNT}
code=0
(${LIST}) || code=$?
umount ${MOUNT}
udevadm settle
cryptsetup close content
exit $code`,
    { timeoutMs: 10 * 60_000 },
  )
  return parseSums(text)
}

/** The lines of sha256sum; one with a backslash before it has a name with signs that are written in another way. */
export const parseSums = (text: string): Content =>
  Object.fromEntries(
    text
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => line.replace(/^\\/, ''))
      .map((line) => [line.slice(66), line.slice(0, 64)]),
  )

/** A sentence for each file that is not as it was, at most a few. */
export function differencesOf(found: Content, wanted: Content): readonly string[] {
  const names = [...new Set([...Object.keys(found), ...Object.keys(wanted)])].filter(
    (name) => found[name] !== wanted[name],
  )
  const told = names.slice(0, 8).map((name) => {
    if (found[name] === undefined) return `${name} is missing on the disk`
    if (wanted[name] === undefined) return `${name} is on the disk, and was not in the install that nobody cut off`
    return `${name} has other content than in the install that nobody cut off`
  })
  return names.length > told.length ? [...told, `and ${names.length - told.length} files more`] : told
}
