import { byId } from './machines.ts'

/** What a fault does inside of the guest, as bash. Each ends with an error when it could not do it: a fault that is not there
 *  would make a run green. */

const A = byId('keystone-a')
const B = byId('keystone-b')

/** Nothing of it is active at the end, and nothing of it may be found after the disks were formatted. */
export const LEFTOVERS: Readonly<Record<'zfs' | 'luks' | 'md' | 'lvm' | 'ntfs', string>> = {
  zfs: `set -e
modprobe zfs
zpool create -f -m none old ${A}
zfs create -V 64M old/volume
zpool export old`,
  luks: `set -e
head -c 32 /dev/urandom >/run/old-key
cryptsetup -q luksFormat --pbkdf pbkdf2 --pbkdf-force-iterations 1000 --key-file /run/old-key ${A}
cryptsetup open --key-file /run/old-key ${A} old
mkfs.ext4 -q /dev/mapper/old
cryptsetup close old`,
  md: `set -e
mdadm --create /dev/md/old --run --level=1 --raid-devices=2 --metadata=1.2 ${A} missing
mkfs.ext4 -q /dev/md/old
udevadm settle
mdadm --stop /dev/md/old`,
  lvm: `set -e
sgdisk --zap-all --new=1:0:0 --typecode=1:8e00 ${A} && udevadm settle
pvcreate -ffy ${A}-part1
vgcreate old ${A}-part1
lvcreate -y -n volume -L 64M old
mkfs.ext4 -q /dev/old/volume
vgchange -an old`,
  // A boot sector and two records of its table, as blkid wants them; and of a GPT only the copy at the disk's end.
  ntfs: `set -e
sgdisk --zap-all --new=1:0:0 --typecode=1:0700 ${A} && udevadm settle
perl -e '
  my $boot = "\\xeb\\x52\\x90NTFS    " . pack("vCv", 512, 8, 0) . ("\\0" x 5) . "\\xf8" . ("\\0" x 18);
  $boot .= pack("Q<Q<Q<", 1_000_000, 4, 2) . pack("cx3cx3Q<", -10, 1, 0x4b65797374) ;
  $boot .= "\\0" x (510 - length $boot) . "\\x55\\xaa";
  open my $disk, "+<", $ARGV[0] or die; binmode $disk; print $disk $boot;
  for my $at (4 * 4096, 4 * 4096 + 3 * 1024) { seek $disk, $at, 0; print $disk "FILE" . ("\\0" x 1020) }
  close $disk or die' ${A}-part1
sync
dd if=/dev/zero of=${A} bs=512 seek=1 count=33 conv=fsync,notrunc status=none
blockdev --rereadpt ${A} || true`,
}

/** Somebody uses the disk. `end`: as the person would who is told of it. */
export const ACTIVE: Readonly<
  Record<'pool' | 'mapping' | 'raid' | 'volume' | 'mount', { begin: string; end: string }>
> = {
  pool: { begin: `set -e; modprobe zfs; zpool create -f -m none old ${A}`, end: 'zpool export old' },
  mapping: {
    begin: `${LEFTOVERS.luks}
cryptsetup open --key-file /run/old-key ${A} old`,
    end: 'cryptsetup close old',
  },
  raid: {
    begin: `set -e; mdadm --create /dev/md/old --run --level=1 --raid-devices=2 --metadata=1.2 ${A} missing; udevadm settle`,
    end: 'mdadm --stop /dev/md/old',
  },
  volume: {
    begin: `${LEFTOVERS.lvm}
vgchange -ay old`,
    end: 'vgchange -an old',
  },
  mount: {
    begin: `set -e; mkfs.ext4 -qF ${A}; mkdir -p /run/old; mount ${A} /run/old`,
    end: 'umount /run/old',
  },
}

/** On a disk that is not of the plan. */
export const POOL_OF_THE_SAME_NAME = `set -e; modprobe zfs; zpool create -f -m none rpool ${B}`

/** A pool that was destroyed still has its name on the disk: blkid goes by the labels. */
export const ERASE_POOL_OF_THE_SAME_NAME = `set -e
! zpool list rpool >/dev/null 2>&1 || zpool export rpool
zpool labelclear -f ${B}-part1; wipefs --all --force ${B}; udevadm trigger --settle --subsystem-match=block`

export const FULL_TMP = `set -e
mount -t tmpfs -o size=1M tmpfs /tmp
head -c 2M /dev/zero >/tmp/filler || [ -s /tmp/filler ]`

export const SWAP_ON_A_DISK = `set -e; mkswap ${B}; swapon ${B}`

const MODULE = "$(find /usr/lib/modules/$(uname -r) -name 'zfs.ko*' | head -n1)"
export const HIDE_MODULE = `set -e
file="${MODULE}"; [ -n "$file" ]; [ ! -e /sys/module/zfs ]
echo "$file" >/run/module-name; mv "$file" /run/hidden-module`
export const SHOW_MODULE = 'mv /run/hidden-module "$(cat /run/module-name)"'

/** Of a driver that is gone only the nodes are, for who looks. */
export const REMOVE_TPM = 'rm /dev/tpmrm0 /dev/tpm0'
export const BRING_TPM_BACK = `set -e
for node in tpm/tpm0 tpmrm/tpmrm0; do mknod -m 600 /dev/\${node#*/} c $(tr : ' ' </sys/class/$node/dev); done`

/** One wrong try is one too many, and it was made. */
export const LOCK_TPM = `set -e
export TPM2TOOLS_TCTI=device:/dev/tpmrm0
cd "$(mktemp -d)"
tpm2_dictionarylockout --setup-parameters --max-tries=1 --recovery-time=100000 --lockout-recovery-time=100000
tpm2_createprimary -Q -C o -c primary
echo sealed >content
tpm2_create -Q -C primary -i content -u public -r private -p right
tpm2_load -Q -C primary -u public -r private -c object
tpm2_unseal -c object -p wrong 2>/dev/null && exit 1
tpm2_getcap properties-variable | grep -A9 TPM2_PT_PERMANENT | grep -q 'inLockout: *1'`
export const UNLOCK_TPM = `TPM2TOOLS_TCTI=device:/dev/tpmrm0 tpm2_dictionarylockout --clear-lockout`

export const DEAD_NAME_SERVER = `set -e
cp -L /etc/resolv.conf /run/resolv.kept 2>/dev/null || : >/run/resolv.kept
rm -f /etc/resolv.conf
printf 'nameserver 10.0.2.77\\noptions timeout:2 attempts:1\\n' >/etc/resolv.conf`

const EFIVARS = '/sys/firmware/efi/efivars'
/** Until the kernel takes no more; smaller and smaller pieces. */
export const FILL_EFI_VARIABLES = `set -u
id=6b657973-746f-6e65-0000-000000000001
count=0
for size in 16384 4096 1024 256 64; do
  while [ $count -lt 200 ]; do
    count=$((count + 1))
    { printf '\\x07\\0\\0\\0'; head -c $size /dev/urandom; } >/run/variable
    # One write: each is a call of the firmware.
    dd if=/run/variable of=${EFIVARS}/Filler$count-$id bs=32k status=none 2>/dev/null || { rm -f ${EFIVARS}/Filler$count-$id 2>/dev/null; break; }
  done
done
ls ${EFIVARS} | grep -c '^Filler' | grep -vx 0`
export const EMPTY_EFI_VARIABLES = `for file in ${EFIVARS}/Filler*; do chattr -i "$file" 2>/dev/null; rm -f "$file"; done; ! ls ${EFIVARS} | grep -q '^Filler'`

/** Both copies of the FAT and what they say of the journal. Everything was let go before. */
export const DAMAGE_ESP = `set -e
for try in 1 2 3 4 5 6; do umount -R /mnt && break; sleep 1; done
! findmnt /mnt >/dev/null
esp=$(ls /dev/disk/by-partlabel/disk-*-esp | head -n1)
dd if=/dev/zero of="$esp" bs=512 seek=32 count=4096 conv=notrunc,fsync status=none
blockdev --flushbufs "$esp"`

export const NEARLY_FULL_TARGET = `set -e
free=$(df --output=avail -B1 /mnt | tail -n1)
fallocate -l $((free - 300 * 1024 * 1024)) /mnt/filler`

/** A process that somebody left there. */
export const STAY_IN_MOUNT = `(cd /mnt/nix && exec setsid sleep 7200 </dev/null >/dev/null 2>&1) & echo $! >/run/sleeper; sleep 0.5; [ "$(readlink /proc/$(cat /run/sleeper)/cwd)" = /mnt/nix ]`
export const HOLD_MAPPING = `(exec setsid sleep 7200 </dev/mapper/credstore >/dev/null 2>&1) & echo $! >/run/sleeper; sleep 0.5; [ -e /proc/$(cat /run/sleeper) ]`
export const END_SLEEPER = `for pid in $(pgrep -fx 'sleep 7200'); do kill -KILL "$pid"; done; sleep 0.5; ! pgrep -fx 'sleep 7200'`
