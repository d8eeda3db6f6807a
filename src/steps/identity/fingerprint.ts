import { createHash } from 'node:crypto'

/** As `ssh-keygen -lf` prints it: `SHA256:` and the unpadded base64 of the key's sha256. For a key that `checkSshKey` took. */
export function fingerprint(key: string): string {
  const data = Buffer.from(key.split(' ')[1] ?? '', 'base64')
  return `SHA256:${createHash('sha256').update(data).digest('base64').replace(/=+$/, '')}`
}
