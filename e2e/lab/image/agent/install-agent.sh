#!/bin/sh
# Puts the lab's agent into a system's root folder:  install-agent.sh ROOT
# Needs in there: bash, setsid, flock and base64 (util-linux, coreutils), systemd with udev, the module virtio_console.
set -eu
root=$1
here=$(dirname "$(readlink -f "$0")")
install -D -m 0755 "$here/keystone-agent" "$root/usr/lib/keystone-lab/keystone-agent"
install -D -m 0644 "$here/keystone-agent.service" "$root/etc/systemd/system/keystone-agent.service"
install -D -m 0644 "$here/99-keystone-agent.rules" "$root/etc/udev/rules.d/99-keystone-agent.rules"
