#!/usr/bin/env bash
# Builds the installer and packs it: DIR/keystone-<version>.tar.gz, the same bytes for the same commit.
set -euo pipefail
source "${0%"${0##*/}"}./preamble.sh"

usage() {
  printf '%s\n' "usage: $script [--dist DIST] [DIR]" \
    'Builds the installer and packs it as DIR/keystone-<version>.tar.gz (DIR: out/release).' \
    'The same commit gives the same bytes; SOURCE_DATE_EPOCH overrides the time of the files.' \
    '  --dist DIST   leave the unpacked bundle in DIST too (it must not exist)'
}

dist=
out=$root/out/release
while (($# > 0)); do
  case $1 in
    --help | -h) usage && exit 0 ;;
    --dist)
      dist=${2-}
      [[ -n $dist ]] || fail 2 '--dist needs a folder'
      shift 2
      ;;
    -*) fail 2 "there is no option $1" "$script --help lists them" ;;
    *) out=$1 && shift ;;
  esac
done
[[ -z $dist || ! -e $dist ]] || fail 2 "$dist exists already" 'name a folder that does not'

need tar 'packs the bundle' 'install GNU tar'
need gzip 'compresses the bundle' 'install gzip'
epoch=$(source_date)
version=$(project_version)
need_packages

work=$(mktemp -d)
trap 'rm -rf -- "$work"' EXIT
name=keystone-$version

"$node24" --input-type=module -e 'const { build } = await import(process.argv[2]); await build(process.argv[1])' \
  "$work/$name" "$root/scripts/build.mjs"
cp -- "$root/src/testing/cases/default/answers.yaml" "$work/$name/answers.example.yaml"
if [[ -f $root/LICENSE ]]; then cp -- "$root/LICENSE" "$work/$name/"; fi
# The modes of a checkout depend on the umask of who made it.
chmod -R u=rwX,go=rX -- "$work/$name"

mkdir -p -- "$out"
LC_ALL=C tar -C "$work" --sort=name --format=ustar --owner=0 --group=0 --numeric-owner --mtime="@$epoch" \
  -cf "$work/bundle.tar" "$name"
gzip -n -9 <"$work/bundle.tar" >"$work/bundle.tar.gz"
mv -- "$work/bundle.tar.gz" "$out/$name.tar.gz"
if [[ -n $dist ]]; then
  mkdir -p -- "$(dirname -- "$dist")"
  mv -- "$work/$name" "$dist"
fi
say "made $out/$name.tar.gz"
