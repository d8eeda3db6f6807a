#!/bin/bash
# Makes a one-second initramfs: busybox, an /init of ours and the modules it loads, with what they depend on.
#
#   initramfs.sh ROOTFS KERNEL INIT OUT MODULE...
set -euo pipefail
root=$1 kernel=$2 init=$3 out=$4
shift 4

work=$(mktemp -d "$out.XXXXXX")
trap 'rm -rf "$work"' EXIT
mkdir -p "$work"/{bin,modules,dev,proc,sys,root}
cp "$root/usr/bin/busybox" "$work/bin/busybox"
ln -s busybox "$work/bin/sh"
install -m 0755 "$init" "$work/init"
for module in "$@"; do
  chroot "$root" modprobe -S "$kernel" --show-depends "$module"
done | awk '$1 == "insmod" && !seen[$2]++ { print $2 }' | while read -r path; do
  name=$(basename "$path")
  name=${name%.xz}
  case $path in
    *.xz) xz -dc "$root$path" >"$work/modules/$name" ;;
    *) cp "$root$path" "$work/modules/$name" ;;
  esac
  echo "$name"
done >"$work/modules/order"
(cd "$work" && find . | sort | cpio --quiet -o -H newc -R 0:0 | gzip -1) >"$out"
