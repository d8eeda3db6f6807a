# shellcheck shell=bash
# Read by the scripts that need Nix for the live image, after release/preamble.sh: is Nix here, and the versions it uses.

run_nix() { nix --extra-experimental-features 'nix-command flakes' "$@"; }

# Flakes as they are used here (path:, --no-update-lock-file, `nix copy --stdin`) work from 2.18 on.
need_nix() {
  local -a help=('install Nix 2.18 or newer: https://nixos.org/download'
    'npm run try shows the whole installation in a virtual machine, without an ISO')
  need nix 'builds the live image' "${help[@]}"
  local said
  said=$(nix --version)
  # "nix (Nix) 2.31.1"; other makers write other words before the number.
  local number=${said##* }
  [[ $number =~ ^([0-9]+)\.([0-9]+) ]] || fail 3 "the version of Nix is not clear: $said" "${help[@]}"
  ((BASH_REMATCH[1] > 2 || (BASH_REMATCH[1] == 2 && BASH_REMATCH[2] >= 18))) ||
    fail 3 "Nix $number is too old for this" "${help[@]}"
}

# lock_inputs STAGE: the versions of nixpkgs, disko and lanzaboote for the image and for the machines that it installs.
lock_inputs() {
  [[ -e $1/flake.lock ]] && return
  say 'choosing the versions of nixpkgs, disko and lanzaboote'
  run_nix flake lock "path:$1"
  cp -- "$1/flake.lock" "$1/bundle/templates/etc/nixos/flake.lock"
}
