# shellcheck shell=bash
# Read by the release scripts: what they all say and check first. Only shell built-ins: it must work where nothing else does.
# Exit codes: 2 called wrongly, 3 something is missing here, 1 anything else.

root=$(cd -- "${BASH_SOURCE[0]%/*}/../.." && pwd)
script=${0##*/}

say() { printf '%s: %s\n' "$script" "$1" >&2; }

# fail CODE SENTENCE [WHAT TO DO]…
fail() {
  local code=$1
  shift
  say "$1"
  shift
  local line
  for line in "$@"; do printf '  %s\n' "$line" >&2; done
  exit "$code"
}

# need PROGRAM WHY [WHAT TO DO]
need() {
  command -v "$1" >/dev/null 2>&1 || fail 3 "the program '$1' is missing here; it $2" "${@:3}"
}

# The Node of package-lock.json with all packages; installs them when they are not there.
need_packages() {
  need node 'runs the build' 'install Node 20 or newer'
  need npm 'installs the JavaScript packages' 'install npm'
  node --input-type=module -e 'const { setUp } = await import(process.argv[1]); setUp()' "$root/scripts/set-up.mjs"
  node24=$root/node_modules/.bin/node
}

project_version() {
  local line
  while IFS= read -r line; do
    if [[ $line =~ ^\ \ \"version\":\ \"([0-9A-Za-z.+-]+)\" ]]; then
      printf '%s\n' "${BASH_REMATCH[1]}"
      return
    fi
  done <"$root/package.json"
  fail 1 'package.json has no line with the version'
}

# Seconds since 1970 that every file of a release carries: SOURCE_DATE_EPOCH, else the time of the last commit.
source_date() {
  if [[ -n ${SOURCE_DATE_EPOCH-} ]]; then
    [[ $SOURCE_DATE_EPOCH =~ ^[0-9]{1,12}$ ]] ||
      fail 2 "SOURCE_DATE_EPOCH must be seconds since 1970, not '$SOURCE_DATE_EPOCH'"
    printf '%s\n' "$SOURCE_DATE_EPOCH"
    return
  fi
  need git 'tells the time of the last commit' 'or set SOURCE_DATE_EPOCH to the seconds since 1970'
  git -C "$root" log -1 --format=%ct 2>/dev/null ||
    fail 3 'this is not a git checkout, so the time of the release is not known' \
      'set SOURCE_DATE_EPOCH to the seconds since 1970'
}
