#!/usr/bin/env bash
# Lists what is in a bundle, as CycloneDX and SPDX: npm's SBOM, of which only the bundled packages are kept.
set -euo pipefail
source "${0%"${0##*/}"}./preamble.sh"

usage() {
  printf '%s\n' "usage: $script [DIR]" \
    'Writes DIR/keystone-<version>.cdx.json (CycloneDX) and .spdx.json (SPDX) for the bundle' \
    'DIR/keystone-<version>.tar.gz, which make-bundle.sh makes (DIR: out/release).' \
    'They list the npm packages inside the bundle; not Node, not the ISO, not the container.'
}

out=$root/out/release
case ${1-} in
  --help | -h) usage && exit 0 ;;
  -*) fail 2 "there is no option $1" "$script --help tells more" ;;
  ?*) out=$1 ;;
esac

need tar 'reads the bundle' 'install GNU tar'
version=$(project_version)
name=keystone-$version
[[ -f $out/$name.tar.gz ]] ||
  fail 3 "$out/$name.tar.gz is missing" "make it first: scripts/release/make-bundle.sh $out"
epoch=$(source_date)
need_packages

work=$(mktemp -d)
trap 'rm -rf -- "$work"' EXIT
tar -xzOf "$out/$name.tar.gz" "$name/bundled-packages.json" >"$work/packages.json"
for format in cyclonedx spdx; do
  # npm reads package-lock.json and node_modules only; it asks no server.
  (cd "$root" && npm sbom --offline --loglevel=error --sbom-format="$format") >"$work/npm-$format.json" ||
    fail 1 'npm could not list the installed packages' 'run npm ci, then try again'
  "$node24" "$root/scripts/release/write-sbom.ts" "$format" "$work/npm-$format.json" "$work/packages.json" "$epoch" \
    >"$work/$format.json"
done
mv -- "$work/cyclonedx.json" "$out/$name.cdx.json"
mv -- "$work/spdx.json" "$out/$name.spdx.json"
say "made $out/$name.cdx.json and $out/$name.spdx.json"
