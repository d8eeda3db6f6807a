#!/usr/bin/env bash
# Builds the container image of the tools that need no machine, and tries it.
set -euo pipefail
source "${0%"${0##*/}"}./preamble.sh"

usage() {
  printf '%s\n' "usage: $script [--engine podman|docker] [--save DIR]" \
    'Builds keystone:<version> from scripts/container/Containerfile and tries it: --version, check.' \
    '  --engine NAME   podman or docker; without it podman, if it is there, else docker' \
    '  --save DIR      also write DIR/keystone-<version>-container.tar.gz, for podman load or docker load' \
    'It needs the network: the base image and the package xorriso.'
}

engine=
save=
while (($# > 0)); do
  case $1 in
    --help | -h) usage && exit 0 ;;
    --engine | --save)
      [[ -n ${2-} ]] || fail 2 "$1 needs a value"
      if [[ $1 == --engine ]]; then engine=$2; else save=$2; fi
      shift 2
      ;;
    *) fail 2 "there is no option $1" "$script --help lists them" ;;
  esac
done

case $engine in
  podman | docker) need "$engine" 'builds the image' ;;
  '')
    for name in podman docker; do
      if [[ -z $engine ]] && command -v "$name" >/dev/null 2>&1; then engine=$name; fi
    done
    [[ -n $engine ]] || fail 3 'neither podman nor docker is here; one of them builds the image' 'install podman'
    ;;
  *) fail 2 "--engine is podman or docker, not $engine" ;;
esac
"$engine" version >/dev/null 2>&1 ||
  fail 3 "$engine is here, but does not answer" "look at what '$engine version' says; docker needs its daemon running"

version=$(project_version)
epoch=$(source_date)
work=$(mktemp -d)
trap 'rm -rf -- "$work"' EXIT
"$BASH" "$root/scripts/release/make-bundle.sh" --dist "$work/context/keystone" "$work"
cp -- "$root/scripts/container/Containerfile" "$work/context/"

image=keystone:$version
"$engine" build --file "$work/context/Containerfile" --build-arg "VERSION=$version" \
  --build-arg "SOURCE_DATE_EPOCH=$epoch" --tag "$image" "$work/context"

# Tried as it should be used: no network, nothing writable, not root.
try() { "$engine" run --rm --network=none --read-only --cap-drop=ALL "$image" "$@"; }
answer=$(try --version)
[[ $answer == "keystone $version" ]] || fail 1 "the image says '$answer', not 'keystone $version'"
try check /opt/keystone/answers.example.yaml

if [[ -n $save ]]; then
  mkdir -p -- "$save"
  "$engine" save "$image" | gzip -n -9 >"$work/image.tar.gz"
  mv -- "$work/image.tar.gz" "$save/keystone-$version-container.tar.gz"
fi
say "built and tried $image"
