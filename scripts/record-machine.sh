#!/usr/bin/env bash
# Records what the detection asks of a machine, as a folder for src/testing/machines. Works on any Linux, from a stick or over
# SSH: it needs bash, coreutils, lsblk and ip, and zpool where pools are imported. It only looks. Without root the firmware
# variables and the TPM stay unknown.
set -euo pipefail
export LC_ALL=C

usage() {
  cat <<'EOF'
usage: record-machine.sh [--without-serials] [--root DIR] FOLDER
Writes what this machine says about its hardware into the new FOLDER.
  --without-serials   replaces serial numbers, WWNs, MAC addresses and UUIDs, each by the same stand-in everywhere
  --root DIR          reads DIR/proc, DIR/sys, DIR/dev and DIR/run; for tests
Labels, mount points, IP addresses and the kernel command line stay: look through the folder before you give it away.
EOF
}

fail() {
  printf 'record-machine.sh: %s\n' "$1" >&2
  exit 2
}

root='' folder='' without_serials=no
while (($# > 0)); do
  case $1 in
    --help | -h) usage && exit 0 ;;
    --without-serials) without_serials=yes ;;
    --root)
      [[ -d ${2-} ]] || fail '--root needs a folder'
      root=$(readlink -f -- "$2") && shift
      ;;
    -*) fail "there is no option $1" ;;
    *)
      [[ -z $folder ]] || fail "one word too many: $1"
      folder=$1
      ;;
  esac
  shift
done
[[ -n $folder ]] || fail 'give the folder to write'
[[ ! -e $folder ]] || fail "$folder is there already"

declare -A files=() bytes=() answers=() links=() directories=()

# Text as it is in a file, final line break and all; fails when it cannot be read, as sysfs does for what is not known.
text_of() {
  local held
  held=$({ cat -- "$1" && printf x; } 2>/dev/null) || return 1
  text=${held%x}
}

# A path that exists: with its text, or as null when it cannot be read.
add_file() {
  [[ -e $root$1 ]] || return 0
  local text
  if text_of "$root$1"; then files[$1]=t$text; else files[$1]=n; fi
}

add_presence() {
  [[ ! -e $root$1 ]] || files[$1]=n
}

add_bytes() {
  local hex
  hex=$(head -c "$2" -- "$root$1" 2>/dev/null | od -An -v -tx1) || return 0
  hex=${hex//$'\n'/}
  [[ -z ${hex// /} ]] || bytes[$1]=${hex# }
}

# Where a link leads in the end, without the root before it.
target_of() {
  local real
  real=$(readlink -f -- "$root$1" 2>/dev/null) || return 1
  printf '%s' "${real#"$root"}"
}

add_link() {
  local target
  [[ -L $root$1 ]] && target=$(target_of "$1") && [[ -e $root$target ]] || return 0
  links[$1]=$target
  if [[ -d $root$target ]]; then directories[$target]=1; else files[$target]=${files[$target]-n}; fi
}

add_directory() {
  [[ ! -d $root$1 ]] || directories[$1]=1
}

# The names in a folder, one a line; nothing when there is none.
names_in() {
  local path
  for path in "$root$1"/*; do
    [[ ! -e $path && ! -L $path ]] || printf '%s\n' "${path##*/}"
  done
}

record_firmware() {
  local vars=/sys/firmware/efi/efivars name
  add_directory /sys/firmware
  add_directory /sys/firmware/efi
  add_directory "$vars"
  while IFS= read -r name; do
    case $name in
      SecureBoot-* | SetupMode-* | BootOrder-* | VentoyOsParam-*) add_bytes "$vars/$name" 64 ;;
    esac
  done < <(names_in "$vars")
}

# TPM2_GetCapability for TPM_PT_PERMANENT, which tells of a lockout and changes nothing.
ask_tpm() {
  local device=$root/dev/tpmrm0 handle hex
  [[ -c $device && -r $device && -w $device ]] || return 0
  { exec {handle}<>"$device"; } 2>/dev/null || return 0
  printf '\x80\x01\x00\x00\x00\x16\x00\x00\x01\x7a\x00\x00\x00\x06\x00\x00\x02\x00\x00\x00\x00\x01' >&"$handle" || true
  hex=$(timeout 2 head -c 27 <&"$handle" | od -An -v -tx1) || hex=''
  exec {handle}>&-
  hex=${hex//[[:space:]]/}
  [[ -z $hex ]] || answers[/dev/tpmrm0]=$hex
}

record_tpm() {
  local device
  add_directory /sys/class
  add_presence /dev/tpmrm0
  add_bytes /sys/firmware/acpi/tables/TPM2 4
  [[ -e $root/sys/class/tpm/tpm0 ]] || return 0
  add_link /sys/class/tpm/tpm0
  device=$(target_of /sys/class/tpm/tpm0)
  add_file "$device/tpm_version_major"
  add_directory "$device/pcr-sha256"
  add_file "$device/pcr-sha256/0"
  ask_tpm
}

record_network() {
  local name base below
  add_directory /sys/class/net
  while IFS= read -r name; do
    add_link "/sys/class/net/$name"
    base=$(target_of "/sys/class/net/$name") || continue
    for below in address carrier speed uevent bonding/mode; do add_file "$base/$below"; done
    for below in wireless phy80211; do add_directory "$base/$below"; done
    while IFS= read -r below; do
      case $below in
        device)
          add_link "$base/device"
          add_link "$(target_of "$base/device")/driver"
          ;;
        master | lower_*) add_link "$base/$below" ;;
      esac
    done < <(names_in "$base")
  done < <(names_in /sys/class/net)
  while IFS= read -r name; do add_file "/proc/net/vlan/$name"; done < <(names_in /proc/net/vlan)
}

record_disks() {
  local name
  add_directory /dev/disk/by-id
  while IFS= read -r name; do add_link "/dev/disk/by-id/$name"; done < <(names_in /dev/disk/by-id)
  while IFS= read -r name; do
    directories[/sys/block/$name]=1
    add_file "/sys/block/$name/loop/backing_file"
  done < <(names_in /sys/block)
  add_directory /proc/spl/kstat/zfs
  while IFS= read -r name; do add_file "/proc/spl/kstat/zfs/$name/state"; done < <(names_in /proc/spl/kstat/zfs)
  while IFS= read -r name; do add_file "/run/lvm/pvs_online/$name"; done < <(names_in /run/lvm/pvs_online)
}

json_string() {
  local text=$1 code character
  text=${text//\\/\\\\}
  text=${text//\"/\\\"}
  text=${text//$'\n'/\\n}
  text=${text//$'\t'/\\t}
  if [[ $text == *[$'\x01'-$'\x1f']* ]]; then
    for ((code = 1; code < 32; code++)); do
      printf -v character "\\x$(printf %02x "$code")"
      text=${text//"$character"/\\u$(printf %04x "$code")}
    done
  fi
  printf '"%s"' "$text"
}

sorted_keys() {
  (($# == 0)) || printf '%s\n' "$@" | sort
}

# One of the maps as a member of sys.json. In `files` a text begins with t; n is null.
json_map() {
  local -n map=$2
  local key separator=''
  printf '  "%s": {' "$1"
  while IFS= read -r key; do
    printf '%s\n    %s: ' "$separator" "$(json_string "$key")"
    case $1:${map[$key]:0:1} in
      files:n) printf null ;;
      files:t) json_string "${map[$key]:1}" ;;
      *) json_string "${map[$key]}" ;;
    esac
    separator=,
  done < <(sorted_keys "${!map[@]}")
  printf '\n  },\n'
}

json_sys() {
  local key separator=''
  printf '{\n'
  json_map files files
  json_map bytes bytes
  json_map answers answers
  json_map links links
  printf '  "directories": ['
  while IFS= read -r key; do
    printf '%s\n    %s' "$separator" "$(json_string "$key")"
    separator=,
  done < <(sorted_keys "${!directories[@]}")
  printf '\n  ]\n}\n'
}

# Longest first, so that no stand-in is put into the middle of a longer secret.
secrets=() stand_ins=()
hide() {
  local at known
  for known in "${secrets[@]}"; do [[ $known != "$1" ]] || return 0; done
  for ((at = 0; at < ${#secrets[@]}; at++)); do ((${#1} <= ${#secrets[at]})) || break; done
  secrets=("${secrets[@]:0:at}" "$1" "${secrets[@]:at}")
  stand_ins=("${stand_ins[@]:0:at}" "$2" "${stand_ins[@]:at}")
}

# Six signs or more, one of them a digit, and not one sign all along: a shorter one names nobody, and stands by chance in
# sizes and words.
is_telling() {
  ((${#1} >= 6)) && [[ $1 == *[0-9]* && -n ${1//"${1:0:1}"/} ]]
}

# The lower half of the address that IPv6 makes of a MAC, as ip writes it: `a66b:b6ff:fe44:5566`.
interface_id() {
  local octet
  IFS=: read -ra octet <<<"$1"
  printf '%x:%x:%x:%x' $(((0x${octet[0]} ^ 2) << 8 | 0x${octet[1]})) $((0x${octet[2]} << 8 | 0xff)) \
    $((0xfe00 | 0x${octet[3]})) $((0x${octet[4]} << 8 | 0x${octet[5]}))
}

column() {
  lsblk -n -o "$1" 2>/dev/null | sort -u || true
}

find_secrets() {
  local value number=0 key
  while read -r value; do
    is_telling "$value" || continue
    ((++number))
    hide "$value" "$(printf 'SERIAL%04d' "$number")"
    hide "${value// /_}" "$(printf 'SERIAL%04d' "$number")"
  done < <(column SERIAL)
  number=0
  while read -r value; do
    value=${value#0x} value=${value#*.}
    is_telling "$value" || continue
    ((++number))
    hide "$value" "$(printf '5000000000%0*x' "$((${#value} > 10 ? ${#value} - 10 : 6))" "$number")"
  done < <(column WWN)
  number=0
  for key in UUID PARTUUID PTUUID; do
    while read -r value; do
      is_telling "$value" || continue
      ((++number))
      hide "$value" "$(printf '00000000-0000-4000-8000-%012x' "$number")"
      # LVM leaves the hyphens out where a UUID is a file's name.
      [[ $value != *-*-*-* ]] || hide "${value//-/}" "$(printf '0000000000004000800000%010x' "$number")"
    done < <(column "$key")
  done
  number=0
  for key in "${!files[@]}"; do
    [[ $key == */net/*/address ]] || continue
    value=${files[$key]:1} value=${value%$'\n'}
    [[ $value =~ ^([0-9a-f]{2}:){5}[0-9a-f]{2}$ && $value != 00:00:00:00:00:00 ]] || continue
    ((++number))
    hide "$value" "$(printf '02:00:00:00:%02x:%02x' $((number / 256)) $((number % 256)))"
    hide "$(interface_id "$value")" "0:ff:fe00:$(printf %x "$number")"
  done
}

# stdin to FILE, with the stand-ins.
put() {
  local text at
  text=$(cat && printf x)
  text=${text%x}
  for ((at = 0; at < ${#secrets[@]}; at++)); do text=${text//"${secrets[at]}"/"${stand_ins[at]}"}; done
  printf '%s' "$text" >"$folder/$1"
}

# An ARM processor tells its serial number in cpuinfo.
cpuinfo() {
  local line
  while IFS= read -r line; do
    [[ $without_serials == no || $line != Serial*:* ]] || line='Serial		: 0000000000000000'
    printf '%s\n' "$line"
  done <"$root/proc/cpuinfo"
}

add_file /proc/sys/kernel/arch
add_file /proc/cmdline
add_file /proc/self/mounts
add_file /sys/class/dmi/id/sys_vendor
add_file /sys/class/dmi/id/product_name
record_firmware
record_tpm
record_network
record_disks
[[ $without_serials == no ]] || find_secrets

mkdir -p -- "$folder"
[[ ! -r $root/proc/cpuinfo ]] || cpuinfo | put cpuinfo
[[ ! -r $root/proc/meminfo ]] || put meminfo <"$root/proc/meminfo"
json_sys | put sys.json
if output=$(lsblk -J -b -O 2>/dev/null); then put lsblk.json <<<"$output"; fi
if output=$(ip -j addr 2>/dev/null); then put ip-addr.json <<<"$output"; fi
if [[ -n $(names_in /proc/spl/kstat/zfs) ]] && output=$(zpool list -H -v -L -P 2>/dev/null); then
  put zpool-list.txt <<<"$output"
fi
note=''
[[ $without_serials == no ]] || note=', without serial numbers'
put origin.txt <<<"Recorded by scripts/record-machine.sh on $(uname -s -r -m)$note."

printf '%s\n' "recorded in $folder" \
  'Next: put it into src/testing/machines, write its expected.json (what a person should see, as in the other folders), and' \
  'run the tests of src/hardware with -u, which writes hardware.json.'
