#!/bin/bash
# Turns the base into the bootable disk: our files, Node, the target's parts, an initramfs, an ESP, one raw disk.
#
#   assemble.sh BASE.tar.zst NODE_BINARY OUT_DIR
#
# OUT_DIR gets disk.raw (sparse), vmlinuz, initrd, kernel-version, and in iso/ the parts of the bootable ISO. No mounts, no
# loop devices: mke2fs -d and mtools.
# Run by a normal user it needs a user and a mount namespace (build-image.ts wraps it in `unshare`) and KEYSTONE_ROOTLESS=1.
set -euo pipefail

base=$1 node=$2 out=$3
KEYSTONE_ROOTLESS=${KEYSTONE_ROOTLESS:-0}
here=$(dirname "$(readlink -f "$0")")
units=$here/../../../iso/units
target=$here/../target/build-target.sh
step() { echo "STEP $*"; }

work=$out/work
root=$work/rootfs
mkdir -p "$root"

step "unpacking the base"
# In a user namespace nobody may make device nodes: borrow the host's for the programs that run in the chroot.
zstd -dc "$base" | tar -x --numeric-owner --exclude='./dev/*' -C "$root"
nodes="null zero full random urandom"
for node_name in $nodes; do
  if [ "$KEYSTONE_ROOTLESS" = 1 ]; then
    : >"$root/dev/$node_name"
    mount --bind "/dev/$node_name" "$root/dev/$node_name"
  else
    cp -a "/dev/$node_name" "$root/dev/$node_name"
  fi
done

step "adding our files"
cp -a --no-preserve=ownership "$here/rootfs/." "$root/"
install -m 0755 "$node" "$root/usr/local/bin/node"
# All of the live image's units and their programs; which of them start is said below, and by iso/make-parts.sh.
for path in "$units"/*; do
  case $path in
    *.md) ;;
    *.service | *.d) cp -a --no-preserve=ownership "$path" "$root/etc/systemd/system/" ;;
    *) install -m 0755 "$path" "$root/usr/local/bin/" ;;
  esac
done
mkdir -p "$root/opt/keystone" "$root/mnt" "$root/usr/share/keystone-lab"
cp -a --no-preserve=ownership "$here/agent" "$root/usr/share/keystone-lab/agent"
"$here/agent/install-agent.sh" "$root"
# Not the target's on purpose: a pool left imported by the installer must be noticed.
printf '\x0d\xd0\xad\xde' >"$root/etc/hostid"
sed -i 's/^root:[^:]*:/root::/' "$root/etc/shadow"

step "choosing what starts"
enable() { # unit target
  mkdir -p "$root/etc/systemd/system/$2.wants"
  ln -sf "/etc/systemd/system/$1" "$root/etc/systemd/system/$2.wants/$1"
}
enable keystone-bundle.service multi-user.target
mkdir -p "$root/etc/systemd/system/getty.target.wants"
ln -sf /usr/lib/systemd/system/getty@.service "$root/etc/systemd/system/getty.target.wants/getty@tty2.service"
ln -sf /usr/lib/systemd/system/systemd-networkd.service "$root/etc/systemd/system/multi-user.target.wants/"
ln -sf /usr/lib/systemd/system/multi-user.target "$root/etc/systemd/system/default.target"
rm -f "$root/etc/systemd/system/getty.target.wants/getty@tty1.service"
# Only keystone-ssh starts it; each boot makes a host key of its own.
rm -f "$root"/etc/systemd/system/*.wants/ssh.s* "$root"/etc/ssh/ssh_host_* "$root/etc/systemd/system/sshd.service"
# Wireless is started by who needs it.
rm -f "$root"/etc/systemd/system/*.wants/wpa_supplicant*
# ZFS is loaded by who needs it; nothing of a target's pool may be imported behind the installer's back.
for unit in serial-getty@ttyS0.service getty@tty1.service systemd-logind.service e2scrub_reap.service \
  e2scrub_all.timer fstrim.timer dpkg-db-backup.timer apt-daily.timer apt-daily-upgrade.timer systemd-firstboot.service \
  zfs.target zfs-import.target zfs-import-cache.service zfs-mount.service zfs-share.service zfs-volumes.target \
  zfs-volume-wait.service zfs-load-module.service zfs-zed.service zfs-import-scan.service \
  lvm2-monitor.service lvm2-lvmpolld.socket dm-event.socket blk-availability.service \
  sanoid.timer mdmonitor-oneshot.timer mdcheck_start.timer mdcheck_continue.timer smartmontools.service smartd.service \
  nix-daemon.service nix-daemon.socket systemd-pcrphase.service systemd-pcrphase-sysinit.service \
  systemd-tpm2-setup.service systemd-tpm2-setup-early.service systemd-pcrmachine.service \
  ldconfig.service dracut-shutdown.service systemd-networkd-wait-online.service nvmefc-boot-connections.service nvmf-autoconnect.service; do
  ln -sf /dev/null "$root/etc/systemd/system/$unit"
done

if [ -x "$target" ]; then
  step "building the target's parts"
  mkdir -p "$work/target"
  "$target" "$root" "$work/target"
  cp -a --no-preserve=ownership "$work/target/." "$root/usr/share/keystone-lab/"
fi

step "making the initramfs"
kernel=$(basename "$(echo "$root"/usr/lib/modules/*-cloud-amd64)")
echo "$kernel" >"$out/kernel-version"
cp "$root/boot/vmlinuz-$kernel" "$out/vmlinuz"
"$here/initramfs.sh" "$root" "$kernel" "$here/init" "$out/initrd" virtio_pci virtio_blk ext4

step "making the disk"
disk=$out/disk.raw
esp_mib=96 root_mib=3584
truncate -s $((1 + esp_mib + root_mib + 1))M "$disk"
sgdisk --clear --new=1:1M:+${esp_mib}M --typecode=1:ef00 --change-name=1:keystone-esp \
  --new=2:0:+${root_mib}M --typecode=2:8304 --change-name=2:keystone-root "$disk" >/dev/null
esp=$disk@@1M
mkfs.vfat -F 32 -s 1 -n KEYSTONE --offset=2048 "$disk" $((esp_mib * 1024)) >/dev/null
mmd -i "$esp" ::EFI ::EFI/BOOT ::EFI/keystone ::loader ::loader/entries
mcopy -i "$esp" "$root/usr/lib/systemd/boot/efi/systemd-bootx64.efi" ::EFI/BOOT/BOOTX64.EFI
mcopy -i "$esp" "$out/vmlinuz" ::EFI/keystone/vmlinuz
mcopy -i "$esp" "$out/initrd" ::EFI/keystone/initrd
mcopy -i "$esp" "$here/loader.conf" ::loader/loader.conf
mcopy -i "$esp" "$here/entry.conf" ::loader/entries/keystone.conf
if [ "$KEYSTONE_ROOTLESS" = 1 ]; then
  for node_name in $nodes; do umount "$root/dev/$node_name"; done
fi
rm -rf "$root"/boot/* "$root"/dev/* "$root"/{vmlinuz,initrd.img}{,.old}
mke2fs -q -t ext4 -L keystone-root -m 0 -O ^has_journal -E "offset=$(((1 + esp_mib) * 1048576)),lazy_itable_init=0" \
  -d "$root" "$disk" ${root_mib}M

step "making the parts of the ISO"
"$here/iso/make-parts.sh" "$root" "$kernel" "$out/iso"
rm -rf "$work"
