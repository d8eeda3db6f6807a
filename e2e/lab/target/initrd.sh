#!/bin/bash
# initrd.sh ROOTFS KERNEL OUT: the tree of the base initrd. What NixOS puts into its systemd initrd, from Debian's packages.
set -euo pipefail
root=$1 kernel=$2 out=$3

mkdir -p "$out"/{dev,proc,sys,run,tmp,root,sysroot,var,etc,usr/bin,usr/lib/x86_64-linux-gnu,usr/lib64}
ln -s usr/bin "$out/bin"
ln -s usr/bin "$out/sbin"
ln -s bin "$out/usr/sbin"
ln -s usr/lib "$out/lib"
ln -s usr/lib64 "$out/lib64"
ln -s usr/lib/systemd/systemd "$out/init"
ln -s /run "$out/var/run"

# Copies a file (the target of its links too) to the same place; usr/sbin is usr/bin here.
copy() {
  local path real
  for path in "$@"; do
    real=$(chroot "$root" realpath "/$path")
    install -D -m "$(stat -c %a "$root$real")" "$root$real" "$out/$(place "$real")"
    # -L: until all is there, a link may well lead nowhere.
    if [ "/$path" != "$real" ] && [ "$(place "/$path")" != "$(place "$real")" ] && [ ! -L "$out/$(place "/$path")" ]; then
      mkdir -p "$out/$(dirname "$(place "/$path")")"
      ln -s "/$(place "$real")" "$out/$(place "/$path")"
    fi
  done
}
place() {
  local path=${1#/}
  path=${path/#lib64/usr\/lib64}
  path=${path/#lib/usr\/lib}
  path=${path/#bin/usr\/bin}
  path=${path/#sbin/usr\/bin}
  echo "${path/#usr\/sbin/usr\/bin}"
}

programs=(
  bash cat chmod cp dmesg echo false head ln ls mkdir mknod mv readlink rm seq sleep stat sync tail touch true uname
  mount umount findmnt lsblk blkid dmsetup cryptsetup kmod udevadm systemctl journalctl systemd-cryptsetup
  systemd-tty-ask-password-agent systemd-ask-password sulogin zpool zfs mount.zfs
)
for program in "${programs[@]}"; do
  for folder in usr/bin usr/sbin; do
    if [ -e "$root/$folder/$program" ]; then copy "$folder/$program"; continue 2; fi
  done
  echo "initrd.sh: no program $program" >&2
  exit 1
done
ln -sf bash "$out/usr/bin/sh"
for name in modprobe insmod lsmod depmod; do ln -sf kmod "$out/usr/bin/$name"; done

internals=(
  systemd systemd-executor systemd-journald systemd-modules-load systemd-shutdown systemd-sulogin-shell
  systemd-sysroot-fstab-check systemd-udevd systemd-hibernate-resume
  system-generators/systemd-fstab-generator system-generators/systemd-cryptsetup-generator
  system-generators/systemd-tpm2-generator system-generators/systemd-hibernate-resume-generator
)
for program in "${internals[@]}"; do copy "usr/lib/systemd/$program"; done
copy usr/lib/udev/{zvol_id,vdev_id,ata_id,scsi_id}

units=(
  basic.target cryptsetup-pre.target cryptsetup.target ctrl-alt-del.target emergency.service emergency.target final.target
  initrd-cleanup.service initrd-fs.target initrd-parse-etc.service initrd-root-device.target initrd-root-fs.target
  initrd-switch-root.service initrd-switch-root.target initrd-udevadm-cleanup-db.service initrd-usr-fs.target initrd.target
  kmod-static-nodes.service local-fs-pre.target local-fs.target modprobe@.service paths.target poweroff.target
  reboot.target rescue.service rescue.target shutdown.target slices.target sockets.target swap.target sysinit.target
  systemd-ask-password-console.path systemd-ask-password-console.service systemd-journald-dev-log.socket
  systemd-hibernate-resume.service systemd-journald.service systemd-journald.socket systemd-modules-load.service
  systemd-poweroff.service systemd-reboot.service systemd-udev-trigger.service systemd-udevd-control.socket systemd-udevd-kernel.socket
  systemd-udevd.service timers.target tpm2.target umount.target
)
for unit in "${units[@]}"; do
  install -D -m 0644 "$root/usr/lib/systemd/system/$unit" "$out/usr/lib/systemd/system/$unit"
done
want() { # unit target
  mkdir -p "$out/usr/lib/systemd/system/$2.wants"
  ln -s "../$1" "$out/usr/lib/systemd/system/$2.wants/$1"
}
ln -s initrd.target "$out/usr/lib/systemd/system/default.target"
for unit in cryptsetup.target systemd-ask-password-console.path systemd-journald.service systemd-modules-load.service \
  systemd-udevd.service systemd-udev-trigger.service; do want "$unit" sysinit.target; done
for unit in systemd-journald.socket systemd-journald-dev-log.socket systemd-udevd-control.socket \
  systemd-udevd-kernel.socket; do want "$unit" sockets.target; done
want initrd-udevadm-cleanup-db.service initrd-switch-root.target

for rules in 50-udev-default 55-dm 60-block 60-persistent-storage 60-persistent-storage-dm 60-zvol 69-vdev 80-drivers \
  95-dm-notify 99-systemd; do
  install -D -m 0644 "$root/usr/lib/udev/rules.d/$rules.rules" "$out/usr/lib/udev/rules.d/$rules.rules"
done

# Opened at run time, so ldd does not name them.
libraries=usr/lib/x86_64-linux-gnu
for pattern in cryptsetup/libcryptsetup-token-systemd-tpm2.so libtss2-esys.so.0 libtss2-rc.so.0 libtss2-mu.so.0 \
  libtss2-tcti-device.so.0 libkmod.so.2 libgcc_s.so.1 libcryptsetup.so.12; do
  copy "$libraries/$pattern"
done
# ldd names the libraries of libraries too.
(cd "$out" && find usr/bin usr/lib/systemd usr/lib/udev "$libraries" -type f \( -perm /111 -o -name '*.so*' \)) |
  while read -r file; do
    # ldd runs in the chroot, where a program may be in the other folder.
    [ -e "$root/$file" ] || file=${file/#usr\/bin/usr\/sbin}
    echo "/$file"
  done | chroot "$root" xargs ldd 2>/dev/null | grep -o '/[^ :]*\.so[^ :]*' | sort -u >"$out/tmp/libraries" || :
while read -r library; do
  if [ ! -L "$out/$(place "$library")" ] && [ ! -e "$out/$(place "$library")" ]; then copy "${library#/}"; fi
done <"$out/tmp/libraries"
rm "$out/tmp/libraries"

modules=(
  virtio_pci virtio_blk virtio_scsi virtio_console virtio_rng nvme ahci sd_mod dm_mod dm_crypt xts aesni_intel
  sha256_generic ext4 xfs vfat nls_cp437 nls_iso8859_1 nls_ascii zfs tpm_crb tpm_tis autofs4
)
for module in "${modules[@]}"; do
  # Some are built in, some do not exist in this kernel's flavour: modprobe says so by its exit code.
  chroot "$root" modprobe -S "$kernel" --show-depends "$module" 2>/dev/null || :
done | awk '$1 == "insmod" && !seen[$2]++ { print $2 }' | while read -r path; do
  path=${path/#\/lib\//\/usr\/lib\/}
  mkdir -p "$out$(dirname "$path")"
  # Unpacked: the whole archive is compressed once.
  case $path in
    *.xz) xz -dc "$root$path" >"$out${path%.xz}" ;;
    *) cp "$root$path" "$out$path" ;;
  esac
done
cp "$root/usr/lib/modules/$kernel"/modules.{builtin,builtin.modinfo,order} "$out/usr/lib/modules/$kernel/"
depmod -b "$out" "$kernel" 2>/dev/null || chroot "$out" depmod "$kernel"

mkdir -p "$out/etc/systemd/system" "$out/etc/modules-load.d"
"$(dirname "$(readlink -f "$0")")/quick-udev.sh" "$out" virtio_pci virtio_blk virtio_scsi nvme ahci sd_mod tpm_crb tpm_tis
cat >"$out/etc/initrd-release" <<'RELEASE'
ID=keystone-lab
NAME="Keystone lab"
PRETTY_NAME="Keystone lab, stage 1"
VERSION_ID=26.05
RELEASE
ln -s initrd-release "$out/etc/os-release"
ln -s /proc/self/mounts "$out/etc/mtab"
echo 'root:x:0:0:root:/root:/usr/bin/sh' >"$out/etc/passwd"
# No way in: an emergency shell would be a way around the encryption's owner.
echo 'root:*:::::::' >"$out/etc/shadow"
# Groups that udev's rules name.
i=0
for group in root adm tty dialout kmem input video render sgx cdrom tape disk audio lp kvm; do
  echo "$group:x:$i:"
  i=$((i + 1))
done >"$out/etc/group"
printf '[Manager]\nDefaultTimeoutStartSec=300s\nDefaultDeviceTimeoutSec=300s\n' >"$out/etc/systemd/system.conf"
