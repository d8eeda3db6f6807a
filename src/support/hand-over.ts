import { createHash } from 'node:crypto'
import { posix } from 'node:path'
import { readInterfaces } from '../hardware/network.ts'
import { RUNTIME_DIRECTORY } from '../model/paths.ts'
import { UserError } from '../system/errors.ts'
import { programs } from '../system/programs.ts'
import { serveOnce } from '../system/serve-once.ts'
import type { System } from '../system/system.ts'
import type { BundleResult, BundleTarget } from './bundle.ts'

const STICK_DIRECTORY = `${RUNTIME_DIRECTORY}/stick`
/** The live image's firewall lets it through; taken or not, another one serves as well where there is no firewall. */
export const BUNDLE_PORT = 8617
const SERVE_MS = 10 * 60 * 1000
const BASE64_WIDTH = 76

/** Gives a bundle away: to a stick (written, flushed and unmounted when this returns), on the LAN (fetched once, within ten
 *  minutes, by whoever knows the code), as lines of text, or to a file. Throws UserError where there is no network, and
 *  CommandError or what node throws where it cannot be written. */
export async function handOver(
  system: System,
  bundle: Uint8Array,
  target: BundleTarget,
  signal: AbortSignal,
): Promise<BundleResult> {
  switch (target.to) {
    case 'usb':
      return { status: 'saved', path: await writeToStick(system, bundle, target.partition, signal) }
    case 'file':
      await system.writeBytes(target.path, bundle, { mode: 0o600 })
      return { status: 'saved', path: target.path }
    case 'text':
      return { status: 'text', lines: bundleAsText(bundle) }
    case 'lan': {
      const address = await findLanAddress(system)
      const name = bundleName(system.now())
      const served = await serveOnce(bundle, { address, port: BUNDLE_PORT, name, timeoutMs: SERVE_MS, signal })
      return { status: 'serving', ...served }
    }
  }
}

/** `keystone-bundle-20260530-1000.tar.gz`: no sign that a FAT file system refuses. */
function bundleName(now: Date): string {
  const [date = '', time = ''] = now.toISOString().split('T')
  return `keystone-bundle-${date.replaceAll('-', '')}-${time.slice(0, 5).replace(':', '')}.tar.gz`
}

async function writeToStick(
  system: System,
  bundle: Uint8Array,
  partition: string,
  signal: AbortSignal,
): Promise<string> {
  const name = bundleName(system.now())
  await system.makeDirectory(STICK_DIRECTORY, { mode: 0o700 })
  await system.run(programs.mount, ['-o', 'nosuid,nodev,noexec', partition, STICK_DIRECTORY], { signal })
  try {
    // Whoever the stick is given to must be able to read it, and there is no secret in it.
    await system.writeBytes(posix.join(STICK_DIRECTORY, name), bundle, { mode: 0o644 })
  } finally {
    // Without the signal: a stick that is left mounted is one that is pulled while it is written to.
    await system.run(programs.umount, [STICK_DIRECTORY])
  }
  return `${name} on ${partition}`
}

/** As text, for a serial line: a frame, the sum to check it by, and how to make a file of it. */
export function bundleAsText(bundle: Uint8Array): readonly string[] {
  const base64 = Buffer.from(bundle).toString('base64')
  return [
    '-----BEGIN KEYSTONE BUNDLE-----',
    `Bytes: ${bundle.length}`,
    `SHA-256: ${createHash('sha256').update(bundle).digest('hex')}`,
    // A terminal's capture has carriage returns.
    `Read with: tr -d '\\r' < CAPTURE | sed '1,/^$/d;/^-----/d' | base64 -d > keystone-bundle.tar.gz`,
    '',
    ...(base64.match(new RegExp(`.{1,${BASE64_WIDTH}}`, 'g')) ?? []),
    '-----END KEYSTONE BUNDLE-----',
  ]
}

/** The machine's own address in the network, IPv4 before IPv6: it is typed by a person. */
async function findLanAddress(system: System): Promise<string> {
  const { interfaces, stackedInterfaces = [] } = (await readInterfaces(system)).value
  const addresses = [...interfaces, ...stackedInterfaces]
    .flatMap((one) => one.addresses)
    .map((address) => address.split('/')[0] ?? '')
    // Link-local ones need a zone, and nobody else's machine knows ours.
    .filter((address) => !address.startsWith('169.254.') && !/^fe[89ab]/i.test(address))
  const address = addresses.find((one) => one.includes('.')) ?? addresses[0]
  if (address !== undefined) return address
  throw new UserError('this machine has no address in a network, so nobody could fetch the bundle', {
    nextSteps: ['save it to a USB stick, or show it as text on the serial line'],
  })
}
