#!/bin/bash
# Makes the slow parts of the bootable ISO from the finished root tree (the quick rest is build-iso.ts):
#
#   make-parts.sh ROOTFS KERNEL OUT_DIR
#
# OUT_DIR gets root.squashfs, initrd and BOOTX64.EFI. Changes ROOTFS: call it last.
set -euo pipefail
root=$1 kernel=$2 out=$3
here=$(dirname "$(readlink -f "$0")")
units=$here/../../../../iso/units

mkdir -p "$out"
cp "$root/usr/lib/systemd/boot/efi/systemd-bootx64.efi" "$out/BOOTX64.EFI"
"$here/../initramfs.sh" "$root" "$kernel" "$here/init" "$out/initrd" \
  virtio_pci virtio_blk ahci sd_mod sr_mod virtio_scsi isofs squashfs overlay loop

# From the disk the harness starts the wizard when it has handed the bundle in. The ISO has it: everything starts by
# itself, by what the units say of themselves, as on the real live image.
rm -f "$root/etc/systemd/system/multi-user.target.wants/keystone-bundle.service"
for path in "$units"/*.service; do
  unit=$(basename "$path")
  target=$(sed -n 's/^WantedBy=//p' "$path")
  [ -n "$target" ] || continue
  mkdir -p "$root/etc/systemd/system/$target.wants"
  instances=$unit
  [ "$unit" != keystone@.service ] || instances="keystone@tty1.service keystone@ttyS0.service"
  for instance in $instances; do
    ln -sf "/etc/systemd/system/$unit" "$root/etc/systemd/system/$target.wants/$instance"
  done
done

# zstd's first level: a CPU second instead of many, for a twentieth more bytes.
mksquashfs "$root" "$out/root.squashfs" -quiet -no-progress -noappend -comp zstd -Xcompression-level 1 -b 128K \
  -wildcards -e 'var/lib/dpkg/info/*' 'var/cache/*' 'usr/share/doc' 'usr/share/man' \
  'usr/share/locale' 'usr/share/bash-completion' 'usr/share/zsh' 'usr/share/bug' 'usr/share/lintian'
