#!/usr/bin/env bash
# A file of a GitHub release must be smaller than 2 GiB, and an ISO can be larger: such a file becomes numbered parts.
set -euo pipefail
source "${0%"${0##*/}"}./preamble.sh"

usage() {
  printf '%s\n' "usage: $script [--limit BYTES] [DIR]" \
    'Replaces every file of DIR (out/release) that has BYTES (2147483648) or more by parts: NAME.part-00, …' \
    'NAME.sha256 beside them is for the whole. A person puts them together with:' \
    '  cat NAME.part-* > NAME && sha256sum -c NAME.sha256'
}

limit=2147483648
out=$root/out/release
while (($# > 0)); do
  case $1 in
    --help | -h) usage && exit 0 ;;
    --limit)
      limit=${2-}
      [[ $limit =~ ^[1-9][0-9]{0,15}$ ]] && ((limit > 1)) || fail 2 '--limit needs a number of bytes, 2 or more'
      shift 2
      ;;
    -*) fail 2 "there is no option $1" "$script --help lists them" ;;
    *) out=$1 && shift ;;
  esac
done

need sha256sum 'makes the checksum of the whole file' 'install GNU coreutils'
need split 'divides the file' 'install GNU coreutils'
[[ -d $out ]] || fail 2 "there is no folder $out"
cd -- "$out"
shopt -s nullglob
for file in *; do
  [[ -f $file ]] || continue
  size=$(stat -c %s -- "$file")
  ((size >= limit)) || continue
  sha256sum -- "$file" >"$file.sha256"
  split --bytes=$((limit - 1)) --numeric-suffixes --suffix-length=2 -- "$file" "$file.part-"
  rm -- "$file"
  say "divided $file ($size bytes)"
done
