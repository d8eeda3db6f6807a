import type { Machine } from '../harness/machine.ts'

/** What the planted system says on the console as soon as it runs. */
const PLANTED = 'PLANTED-SYSTEM-RUNS'

/** Two datasets give way to others of the same names that are not encrypted, with an init of the attacker's where the boot
 *  entry looks for it. All the rest stays as it was: the TPM opens the credstore, and the key in it opens rpool/crypt.
 *  Nothing here needs a key, so somebody who holds the disk in hands can do it too; here the installed system does it,
 *  because that saves the start of another one. */
const PLANT = `set -eux
init=$(sed -n 's/^options.*[ ]init=\\([^ ]*\\).*/\\1/p' /boot/loader/entries/*.conf | head -n1)
[ -n "$init" ]
mkdir -p /run/planted
for name in root nix; do
  zfs rename "rpool/crypt/$name" "rpool/crypt/old-$name"
  zfs create -u -o encryption=off -o mountpoint=legacy "rpool/crypt/$name"
done
mount -t zfs rpool/crypt/root /run/planted
mkdir -p /run/planted/{dev,etc,nix,proc,run,sys,tmp,usr/lib,var}
mount -t zfs rpool/crypt/nix /run/planted/nix
# A shell with what it is linked to.
cp -L --parents /usr/bin/bash $(ldd /usr/bin/bash | grep -o '/[^ ]*') /run/planted
# Without it systemd would not call it a system.
echo 'ID=planted' >/run/planted/etc/os-release
mkdir -p "/run/planted$(dirname "$init")"
printf '#!/usr/bin/bash\\necho ${PLANTED} >/dev/console\\nwhile :; do read -rt 1000 </dev/console; done\\n' >"/run/planted$init"
chmod 0755 "/run/planted$init"
umount /run/planted/nix /run/planted
zpool sync rpool
`

/** Plants an unencrypted system on the disk of the running machine, which is off after it. */
export async function plantPool(machine: Machine): Promise<void> {
  await machine.agent.putFile('/run/plant', PLANT, '0600')
  await machine.agent.succeed('bash /run/plant', { timeoutMs: 180_000 })
  await machine.powerCut()
}

/** Boots the disk with the planted pool: the initrd must say that it refuses it, and run nothing of it; nothing must be
 *  left open. The machine is off after it. */
export async function expectPlantedPoolRefused(machine: Machine): Promise<void> {
  const { tty } = machine
  tty.never(PLANTED)
  await machine.powerOn({ boot: 'disks' })
  await tty.waitForText(/rpool\/crypt\/(?:nix|root): encryptionroot is - and not rpool\/crypt/, { timeoutMs: 300_000 })
  // Told by a unit that the lab adds to the initrd (initrd-files.ts), once the boot has given up.
  await tty.waitForText(/lab: open mappings: No devices found/, { timeoutMs: 180_000 })
  await machine.powerCut()
  tty.assertNothingForbidden()
}
