#!/bin/bash
# quick-udev.sh ROOT MODULE...: at boot only the devices that the lab has are looked at, and their drivers are named
# instead of searched. Under emulation the search through all devices takes twenty seconds.
set -euo pipefail
root=$1
shift
mkdir -p "$root/etc/modules-load.d" "$root/etc/systemd/system/systemd-udev-trigger.service.d"
printf '%s\n' "$@" >"$root/etc/modules-load.d/lab.conf"
cat >"$root/etc/systemd/system/systemd-udev-trigger.service.d/lab.conf" <<'UNIT'
[Unit]
After=systemd-modules-load.service

[Service]
ExecStart=
ExecStart=-udevadm trigger --action=add --subsystem-match=block --subsystem-match=tty --subsystem-match=tpm --subsystem-match=tpmrm --subsystem-match=net --subsystem-match=virtio-ports --subsystem-match=misc
UNIT
