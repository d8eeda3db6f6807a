#!/bin/bash
# Makes the two parts that the lab's nixos-install lays down in place of a NixOS closure:
#
#   build-target.sh ROOTFS OUT_DIR
#
# target.tar.zst       a small Debian system, without kernel, settings or users
# initrd-base.cpio.zst an initrd with systemd as PID 1 and all tools, but nothing that says what to unlock or mount:
#                      that comes from the rendered configuration, as a second archive made at install time
# vmlinuz              the kernel of both
# ROOTFS is only read. Needs chroot, cpio and zstd; no mounts.
set -euo pipefail

root=$(realpath "$1")
out=$(realpath "$2")
here=$(dirname "$(readlink -f "$0")")
kernel=$(basename "$(echo "$root"/usr/lib/modules/*-cloud-amd64)")
work=$(mktemp -d "$out/work.XXXXXX")
trap 'rm -rf "$work"' EXIT

cp "$root/boot/vmlinuz-$kernel" "$out/vmlinuz"
"$here/initrd.sh" "$root" "$kernel" "$work/initrd"
(cd "$work/initrd" && find . -print0 | sort -z | cpio --quiet --null -o -H newc -R 0:0) | zstd -q -12 -T0 -o "$out/initrd-base.cpio.zst" --force
"$here/system.sh" "$root" "$kernel" "$work/system"
tar -C "$work/system" --numeric-owner --sort=name -c . | zstd -q -9 -T0 -o "$out/target.tar.zst" --force
du -sm "$work/initrd" "$work/system" | awk '{ print "STEP " $1 " MiB in " $2 }'
