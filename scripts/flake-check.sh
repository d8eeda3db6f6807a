#!/usr/bin/env bash
# `nix flake check` of the live image and of every rendered example, with the real nixpkgs: all of it is evaluated to the
# last derivation, parsed and checked for its format. Little is built. Needs Nix 2.18 or newer and a network.
set -euo pipefail
source "${BASH_SOURCE[0]%/*}/release/preamble.sh"
source "${BASH_SOURCE[0]%/*}/iso-nix.sh"

case ${1-} in
  '') ;;
  --help | -h)
    printf '%s\n' "usage: $script" 'Evaluates and checks the live image and all rendered examples with nix flake check.'
    exit 0
    ;;
  *) fail 2 "one word too many: $1" "$script --help shows how" ;;
esac

need_nix
work=$(mktemp -d)
trap 'rm -rf -- "$work"' EXIT

"$root/scripts/iso-stage.sh" "$work/stage"
lock_inputs "$work/stage"
run_nix flake check --print-build-logs --no-update-lock-file "path:$work/stage"
say 'all checks passed'
