#!/usr/bin/env bash
# May this checkout be released under this tag? Nothing is changed.
set -euo pipefail
source "${0%"${0##*/}"}./preamble.sh"

usage() {
  printf '%s\n' "usage: $script TAG" \
    'Ends with 0 when TAG is v<version of package.json>, names the commit that is checked out,' \
    'and nothing in the checkout is changed or left over.'
}

case ${1-} in
  --help | -h) usage && exit 0 ;;
  '' | -*) usage >&2 && exit 2 ;;
esac
tag=$1

version=$(project_version)
[[ $tag == "v$version" ]] ||
  fail 1 "the tag is $tag, but package.json has version $version" "tag it v$version, or change package.json first"
need git 'compares the tag with the checkout' 'install git'
cd -- "$root"
commit=$(git rev-parse --verify --quiet "refs/tags/$tag^{commit}") ||
  fail 1 "there is no tag $tag in this checkout" "git fetch --tags, or: git tag --sign $tag"
head=$(git rev-parse --verify HEAD)
[[ $commit == "$head" ]] ||
  fail 1 "tag $tag is commit ${commit:0:12}, but ${head:0:12} is checked out" "git checkout $tag"
changes=$(git status --porcelain)
[[ -z $changes ]] || fail 1 'the checkout has changes that the tag does not have:' "${changes//$'\n'/$'\n'  }"
say "$tag is what is checked out"
