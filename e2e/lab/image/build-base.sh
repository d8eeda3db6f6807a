#!/bin/bash
# Builds the base root file system: Debian packages and the ZFS module, nothing of ours. The slow half of the image.
#
#   build-base.sh OUT.tar.zst
#
# Needs mmdebstrap and a Debian mirror (KEYSTONE_MIRROR, default deb.debian.org). As root it uses a chroot, otherwise a
# user namespace. Nothing is mounted by hand and no loop device is used.
set -euo pipefail

out=$1
here=$(dirname "$(readlink -f "$0")")
mirror=${KEYSTONE_MIRROR:-http://deb.debian.org/debian}
mode=root
[ "$(id -u)" = 0 ] || mode=unshare

packages=$(sed -e 's/#.*//' "$here/packages.txt" | tr -s ' \n' ',,' | sed -e 's/^,//' -e 's/,$//')

# dracut's kernel hook would build an initrd that the lab never boots (it has its own, see init): divert it to nothing.
exec mmdebstrap --mode="$mode" --variant=minbase --components=main,contrib --include="$packages" \
  --aptopt='Acquire::Retries "5"' \
  --aptopt='APT::Install-Recommends "false"' \
  --dpkgopt='path-exclude=/usr/share/man/*' \
  --dpkgopt='path-exclude=/usr/share/doc/*' \
  --dpkgopt='path-exclude=/usr/share/info/*' \
  --dpkgopt='path-exclude=/usr/share/locale/*' \
  --dpkgopt='force-unsafe-io' \
  --essential-hook="$here/no-initrd.sh \"\$1\"" \
  --customize-hook="$here/finish-base.sh \"\$1\"" \
  trixie "$out" "$mirror"
