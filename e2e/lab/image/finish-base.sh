#!/bin/bash
# mmdebstrap's customize hook: makes sure the ZFS module exists for the image's kernel, then throws the compiler away.
set -euo pipefail
root=$1

kernel=$(basename "$(echo "$root"/usr/lib/modules/*-cloud-amd64)")
# dkms looks at `uname -r`, which here is the host's kernel: name ours. Already built is success.
chroot "$root" dkms autoinstall -k "$kernel"
chroot "$root" modinfo -k "$kernel" zfs >/dev/null

# Only the loader that firmware with Microsoft's keys starts; the package would bring GRUB with it.
chroot "$root" sh -ec 'mkdir -p /tmp/shim && cd /tmp/shim && apt-get download shim-signed && dpkg-deb -x shim-signed_*.deb .'
install -D -m 0644 "$root/tmp/shim/usr/lib/shim/shimx64.efi.signed" "$root/usr/lib/shim/shimx64.efi.signed"
rm -rf "$root/tmp/shim"

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
