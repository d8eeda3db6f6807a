#!/usr/bin/env bash
# Builds the live image: out/iso/keystone-<version>-x86_64.iso, with its checksum and the lock file of its versions.
# Needs Nix 2.18 or newer, a network, about 15 GB of disk and, the first time, an hour.
set -euo pipefail
source "${BASH_SOURCE[0]%/*}/release/preamble.sh"
source "${BASH_SOURCE[0]%/*}/iso-nix.sh"

usage() {
  printf '%s\n' "usage: $script [--stage-only DIR] [DIR]" \
    'Builds the live image into DIR (out/iso). iso/flake.lock, when it is there, says of what; else the newest of the' \
    'release, and DIR/flake.lock says which that was.' \
    '  --stage-only DIR   only lay out what the image is built from, in DIR; needs no Nix'
}

out=$root/out/iso
while (($# > 0)); do
  case $1 in
    --help | -h) usage && exit 0 ;;
    --stage-only)
      [[ -n ${2-} ]] || fail 2 '--stage-only needs a folder'
      exec "$root/scripts/iso-stage.sh" "${@:2}"
      ;;
    -*) fail 2 "there is no option $1" "$script --help lists them" ;;
    *) out=$1 && shift ;;
  esac
done

need_nix
version=$(project_version)
work=$(mktemp -d)
trap 'rm -rf -- "$work"' EXIT

"$root/scripts/iso-stage.sh" "$work/stage"
lock_inputs "$work/stage"
run_nix build --print-build-logs --no-update-lock-file --out-link "$work/result" "path:$work/stage#iso"

name=keystone-$version-x86_64.iso
mkdir -p -- "$out"
images=("$work"/result/iso/*.iso)
[[ ${#images[@]} == 1 && -f ${images[0]} ]] || fail 1 "the build made no single image: ${images[*]}"
cp --no-preserve=mode -- "${images[0]}" "$out/$name"
(cd -- "$out" && sha256sum -- "$name" >"$name.sha256")
cp -- "$work/stage/flake.lock" "$out/flake.lock"
say "made $out/$name"
[[ -f $root/iso/flake.lock ]] ||
  printf '  %s\n' "its versions are in $out/flake.lock; kept as iso/flake.lock they stay the same next time" >&2
