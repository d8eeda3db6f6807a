import { gzipSync } from 'node:zlib'
import type { BundlePart } from './bundle.ts'
import { redactJson, redactText } from './redact.ts'
import { tar } from './tar.ts'

const FOLDER = 'keystone-bundle'

const README = `A support bundle of Keystone: what it did on this machine, and what it saw.

Passphrases, passwords, PINs, keys and tokens are not in it; where one stood it says ***. Names of the machine, its disks with
their serial numbers, its network addresses and the SSH public keys are in it, unless it was made with --private.
`

/** The parts as a .tar.gz, each without secrets. `hide` takes out the values that are known as secrets. */
export function makeBundle(
  parts: readonly BundlePart[],
  hide: (text: string) => string,
  madeAt: Date = new Date(),
): Uint8Array {
  const files = [{ kind: 'text', name: 'README.txt', text: README } as const, ...parts].map((part) => ({
    name: `${FOLDER}/${part.name}`,
    content: new TextEncoder().encode(contentOf(part, hide)),
  }))
  return gzipSync(tar(files, madeAt), { level: 9 })
}

function contentOf(part: BundlePart, hide: (text: string) => string): string {
  if (part.kind === 'text') return redactText(part.text, hide)
  return `${JSON.stringify(redactJson(part.value, hide), null, 1) ?? 'null'}\n`
}
