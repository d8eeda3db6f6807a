import { expect, test } from 'vitest'
import type { InstallEvent } from '../model/event.ts'
import type { Hardware } from '../model/hardware.ts'
import type { Plan } from '../model/plan.ts'
import { createDryRunSystem } from '../system/dry-run-system.ts'
import { createLog } from '../system/log.ts'
import { fakeSystem } from '../testing/fake-system.ts'
import {
  confirmation,
  confirmationOfBoth,
  dataPoolPlan,
  ext4Plan,
  plainPlan,
  taskContext,
  zfsPlan,
} from '../testing/task-context.ts'
import { dryRun, formatChanges } from './dry-run.ts'
import { recordedMachine } from './recorded-machine.ts'
import { installSequence } from './sequences.ts'

const machine = {
  disks: [{ id: '/dev/disk/by-id/virtio-keystone-a', name: 'vdb', sizeBytes: 8589934592, serial: 'keystone-a' }],
} as unknown as Hardware

const twoDisks = {
  disks: [
    ...machine.disks,
    { id: '/dev/disk/by-id/virtio-keystone-b', name: 'vdc', sizeBytes: 8589934592, serial: 'keystone-b' },
  ],
} as unknown as Hardware

async function tryOut(plan: Plan, disks: Pick<Hardware, 'disks'> = machine) {
  const events: InstallEvent[] = []
  const logged: string[] = []
  const { files, phaseFiles, secrets, signal } = taskContext(fakeSystem())
  const result = await dryRun({
    plan,
    files,
    phaseFiles,
    secrets,
    confirmation: plan === dataPoolPlan ? confirmationOfBoth : confirmation,
    signal,
    tasks: installSequence,
    system: createDryRunSystem(recordedMachine(disks)),
    log: createLog({ append: (line) => logged.push(line) }),
    onEvent: (event) => events.push(event),
  })
  return { ...result, events, logged, text: formatChanges(result.changes) }
}

test('lists everything an install would do, and looks at nothing but the disks', async () => {
  const { outcome, text } = await tryOut(ext4Plan)
  expect(outcome).toEqual({ status: 'installed' })
  expect(text).toBe(`# partition: Partition and format the disks
directory 0700 /run/keystone
write 0600 /run/keystone/disko-config.nix (15 bytes)
write 0600 /run/keystone/passphrase (secret)
disko --mode destroy,format,mount --yes-wipe-all-disks --root-mountpoint /mnt /run/keystone/disko-config.nix
remove /run/keystone/passphrase

# hardware-config: Detect the drivers
nixos-generate-config --root /mnt --no-filesystems --dir /mnt/etc/nixos/hosts/primer

# write-config: Write the configuration
directory 0755 /mnt/etc/nixos/hosts/primer
directory 0755 /mnt/etc/nixos
write 0644 /mnt/etc/nixos/hosts/primer/disko-config.nix (15 bytes)
write 0644 /mnt/etc/nixos/flake.nix (15 bytes)

# commit-config: Keep the configuration in git
git init --quiet --initial-branch=main --template= /mnt/etc/nixos
git -C /mnt/etc/nixos add --all
git -C /mnt/etc/nixos -c 'user.name=Keystone installer' -c user.email=root@primer commit --quiet --message 'Install primer' --message 'Plan beef, version 2, for NixOS 26.05.'

# build: Build the system
nix build --store /mnt --extra-experimental-features 'nix-command flakes' --extra-substituters 'auto?trusted=1' --log-format internal-json --option fsync-store-paths true --no-link --print-out-paths --verbose 'git+file:///mnt/etc/nixos#nixosConfigurations."primer".config.system.build.toplevel'
git init --quiet --initial-branch=main --template= /mnt/etc/nixos
git -C /mnt/etc/nixos add --all
git -C /mnt/etc/nixos -c 'user.name=Keystone installer' -c user.email=root@primer commit --quiet --message 'Lock the versions of the inputs'

# install: Install the system
nixos-install --root /mnt --system /nix/store/...-nixos-system-primer --no-root-passwd --no-channel-copy --option fsync-store-paths true

# passwords: Set the password
mkpasswd -m yescrypt -s  # stdin: ***
directory 0700 /mnt/var/lib/keystone/secrets
write 0600 /mnt/var/lib/keystone/secrets/password-hash (secret)

# stage-phases: Prepare the first boot
directory 0755 /mnt/var/lib/keystone/phases
directory 0755 /mnt/etc/keystone
write 0755 /mnt/var/lib/keystone/phases/first-boot (10 bytes)
write 0644 /mnt/etc/keystone/install.json (258 bytes)

# copy-log: Copy the log
directory 0755 /mnt/var/log
directory 0755 /mnt/var/lib/keystone
write 0640 /mnt/var/log/keystone-install.log (0 bytes)
write 0640 /mnt/var/lib/keystone/plan.json (1604 bytes)

# unmount: Unmount the disks
directory 0700 /mnt/boot/keystone
write 0600 /mnt/boot/keystone/installed (205 bytes)
remove /mnt/boot/keystone/journal
umount -R /mnt
cryptsetup close cryptroot
udevadm settle --timeout=30
lsblk --json --list --output NAME,TYPE

# finish: Finish
sync
remove /run/keystone/passphrase
remove /run/keystone/disko-config.nix
`)
})

test('shows where the key of the data pool goes, and that both pools are let go, the data first', async () => {
  const { outcome, text } = await tryOut(dataPoolPlan, twoDisks)
  expect(outcome).toEqual({ status: 'installed' })
  expect(text).toContain(`
remove /run/keystone/passphrase
directory 0700 /mnt/var/lib/keystone/secrets
cp /run/keystone/data-pool.key /mnt/var/lib/keystone/secrets/data-pool.key
remove /run/keystone/data-pool.key
`)
  expect(text).toContain('\nzpool export data\nzpool export rpool\n')
})

test('without encryption there is no passphrase, no mapping and no key', async () => {
  const { outcome, text } = await tryOut(plainPlan)
  expect(outcome).toEqual({ status: 'installed' })
  expect(text).not.toMatch(/passphrase|cryptsetup|luks|cryptenroll/)
  expect(text).toContain('\numount -R /mnt\nzpool export rpool\n')
})

test('tells its progress like an install, to the end', async () => {
  const { events } = await tryOut(zfsPlan)
  expect(events.at(-1)?.type).toBe('install-finished')
  expect(events.filter(({ type }) => type === 'task-finished')).toHaveLength(13)
})

test('no secret is in its commands, events or log', async () => {
  const { text, events, logged } = await tryOut(zfsPlan)
  const all = [text, JSON.stringify(events), ...logged].join('\n')
  expect(all).not.toContain('correct horse battery')
  expect(all).not.toContain('staple-canary')
})

test('refuses other disks than the confirmed ones, as an install would', async () => {
  const { outcome, text } = await tryOut(zfsPlan, { disks: [] })
  expect(outcome).toMatchObject({ status: 'failed', failure: { problems: [{ code: 'disk-gone' }] } })
  expect(text).not.toContain('disko --mode')
})
