#!/usr/bin/env bash
# Proves that the live image holds what an installation needs: builds a host that is on no image, in a store that has
# nothing but the image's closure, offline. Needs Nix 2.18 or newer, a network before that, and 20 GB of disk.
set -euo pipefail
source "${BASH_SOURCE[0]%/*}/release/preamble.sh"
source "${BASH_SOURCE[0]%/*}/iso-nix.sh"

case ${1-} in
  '') ;;
  --help | -h)
    printf '%s\n' "usage: $script" "Builds a host offline from what the live image holds."
    exit 0
    ;;
  *) fail 2 "one word too many: $1" "$script --help shows how" ;;
esac

need_nix
need_packages
work=$(mktemp -d)
# What is in a Nix store is read-only.
trap 'chmod -R u+w -- "$work" && rm -rf -- "$work"' EXIT

"$root/scripts/iso-stage.sh" "$work/stage"
lock_inputs "$work/stage"
run_nix build --print-build-logs --no-update-lock-file --out-link "$work/closure" "path:$work/stage#offline-closure"
run_nix copy --no-check-sigs --to "$work/store" --stdin <"$work/closure/store-paths"

case_folder=$root/src/testing/cases/default
sed 's/^\(  hostName: \).*/\1not-on-the-image/; s/^\(  userName: \).*/\1somebody/' "$case_folder/answers.yaml" >"$work/answers.yaml"
"$node24" "$work/stage/bundle/keystone.mjs" render --answers "$work/answers.yaml" \
  --machine "$(<"$case_folder/machine.txt")" --out "$work/rendered"

run_nix build --store "$work/store" --offline --option substituters '' --option flake-registry '' \
  --no-update-lock-file --no-link --print-build-logs \
  "path:$work/rendered/etc/nixos#nixosConfigurations.not-on-the-image.config.system.build.toplevel"
say 'a host that is not on the image was built from it, offline'
