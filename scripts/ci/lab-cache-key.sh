#!/usr/bin/env bash
# Tells under which key the slow half of the lab image is kept: the hash of its recipe.
set -euo pipefail
source "${0%"${0##*/}"}./../release/preamble.sh"

usage() {
  printf '%s\n' "usage: $script" \
    'Prints base=<hash>: what base-<hash>.tar.zst in the cache of the lab is called for the present recipe.' \
    'Also appends it to the file GITHUB_OUTPUT names, where that is set.'
}

case ${1-} in
  --help | -h) usage && exit 0 ;;
  ?*) usage >&2 && exit 2 ;;
esac

need_packages
line=$("$node24" --input-type=module -e \
  'const { readRecipe } = await import(process.argv[1]); console.log(`base=${(await readRecipe()).baseHash}`)' \
  "$root/e2e/lab/recipe.ts")
printf '%s\n' "$line"
[[ -z ${GITHUB_OUTPUT-} ]] || printf '%s\n' "$line" >>"$GITHUB_OUTPUT"
