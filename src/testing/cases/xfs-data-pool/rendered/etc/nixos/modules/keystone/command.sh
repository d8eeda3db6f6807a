# The command `keystone` of this machine; command.nix makes it, and tells it about the machine:
#   KEYSTONE_LUKS_DEVICE  the volume with the keys, empty when nothing is encrypted
#   KEYSTONE_UNLOCK       how the configuration wants it opened: none, passphrase, tpm or tpm-pin
# Exit codes: 0 all is well, 2 called wrongly, 3 this machine cannot do it, 4 not as it should be, or failed.
set -euo pipefail

device=${KEYSTONE_LUKS_DEVICE-}
unlock=${KEYSTONE_UNLOCK-none}
sysfs=${KEYSTONE_SYSFS:-/sys}
tpm=${KEYSTONE_TPM2_DEVICE:-auto}
# What the TPM's key is bound to: the state and the keys of Secure Boot.
pcr=7

usage() {
  cat <<'TEXT'
usage: keystone tpm status [--json]
         Which keys open the disk, and does the TPM give its own?
       keystone tpm re-enroll
         Give the TPM a new key. Asks for the passphrase or the recovery key,
         and for a new PIN where one is used. The old key goes when the new
         one is there.
       keystone --help

Exit codes: 0 all is well, 2 called wrongly, 3 this machine cannot do it,
4 not as it should be, or failed.
TEXT
}

fail() { # EXIT_CODE SENTENCE…
  local code=$1 line
  shift
  for line in "$@"; do echo "keystone: $line" >&2; done
  exit "$code"
}

hex_of() { od -An -v -tx1 | tr -d ' \n'; }
bytes_of() { printf %b "$(sed 's/../\\x&/g' <<<"$1")"; }

# ---- what is there ----------------------------------------------------------------------------------------------------

secure_boot() {
  local folder=$sysfs/firmware/efi/efivars guid=8be4df61-93ca-11d2-aa0d-00e098032b8c
  # The first four bytes are attributes.
  flag() { od -An -tu1 -j4 -N1 "$folder/$1-$guid" 2>/dev/null | tr -d ' '; }
  if [ "$(flag SetupMode)" = 1 ]; then
    echo 'off, setup mode'
  elif [ "$(flag SecureBoot)" = 1 ]; then
    echo on
  else
    echo off
  fi
}

has_tpm() { [ "$(cat "$sysfs/class/tpm/tpm0/tpm_version_major" 2>/dev/null)" = 2 ]; }

# ALGORITHM: the value of the PCR, in small hexadecimal digits; empty when the TPM does not have it.
pcr_value() { tr 'A-F' 'a-f' 2>/dev/null <"$sysfs/class/tpm/tpm0/pcr-$1/$pcr" | tr -d '\n' || :; }
is_empty_pcr() { [[ $1 =~ ^(0+|f+)$ ]]; }

# ALGORITHM HAS_PIN: the policy of a key that opens with the PCR as it is now. A policy is a chain of digests, each over
# the one before and a command of the TPM. Source: TPM 2.0 Library, part 3, TPM2_PolicyPCR and TPM2_PolicyAuthValue.
policy_now() {
  local value algorithm digest
  value=$(pcr_value "$1")
  [ -n "$value" ] || return 0
  case $1 in sha1) algorithm=0004 ;; sha256) algorithm=000b ;; sha384) algorithm=000c ;; *) return 0 ;; esac
  digest=$(bytes_of "$value" | sha256sum | cut -c1-64)
  # One selection, three bytes of it, the lowest PCR in the lowest bit.
  digest=$(bytes_of "$(printf '%064d' 0)0000017f00000001${algorithm}03800000$digest" | sha256sum | cut -c1-64)
  if [ "$2" = true ]; then digest=$(bytes_of "${digest}0000016b" | sha256sum | cut -c1-64); fi
  echo "$digest"
}

# SERIALIZED_KEY (base64, may be empty): is the key that the TPM stores under still the one of the enrolment? Another TPM
# has another one, and so has this one after it was cleared.
is_same_tpm() {
  local known name
  [ -n "$1" ] || return 0
  command -v tpm2_readpublic >/dev/null || return 0
  known=$(base64 -d <<<"$1" | hex_of)
  name=$(tpm2_readpublic -Q -c "0x${known:0:8}" -n /dev/stdout 2>/dev/null | hex_of) || return 1
  [ -n "$name" ] && [[ $known == *"$name"* ]]
}

is_locked_out() { tpm2_getcap properties-variable 2>/dev/null | grep -q 'inLockout: *1'; }

# Reads the header once, and sets:
#   keys   lines `SLOT KIND`
#   state  none, off, unwanted, no-tpm, not-enrolled, other-policy, pcr-changed, tpm-changed, locked, refused or ok
look() {
  local header bank pcrs has_pin policy serialized wants_pin=false tokens
  header=$(cryptsetup luksDump --dump-json-metadata "$device" 2>/dev/null) ||
    fail 4 "$device has no LUKS2 header that can be read."
  keys=$(jq -r '
    [.tokens[] | {type} + {slot: .keyslots[]}] as $tokens
    | .keyslots | keys_unsorted | sort_by(tonumber)[]
    | . as $slot
    | ([$tokens[] | select(.slot == $slot) | .type][0] // "passphrase")
    | "\($slot) \({"systemd-tpm2": "TPM", "systemd-recovery": "recovery key"}[.] // .)"' <<<"$header")
  tokens=$(jq -r '.tokens[] | select(.type == "systemd-tpm2")
    | [."tpm2-pcr-bank" // "sha256", (."tpm2-pcrs" | if . == [] then "none" else map(tostring) | join("+") end), ."tpm2-pin" // false,
       ."tpm2-policy-hash", .tpm2_srk // ""] | map(tostring) | join(" ")' <<<"$header")
  if [ "$unlock" = tpm-pin ]; then wants_pin=true; fi

  if [ "$unlock" = passphrase ]; then
    if [ -n "$tokens" ]; then state=unwanted; else state=off; fi
    return
  fi
  if ! has_tpm; then state='no-tpm'; return; fi
  if [ -z "$tokens" ]; then state='not-enrolled'; return; fi
  read -r bank pcrs has_pin policy serialized <<<"$tokens"
  if [ "$(wc -l <<<"$tokens")" != 1 ] || [ "$pcrs" != "$pcr" ] || [ "$has_pin" != "$wants_pin" ]; then
    state='other-policy'
  elif [ "$policy" != "$(policy_now "$bank" "$has_pin")" ]; then
    state='pcr-changed'
  elif ! is_same_tpm "$serialized"; then
    state='tpm-changed'
  elif [ "$has_pin" = true ]; then
    # Not tried out: each wrong PIN brings the TPM nearer to its lock-out.
    if is_locked_out; then state=locked; else state=ok; fi
  elif cryptsetup open --test-passphrase --token-only --token-type systemd-tpm2 "$device" </dev/null >/dev/null 2>&1; then
    state=ok
  else
    state=refused
  fi
}

# ---- what is said -----------------------------------------------------------------------------------------------------

say_state() {
  case $state:$unlock in
    ok:tpm-pin) echo 'The TPM opens the disk when it is given the right PIN.' ;;
    ok:*) echo 'The TPM opens the disk.' ;;
    off:*) echo 'The TPM is not used: the machine asks for the passphrase.' ;;
    unwanted:*)
      cat <<TEXT
The configuration does not want the TPM to open the disk, but it still has a
key. Take it away:
  systemd-cryptenroll --wipe-slot=tpm2 $device
TEXT
      ;;
    no-tpm:*)
      cat <<TEXT
Linux finds no TPM 2.0 in this machine, so it asks for the passphrase. In the
firmware's settings it may be called TPM, PTT or fTPM, and be turned off.
TEXT
      ;;
    not-enrolled:*)
      cat <<TEXT
The TPM has no key of this disk: the machine asks for the passphrase. To give
it one:
  keystone tpm re-enroll
TEXT
      ;;
    other-policy:*)
      cat <<TEXT
The TPM's key is not the one that the configuration wants: one key, bound to
PCR $pcr, $(if [ "$unlock" = tpm-pin ]; then echo with; else echo without; fi) a PIN. To set it right:
  keystone tpm re-enroll
TEXT
      ;;
    pcr-changed:*)
      cat <<TEXT
PCR $pcr is not what it was when the TPM was enrolled: Secure Boot was turned on
or off, its keys were changed, the firmware was updated, or the machine was
started from something else. It asks for the passphrase. When you know why,
enrol the TPM again; when you do not, find out first:
  keystone tpm re-enroll
TEXT
      ;;
    tpm-changed:*)
      cat <<TEXT
The TPM was cleared, or it is another one than was enrolled: the machine asks
for the passphrase. When you know why, enrol it again; when you do not, find
out first:
  keystone tpm re-enroll
TEXT
      ;;
    locked:*)
      cat <<TEXT
The TPM is locked after too many wrong PINs. It opens again by itself after
some hours. The passphrase works all the time.
TEXT
      ;;
    refused:*)
      cat <<TEXT
The TPM did not give the key, although it is the same TPM and PCR $pcr is what it
was. To enrol it again:
  keystone tpm re-enroll
TEXT
      ;;
  esac
}

# before | after: where the empty line goes that sets it apart. Says nothing where there is nothing to say.
say_protection() {
  local text
  if is_empty_pcr "$(pcr_value sha256)"; then
    text="PCR $pcr is empty: the firmware tells the TPM nothing about Secure Boot. The TPM
protects a disk that is taken out of the machine. It does not protect the
machine from somebody who starts another system on it."
  elif [ "$(secure_boot)" != on ]; then
    text='Secure Boot is off: the TPM protects a disk that is taken out of the machine.
Somebody who has the whole machine can start another system on it, and the TPM
gives that the key, too'
    if [ "$unlock" = tpm-pin ]; then text+=', once the PIN is known.'; else text+='.'; fi
  else
    return 0
  fi
  if [ "$1" = before ]; then printf '\n%s\n' "$text"; else printf '%s\n\n' "$text"; fi
}

state_code() { case $state in ok | off) echo 0 ;; no-tpm) echo 3 ;; *) echo 4 ;; esac; }

tpm_status() {
  local as_json='' slot kind
  case "$#:${1-}" in 0:) ;; 1:--json) as_json=1 ;; *) fail 2 "tpm status knows --json only, not: $*" ;; esac
  look
  if [ -n "$as_json" ]; then
    jq -n --arg device "$device" --arg unlock "$unlock" --arg secureBoot "$(secure_boot)" --arg state "$state" \
      --arg keys "$keys" '{device: $device, unlock: $unlock, secureBoot: $secureBoot, state: $state,
        keys: [$keys | split("\n")[] | capture("^(?<slot>[0-9]+) (?<kind>.*)$") | .slot |= tonumber]}'
  else
    echo "Volume       $device"
    while read -r slot kind; do printf 'Key slot %-3s %s\n' "$slot" "$kind"; done <<<"$keys"
    echo "Secure Boot  $(secure_boot)"
    echo
    say_state
    case $unlock:$state in
      passphrase:* | *:no-tpm) ;;
      *) say_protection before ;;
    esac
  fi
  return "$(state_code)"
}

# ---- what is done -----------------------------------------------------------------------------------------------------

tpm_re_enroll() {
  local by=() new=(--tpm2-device="$tpm" --tpm2-pcrs="$pcr")
  # By the TPM itself, without asking: for the phase first-boot, when the TPM has just opened the disk.
  case "$#:${1-}" in
    0:) ;;
    1:--by-tpm) by=(--unlock-tpm2-device="$tpm") ;;
    *) fail 2 "tpm re-enroll takes nothing more, not: $*" ;;
  esac
  if [ "$unlock" = passphrase ]; then
    fail 3 'the configuration does not want the TPM to open the disk. Set' \
      'keystone.tpm.unlock = true; in it and rebuild, then call this again.'
  fi
  if [ "${#by[@]}" -gt 0 ] && [ "$unlock" = tpm-pin ]; then fail 2 '--by-tpm cannot know the PIN.'; fi
  look
  case $unlock:$state in
    *:no-tpm) fail 3 'Linux finds no TPM 2.0 in this machine.' ;;
    tpm:ok)
      echo "$(say_state) There is nothing to do."
      return 0
      ;;
  esac
  if [ "$unlock" = tpm-pin ]; then new+=(--tpm2-with-pin=yes); fi
  if [ "${#by[@]}" -eq 0 ]; then
    say_protection after
    echo 'Type the passphrase, or the recovery key with its dashes.'
    if [ "$unlock" = tpm-pin ]; then echo 'Then think of a new PIN, and type it twice.'; fi
  fi
  case $unlock:$state in
    tpm:tpm-changed | tpm:refused)
      # systemd-cryptenroll takes a key of the same policy for a good one and would do nothing. This one is dead.
      systemd-cryptenroll --wipe-slot=tpm2 "$device" || fail 4 "the TPM's old key could not be removed."
      ;;
  esac
  # In one call: the new key is there before the old one goes. Passphrase and recovery key are not touched.
  systemd-cryptenroll "${by[@]}" "${new[@]}" --wipe-slot=tpm2 "$device" ||
    fail 4 'the TPM was not enrolled. Passphrase and recovery key work as before.'
  look
  say_state
  return "$(state_code)"
}

case ${1-} in
  -h | --help | help)
    usage
    exit 0
    ;;
  tpm) ;;
  '')
    usage >&2
    exit 2
    ;;
  *) fail 2 "there is no command $1. keystone --help shows what there is." ;;
esac

case ${2-} in
  -h | --help)
    usage
    exit 0
    ;;
  status | re-enroll) ;;
  '')
    usage >&2
    exit 2
    ;;
  *) fail 2 "there is no command tpm $2. keystone --help shows what there is." ;;
esac
[ "$(id -u)" = 0 ] || fail 2 "only root can look at the keys: sudo keystone tpm $2"
[ -n "$device" ] || fail 3 'the disk is not encrypted, so there is no key that a TPM could keep.'
"tpm_${2//-/_}" "${@:3}"
