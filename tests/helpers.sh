# shellcheck shell=bash
# What the shell tests have in common, to be sourced: where things lie, a folder for the test's files, how a test fails or is skipped, and
# how it calls the program, which it names in $octet.
# In a pipe, grep reads to the end (>/dev/null, not -q): what writes would be ended by SIGPIPE, which pipefail takes for a failure.
root=$(realpath "$(dirname "${BASH_SOURCE[0]}")/..")
demo=$root/demo
cfg=$demo/yolo-fastest-1.1-xl/yolo-fastest-1.1-xl.cfg
work=$(mktemp -d)
failures=0

# A test in which something failed ends with status 1, wherever it ends.
finish() {
  local status=$?
  rm -rf "$work"
  [ "$failures" -eq 0 ] || exit 1
  exit "$status"
}
trap finish EXIT

# fail MESSAGE: counts, and the test goes on. die MESSAGE: ends it, where nothing that follows could be tried.
fail() {
  echo "FAILED: $*" >&2
  failures=$((failures + 1))
}
die() {
  fail "$@"
  exit 1
}

# skip MESSAGE: ends the test as one that cannot run here, which ctest and scripts/run_tests say.
skip() {
  echo "SKIPPED: $*" >&2
  exit 77
}

# must VERB ARGUMENTS...: octet ends with status 0. What it prints is in $work/stdout and $work/stderr.
must() {
  "$octet" "$@" >"$work/stdout" 2>"$work/stderr" || fail "octet $*: $(cat "$work/stderr")"
}

# expect STATUS WORD VERB ARGUMENTS...: octet ends so, with one line that begins "error:" and has WORD in it, and writes no file to
# $work/bad, the output folder of every bad command.
expect() {
  local expected=$1 word=$2 status=0
  shift 2
  rm -rf "$work/bad"
  "$octet" "$@" >"$work/stdout" 2>"$work/stderr" || status=$?
  [ "$status" -eq "$expected" ] || fail "status $status, not $expected: octet $*: $(cat "$work/stderr")"
  [ "$(grep -c '^error:' "$work/stderr")" -eq 1 ] || fail "not one line begins with 'error:': octet $*: $(cat "$work/stderr")"
  grep '^error:' "$work/stderr" | grep -iF -e "$word" >/dev/null || fail "the error does not name '$word': octet $*: $(cat "$work/stderr")"
  if grep -q '^error:' "$work/stdout"; then fail "the error went to standard output: octet $*"; fi
  if [ -e "$work/bad" ] && [ -n "$(find "$work/bad" -type f)" ]; then fail "left behind: $(find "$work/bad" -type f): octet $*"; fi
}
