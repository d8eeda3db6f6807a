#!/bin/bash
# mmdebstrap's customize hook: makes sure the ZFS module exists for the image's kernel, then throws the compiler away.
set -euo pipefail
root=$1

kernel=$(basename "$(echo "$root"/usr/lib/modules/*-cloud-amd64)")
# dkms looks at `uname -r`, which here is the host's kernel: name ours. Already built is success.
chroot "$root" dkms autoinstall -k "$kernel"
chroot "$root" modinfo -k "$kernel" zfs >/dev/null

# Removing the packages would have dkms remove the module too: drop the files and leave dpkg's books as they are.
cd "$root"
rm -rf usr/src/* var/lib/dkms usr/lib/gcc usr/libexec/gcc usr/include usr/share/dkms
rm -rf usr/lib/modules/*/build usr/lib/modules/*/source usr/lib/linux-kbuild-*
find usr/bin -name 'x86_64-linux-gnu-*' -delete
find usr/bin -lname 'x86_64-linux-gnu-*' -delete
find usr/lib/x86_64-linux-gnu -maxdepth 1 -name '*.a' -delete
rm -rf var/cache/apt/* var/lib/apt/lists/* var/log/* usr/share/doc usr/share/man usr/share/locale
rm -f etc/hostname etc/hostid etc/machine-id
: > etc/machine-id
chroot "$root" depmod "$kernel"
