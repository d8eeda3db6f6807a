#!/usr/bin/env bash
# Writes DIR/SHA256SUMS over every file of DIR, and reads it back.
set -euo pipefail
source "${0%"${0##*/}"}./preamble.sh"

usage() {
  printf '%s\n' "usage: $script [DIR]" \
    'Writes DIR/SHA256SUMS over every other file in DIR (DIR: out/release), and checks it.' \
    'A person who has downloaded the files checks them with: sha256sum -c SHA256SUMS'
}

out=$root/out/release
case ${1-} in
  --help | -h) usage && exit 0 ;;
  -*) fail 2 "there is no option $1" "$script --help tells more" ;;
  ?*) out=$1 ;;
esac

need sha256sum 'makes the checksums' 'install GNU coreutils'
[[ -d $out ]] || fail 2 "there is no folder $out"
cd -- "$out"
shopt -s nullglob
files=()
# In byte order, whatever the language here: the same files give the same list.
LC_ALL=C
for file in *; do
  [[ $file == SHA256SUMS ]] && continue
  [[ -f $file ]] || fail 1 "$file is not a plain file" 'only files belong into a release'
  files+=("$file")
done
((${#files[@]} > 0)) || fail 1 "there is nothing in $out"
sha256sum -- "${files[@]}" >SHA256SUMS.new
mv -- SHA256SUMS.new SHA256SUMS
sha256sum --check --strict --quiet SHA256SUMS
say "made SHA256SUMS over ${#files[@]} files"
