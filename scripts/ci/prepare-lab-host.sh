#!/usr/bin/env bash
# Opens on a CI runner what the lab needs from the kernel. On a machine of your own do it by hand, if you want it.
set -euo pipefail
script=${0##*/}

usage() {
  printf '%s\n' "usage: $script" \
    'Lets this user open /dev/kvm, and make user namespaces where AppArmor forbids them (Ubuntu 24.04).' \
    'Both last until the next start. Needs sudo without a password. Without KVM the virtual machines' \
    'run by emulation, many times slower; that is said, and is no error.'
}

case ${1-} in
  --help | -h) usage && exit 0 ;;
  ?*) usage >&2 && exit 2 ;;
esac

say() { printf '%s: %s\n' "$script" "$1"; }
as_root() {
  if ((EUID == 0)); then "$@"; else sudo -n "$@"; fi
}
if ((EUID != 0)) && ! { command -v sudo >/dev/null 2>&1 && sudo -n true 2>/dev/null; }; then
  printf '%s: this needs root, or sudo without a password\n' "$script" >&2
  exit 3
fi

if [[ ! -e /dev/kvm ]]; then
  say 'there is no /dev/kvm here: the virtual machines run by emulation'
elif [[ -r /dev/kvm && -w /dev/kvm ]]; then
  say '/dev/kvm is open already'
else
  as_root chmod 0666 /dev/kvm
  say 'opened /dev/kvm'
fi

restriction=/proc/sys/kernel/apparmor_restrict_unprivileged_userns
if [[ -e $restriction && $(<"$restriction") != 0 ]]; then
  # The lab image is built without root in a user namespace.
  as_root sysctl --quiet --write kernel.apparmor_restrict_unprivileged_userns=0
  say 'allowed user namespaces'
else
  say 'user namespaces are allowed already'
fi
