#!/bin/bash
# Debian trixie's QEMU with the libraries it needs, unpacked in a folder, for a host whose own is too old:
#
#   fetch-qemu.sh OUT
#
# OUT/bin/qemu-system-x86_64 starts it. Nothing is installed and root is not needed: apt works on lists of its own. Needs
# apt-get, dpkg and a Debian mirror (KEYSTONE_MIRROR, default deb.debian.org); 38 MB are downloaded.
set -euo pipefail

out=$1
mirror=${KEYSTONE_MIRROR:-http://deb.debian.org/debian}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

mkdir -p "$work/state/lists/partial" "$work/cache/archives/partial" "$out/root" "$out/bin"
# An empty status: every library comes too, none is the host's.
: >"$work/state/status"
echo "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $mirror trixie main" >"$work/sources.list"
cat >"$work/apt.conf" <<EOF
Dir::Etc::sourcelist "$work/sources.list";
Dir::Etc::sourceparts "/dev/null";
Dir::State "$work/state";
Dir::State::status "$work/state/status";
Dir::Cache "$work/cache";
APT::Architecture "amd64";
APT::Architectures "amd64";
APT::Install-Recommends "false";
APT::Sandbox::User "root";
Acquire::Retries "5";
EOF
export APT_CONFIG=$work/apt.conf
apt-get -qq update
apt-get -qq --yes --download-only install qemu-system-x86
for package in "$work"/cache/archives/*.deb; do dpkg --extract "$package" "$out/root"; done

cat >"$out/bin/qemu-system-x86_64" <<'EOF'
#!/bin/sh
# By its own loader, with its own libraries: the host's are older.
root=$(dirname "$(dirname "$(readlink -f "$0")")")/root
exec "$root/usr/lib64/ld-linux-x86-64.so.2" --library-path "$root/usr/lib/x86_64-linux-gnu" \
  "$root/usr/bin/qemu-system-x86_64" -L "$root/usr/share/qemu" -L "$root/usr/share/seabios" "$@"
EOF
chmod 755 "$out/bin/qemu-system-x86_64"
"$out/bin/qemu-system-x86_64" --version
