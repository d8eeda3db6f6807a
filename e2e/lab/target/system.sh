#!/bin/bash
# system.sh ROOTFS KERNEL OUT: the tree of the small Debian system that stands for the installed NixOS.
set -euo pipefail
root=$1 kernel=$2 out=$3

here=$(dirname "$(readlink -f "$0")")
mkdir -p "$out"
# Everything but what a server does not need to boot, unlock, be looked at and log in.
tar -C "$root" --numeric-owner -c \
  --exclude='./boot/*' --exclude='./opt/*' --exclude='./mnt/*' --exclude='./nix' --exclude='./initrd.img*' --exclude='./vmlinuz*' \
  --exclude="./usr/lib/modules/$kernel/*" --exclude='./usr/share/keystone-lab' --exclude='./usr/lib/keystone-lab' \
  --exclude='./usr/local/*' --exclude='./usr/lib/dracut' --exclude='./usr/lib/git-core' --exclude='./usr/share/git-core' \
  --exclude='./usr/share/perl' --exclude='./usr/share/perl5' --exclude='./usr/lib/x86_64-linux-gnu/perl*' --exclude='./usr/bin/*perl*' \
  --exclude='./usr/share/dkms' --exclude='./usr/share/i18n' --exclude='./usr/share/misc' \
  --exclude='./usr/share/zoneinfo/posix' --exclude='./usr/share/zoneinfo/right' --exclude='./usr/lib/shim' --exclude='./usr/sbin/*wpa*' \
  --exclude='./usr/share/bash-completion' --exclude='./usr/share/lintian' --exclude='./usr/share/doc' --exclude='./usr/share/man' \
  --exclude='./usr/share/keymaps/[!i]*' --exclude='./usr/share/consolefonts' --exclude='./usr/share/zsh' --exclude='./usr/share/info' \
  --exclude='./usr/lib/x86_64-linux-gnu/libnix*' --exclude='./usr/bin/nix*' --exclude='./usr/lib/x86_64-linux-gnu/libgit2*' \
  --exclude='./usr/lib/x86_64-linux-gnu/libicu*' --exclude='./usr/lib/x86_64-linux-gnu/libaws*' --exclude='./usr/lib/python3*' \
  --exclude='./usr/bin/python3*' --exclude='./usr/lib/x86_64-linux-gnu/gconv' --exclude='./usr/lib/bfd-plugins' \
  --exclude='./usr/bin/git-*' --exclude='./usr/lib/x86_64-linux-gnu/lib*san.so*' --exclude='./usr/bin/dracut*' \
  --exclude='./usr/lib/gcc*' --exclude='./usr/libexec/gcc' --exclude='./usr/sbin/lvm*' --exclude='./usr/bin/busybox' \
  --exclude='./usr/lib/systemd/boot' --exclude='./usr/sbin/mdadm' --exclude='./usr/sbin/smartd' --exclude='./usr/sbin/nvme' \
  --exclude='./usr/lib/udev/hwdb.d' --exclude='./usr/lib/udev/hwdb.bin' --exclude='./var/lib/dpkg' --exclude='./var/lib/dkms' \
  --exclude='./var/cache/*' --exclude='./var/lib/apt' --exclude='./usr/lib/apt' --exclude='./var/log/*' --exclude='./usr/include' \
  --exclude='./usr/src' --exclude='./etc/systemd/system/*' --exclude='./etc/systemd/network/*' --exclude='./usr/share/zfs' \
  --exclude='./etc/systemd/system.conf.d' --exclude='./etc/udev/rules.d/*' --exclude='./etc/hostid' --exclude='./etc/sysctl.d/99-lab.conf' \
  --exclude='./usr/lib/udev/rules.d/*-md-*' --exclude='./usr/lib/udev/rules.d/*lvm*' --exclude='./usr/lib/udev/rules.d/*nvmf*' \
  --exclude='./usr/lib/systemd/system-generators/*' --exclude='./usr/lib/systemd/system/dracut*' \
  --exclude='./usr/lib/systemd/system/*.wants/dracut*' --exclude='./usr/lib/systemd/system/initrd*' --exclude='./dev/*' . | tar -C "$out" -x

# Without the service its bus name must not be offered either: `systemctl reboot` would wait for it.
rm -f "$out"/usr/lib/systemd/system/dbus-org.freedesktop.{login1,hostname1}.service \
  "$out"/usr/share/dbus-1/system-services/org.freedesktop.{login1,hostname1}.service

# Each generator is a process at each reload; these do what NixOS's target needs.
for generator in fstab cryptsetup getty; do
  install -D -m 0755 -t "$out/usr/lib/systemd/system-generators" "$root/usr/lib/systemd/system-generators/systemd-$generator-generator"
done

# NixOS has one folder of programs in PATH: unit files and scripts name /usr/bin there.
for path in "$out"/usr/sbin/*; do
  name=$(basename "$path")
  # A link to the program of the same name in the other folder: the program stays, the link goes.
  if [ -L "$path" ] && [ "$(basename "$(readlink "$path")")" = "$name" ]; then continue; fi
  mv -f "$path" "$out/usr/bin/$name"
done
rm -rf "$out/usr/sbin"
ln -s bin "$out/usr/sbin"

"$here/perl-for.sh" "$root" "$out" /usr/sbin/sanoid

modules=(virtio_net virtio_console virtio_rng virtio_balloon vfat nls_cp437 nls_iso8859_1 nls_ascii dm_crypt efivarfs zfs
  e1000 e1000e autofs4 loop xfs bonding 8021q)
for module in "${modules[@]}"; do
  chroot "$root" modprobe -S "$kernel" --show-depends "$module" 2>/dev/null || :
done | awk '$1 == "insmod" && !seen[$2]++ { print $2 }' | while read -r path; do
  path=${path/#\/lib\//\/usr\/lib\/}
  install -D -m 0644 "$root$path" "$out$path"
done
cp "$root/usr/lib/modules/$kernel"/modules.{builtin,builtin.modinfo,order} "$out/usr/lib/modules/$kernel/"
chroot "$out" depmod "$kernel"

mkdir -p "$out"/{boot,dev,mnt,proc,run,sys,tmp,root,nix/store,etc/systemd/system,var/log/journal}
chmod 1777 "$out/tmp"
sed -i 's/^root:[^:]*:/root:!:/' "$out/etc/shadow"
grep -q '^wheel:' "$out/etc/group" || echo 'wheel:x:990:' >>"$out/etc/group"
printf 'PRETTY_NAME="NixOS 26.05 (lab stand-in on Debian)"\nNAME="Keystone lab target"\nID=keystone-lab-target\nVERSION_ID="26.05"\n' \
  >"$out/usr/lib/os-release"
ln -sf ../usr/lib/os-release "$out/etc/os-release"
# shellcheck disable=SC1003 # agetty's own escapes
printf '\\S{PRETTY_NAME} \\n \\l\n\n' >"$out/etc/issue"

# Under emulation each unit costs; what the lab does not look at stays off.
for unit in e2scrub_reap.service e2scrub_all.timer fstrim.timer dpkg-db-backup.timer apt-daily.timer \
  apt-daily-upgrade.timer systemd-firstboot.service zfs-import-cache.service zfs-import-scan.service zfs-mount.service \
  zfs-share.service zfs-volume-wait.service zfs-zed.service zfs-load-module.service lvm2-monitor.service \
  lvm2-lvmpolld.socket dm-event.socket blk-availability.service smartmontools.service nix-daemon.service \
  nix-daemon.socket mdmonitor-oneshot.timer mdcheck_start.timer mdcheck_continue.timer systemd-pcrphase.service \
  systemd-pcrphase-sysinit.service systemd-tpm2-setup.service systemd-tpm2-setup-early.service systemd-pcrmachine.service \
  systemd-pcrfs-root.service nvmefc-boot-connections.service nvmf-autoconnect.service man-db.timer \
  systemd-binfmt.service proc-sys-fs-binfmt_misc.automount proc-sys-fs-binfmt_misc.mount \
  modprobe@configfs.service modprobe@drm.service modprobe@fuse.service modprobe@efi_pstore.service \
  sys-kernel-config.mount sys-fs-fuse-connections.mount sys-kernel-debug.mount sys-kernel-tracing.mount \
  dev-hugepages.mount tmp.mount systemd-logind.service systemd-hostnamed.socket systemd-hostnamed.service \
  systemd-networkd-wait-online.service systemd-networkd-persistent-storage.service systemd-pstore.service \
  systemd-hwdb-update.service systemd-journal-catalog-update.service systemd-sysusers.service ldconfig.service \
  systemd-update-done.service systemd-udev-load-credentials.service; do
  ln -sf /dev/null "$out/etc/systemd/system/$unit"
done
mkdir -p "$out/etc/systemd/system.conf.d"
printf '[Manager]\nDefaultTimeoutStartSec=300s\n' >"$out/etc/systemd/system.conf.d/lab.conf"
mkdir -p "$out/etc/systemd/journald.conf.d"
printf '[Journal]\nStorage=persistent\nSystemMaxUse=32M\n' >"$out/etc/systemd/journald.conf.d/lab.conf"
ln -sf /usr/lib/systemd/system/multi-user.target "$out/etc/systemd/system/default.target"
"$here/quick-udev.sh" "$out" virtio_net virtio_console virtio_rng
: >"$out/etc/machine-id"
rm -f "$out/etc/hostname" "$out/etc/fstab"
chroot "$out" ldconfig
