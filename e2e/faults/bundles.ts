import { gunzipSync } from 'node:zlib'
import type { Machine } from '../harness/machine.ts'
import { goOn } from '../harness/stop-at.ts'
import type { Lab } from '../install/disk-machine.ts'
import { canaries, needlesOf } from '../secrets/canaries.ts'
import { searchBundle } from '../secrets/places.ts'
import { endOfRun, FIRST_RUN } from './installer.ts'
import { byId, setSwitches, withStopped } from './machines.ts'
import type { Outcome } from './outcome.ts'

/** What a bundle of a failed install must hold. */
const PARTS = [
  ...['about.json', 'plan.json', 'hardware.json', 'journal.json', 'answers.yaml', 'install.log', 'events.json'],
  ...['rendered/etc/nixos/flake.nix', 'machine/kernel.txt'],
]

/** After a failure: the support bundle into a file, onto a stick, as text as a serial line would record it, and over the network by its code. */
export function tryBundles(lab: Lab, say: (text: string) => void): Promise<Outcome> {
  return withStopped(lab, 'bundles', { kind: 'ext4', task: 'build' }, async (machine, stopped) => {
    await setSwitches(machine, ['KEYSTONE_LAB_INSTALL_FAILS=trace'])
    await goOn(machine, stopped)
    const run = await endOfRun(machine, FIRST_RUN)
    const problems: string[] = run.exitCode === 4 ? [] : [`the install that should fail ended with ${run.exitCode}`]
    const bundles = {
      file: await toFile(machine),
      stick: await ontoStick(machine),
      text: await asText(machine),
      network: await overTheNetwork(machine),
    }
    let hits = 0
    for (const [way, bundle] of Object.entries(bundles)) {
      say(`${way}: ${bundle.length} bytes`)
      const names = namesOf(gunzipSync(bundle))
      for (const part of PARTS)
        if (!names.some((name) => name.includes(part)))
          problems.push(`the bundle by ${way} has no ${part}, but ${names.join(', ')}`)
      const found = searchBundle(bundle, needlesOf(canaries(null))).hits
      hits += found.length
      problems.push(...found.map(({ label }) => `the bundle by ${way} holds ${label}`))
    }
    return { problems, canaries: { places: Object.keys(bundles).length, hits } }
  })
}

async function toFile({ agent }: Machine): Promise<Buffer> {
  await agent.succeed('keystone bundle --to /run/bundle.tar.gz', { timeoutMs: 5 * 60_000 })
  return agent.getFile('/run/bundle.tar.gz')
}

/** The guest's kernel knows no USB: a disk that is none of the plan's says that it can be taken out, and is a stick by that. */
async function ontoStick({ agent }: Machine): Promise<Buffer> {
  await agent.succeed(
    `set -e
disk=$(readlink -f ${byId('keystone-b')})
mkfs.vfat -I -n STICK "$disk" >/dev/null
echo 1 >/run/removable
mount --bind /run/removable "$(readlink -f /sys/class/block/\${disk##*/})/removable"
udevadm trigger --settle "$disk"
keystone bundle --to usb
umount "$(readlink -f /sys/class/block/\${disk##*/})/removable"
mkdir -p /run/read-stick && mount -o ro "$disk" /run/read-stick
cp /run/read-stick/keystone-bundle-*.tar.gz /run/stick.tar.gz
umount /run/read-stick`,
    { timeoutMs: 6 * 60_000 },
  )
  return agent.getFile('/run/stick.tar.gz')
}

async function asText({ agent }: Machine): Promise<Buffer> {
  const text = await agent.succeed('keystone bundle --to text', { timeoutMs: 5 * 60_000 })
  const [head = '', body = ''] = text.split('\n\n')
  const bundle = Buffer.from(body.split('-----END')[0] ?? '', 'base64')
  const bytes = Number(/^Bytes: (\d+)$/m.exec(head)?.[1])
  if (bundle.length !== bytes) throw new Error(`the text holds ${bundle.length} bytes and says ${bytes}`)
  return bundle
}

async function overTheNetwork({ agent }: Machine): Promise<Buffer> {
  await agent.succeed('(keystone bundle --to lan >/run/lan.out 2>&1 </dev/null; echo $? >/run/lan.code) & disown')
  await agent.succeed("timeout 120 bash -c 'until grep -qs http:// /run/lan.out; do sleep 0.3; done'", {
    timeoutMs: 3 * 60_000,
  })
  await agent.succeed(
    `set -e
url=$(grep -o 'http://[^ ]*' /run/lan.out | head -n1)
[ "$(curl -s -o /dev/null -w '%{http_code}' "\${url%/*}/aaaaaaaa")" = 404 ]
curl -sf -o /run/lan.tar.gz "$url"
timeout 30 bash -c 'until [ -e /run/lan.code ]; do sleep 0.2; done'
[ "$(cat /run/lan.code)" = 0 ]
! curl -sf -o /dev/null --max-time 5 "$url"`,
    { timeoutMs: 2 * 60_000 },
  )
  return agent.getFile('/run/lan.tar.gz')
}

/** The names in a tar. Source: POSIX, pax, ustar Interchange Format. */
function namesOf(tar: Buffer): readonly string[] {
  const names: string[] = []
  for (let at = 0; at + 512 <= tar.length && tar[at] !== 0; ) {
    const text = (from: number, length: number) =>
      tar.toString('latin1', at + from, at + from + length).split('\0')[0] ?? ''
    names.push(text(0, 100))
    at += 512 + Math.ceil(Number.parseInt(text(124, 12), 8) / 512) * 512
  }
  return names
}
