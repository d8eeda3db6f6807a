#!/usr/bin/env bash
# Lays out the folder that the live image is built from. A flake sees only its own folder, so what it is made of (the
# bundle, the rendered examples, the version) is put beside it. Needs no Nix.
set -euo pipefail
source "${BASH_SOURCE[0]%/*}/release/preamble.sh"

usage() {
  printf '%s\n' "usage: $script [--bundle DIST] DIR" \
    'Puts the flake of the live image, the installer and the rendered examples into DIR (new or empty).' \
    '  --bundle DIST   use this bundle instead of building one'
}

bundle=
stage=
while (($# > 0)); do
  case $1 in
    --help | -h) usage && exit 0 ;;
    --bundle)
      bundle=${2-}
      [[ -n $bundle ]] || fail 2 '--bundle needs a folder'
      shift 2
      ;;
    -*) fail 2 "there is no option $1" "$script --help lists them" ;;
    *)
      [[ -z $stage ]] || fail 2 "one word too many: $1"
      stage=$1
      shift
      ;;
  esac
done
[[ -n $stage ]] || fail 2 'it needs the folder to fill' "$script --help shows how"
if [[ -e $stage ]]; then
  [[ -d $stage ]] || fail 2 "$stage is not a folder"
  [[ -z $(find "$stage" -mindepth 1 -print -quit) ]] || fail 2 "$stage is not empty" 'name a folder that is new or empty'
fi
[[ -z $bundle || -f $bundle/keystone.mjs ]] || fail 2 "there is no bundle in $bundle" 'npm run build makes one in dist'

mkdir -p -- "$stage"
stage=$(cd -- "$stage" && pwd)
cp -R -- "$root"/iso/*.nix "$root/iso/programs.json" "$root/iso/units" "$stage/"
project_version >"$stage/version"

for flake in "$root"/src/testing/cases/*/rendered/etc/nixos/flake.nix; do
  rendered=${flake%/etc/nixos/flake.nix}
  name=${rendered%/rendered}
  mkdir -p -- "$stage/cases"
  cp -R -- "$rendered" "$stage/cases/${name##*/}"
done

if [[ -n $bundle ]]; then
  cp -R -- "$bundle" "$stage/bundle"
else
  need_packages
  "$node24" --input-type=module -e 'const { build } = await import(process.argv[2]); await build(process.argv[1])' \
    "$stage/bundle" "$root/scripts/build.mjs"
fi
# One lock file: the image's inputs are the installed machine's.
if [[ -f $root/iso/flake.lock ]]; then
  cp -- "$root/iso/flake.lock" "$stage/flake.lock"
  cp -- "$root/iso/flake.lock" "$stage/bundle/templates/etc/nixos/flake.lock"
fi
# The modes of a checkout depend on the umask of who made it.
chmod -R u=rwX,go=rX -- "$stage"
