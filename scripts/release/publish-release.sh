#!/usr/bin/env bash
# Publishes the files of a folder as the GitHub release of a tag.
set -euo pipefail
source "${0%"${0##*/}"}./preamble.sh"

usage() {
  printf '%s\n' "usage: $script [--dry-run] TAG [DIR]" \
    'Makes the GitHub release TAG with every file of DIR (out/release). DIR needs a SHA256SUMS that is right' \
    'and names every file. Refuses a checkout that is not exactly TAG (check-tag.sh).' \
    '  --dry-run   check everything, then print the command instead of running it' \
    'gh must be logged in, or GH_TOKEN set to a token that may write the contents of the repository.'
}

dry_run=false
words=()
while (($# > 0)); do
  case $1 in
    --help | -h) usage && exit 0 ;;
    --dry-run) dry_run=true ;;
    -*) fail 2 "there is no option $1" "$script --help lists them" ;;
    *) words+=("$1") ;;
  esac
  shift
done
((${#words[@]} == 1 || ${#words[@]} == 2)) || { usage >&2 && exit 2; }
tag=${words[0]}
out=${words[1]-$root/out/release}

$dry_run || need gh 'makes the release' 'install the GitHub CLI: https://cli.github.com'
need sha256sum 'checks the files' 'install GNU coreutils'
"$BASH" "$root/scripts/release/check-tag.sh" "$tag"

[[ -f $out/SHA256SUMS ]] || fail 1 "$out/SHA256SUMS is missing" "scripts/release/make-checksums.sh $out"
(cd -- "$out" && sha256sum --check --strict --quiet SHA256SUMS) ||
  fail 1 'the checksums are not those of the files' 'build the release again'
sums=$(<"$out/SHA256SUMS")
files=()
for file in "$out"/*; do
  name=${file##*/}
  [[ $name == SHA256SUMS || $'\n'$sums$'\n' == *"  $name"$'\n'* ]] ||
    fail 1 "SHA256SUMS does not name $name" "scripts/release/make-checksums.sh $out"
  files+=("$file")
done

# --verify-tag: never let gh make a tag of its own at whatever the default branch is now.
command=(gh release create "$tag" --verify-tag --title "Keystone ${tag#v}" --generate-notes "${files[@]}")
# A version like 1.0.0-rc.1 is not what people should be offered as the latest.
[[ $tag != *-* ]] || command+=(--prerelease)
if $dry_run; then
  printf '%q ' "${command[@]}"
  printf '\n'
else
  cd -- "$root"
  "${command[@]}"
fi
