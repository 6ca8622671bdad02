#!/usr/bin/env bash
# check and quantize, killed at random moments and resumed, give the bytes of a run that nobody ended.
#   killed_runs_test.sh OCTET [MOMENTS, 3] [DATA, the demonstration's] [SEED, 1]
set -euo pipefail
source "$(dirname "$0")/helpers.sh"

octet=$(realpath "$1")
moments=${2:-3}
data=${3:-$demo/coco}
RANDOM=${4:-1}

must convert "$cfg" --output "$work/fp32"
fp32=$(find "$work/fp32" -name '*.xml')

# timed COMMAND...: sets $seconds.
timed() {
  local start
  start=$(date +%s%N)
  "$@" >"$work/stdout" 2>"$work/stderr" || die "$*: $(cat "$work/stderr")"
  seconds=$(awk "BEGIN { print ($(date +%s%N) - $start) / 1e9 }")
}
# killed COMMAND...: at some moment of the $seconds that it takes, and gone when this returns.
killed() {
  "$@" >/dev/null 2>&1 &
  local process=$!
  sleep "$(awk "BEGIN { print $seconds * $RANDOM / 32768 }")"
  kill -KILL "$process" 2>/dev/null || true
  wait "$process" 2>/dev/null || true
}

timed "$octet" quantize "$fp32" --data "$data" --threads 1 --recipe plain --output "$work/int8"
int8=$(find "$work/int8" -name '*.xml')
kept=0
for ((i = 0; i < moments; ++i)); do
  quantize=("$octet" quantize "$fp32" --data "$data" --threads 1 --recipe plain --output "$work/again$i" --resume "$work/quantize$i" --json)
  killed "${quantize[@]}"
  must "${quantize[@]:1}"
  grep -qE '"resumed_images":[1-9]' "$work/stdout" && kept=$((kept + 1))
  again=$(find "$work/again$i" -name '*.xml')
  cmp "$int8" "$again" && cmp "${int8%.xml}.bin" "${again%.xml}.bin" || fail "quantize, killed and resumed, makes another model"
done
echo "quantize: $moments kills in $seconds s, $kept of them with pictures kept"

# A search takes longer, and is killed a third as often.
searches=$(((moments + 2) / 3))
timed "$octet" quantize "$fp32" --data "$data" --subset 12 --threads 1 --min-fidelity 97 --output "$work/walked"
walked=$(find "$work/walked" -name '*.xml')
kept=0
for ((i = 0; i < searches; ++i)); do
  quantize=("$octet" quantize "$fp32" --data "$data" --subset 12 --threads 1 --min-fidelity 97 --output "$work/walk$i" --resume "$work/search$i" --json)
  killed "${quantize[@]}"
  must "${quantize[@]:1}"
  grep -qE '"resumed_trials":[1-9]' "$work/stdout" && kept=$((kept + 1))
  again=$(find "$work/walk$i" -name '*.xml')
  cmp "$walked" "$again" && cmp "${walked%.xml}.bin" "${again%.xml}.bin" || fail "a search, killed and resumed, makes another model"
done
must "${quantize[@]:1}"
grep -qE '"resumed_trials":[1-9]' "$work/stdout" || fail "a search that has ended keeps nothing"
echo "quantize --min-fidelity: $searches kills in $seconds s, $kept of them with trials kept"

timed "$octet" check "$fp32" "$int8" --data "$data" --threads 1 --json
tail -n 1 "$work/stdout" | sed 's/,"\(seconds\|wall_s\|peak_mb\)":[0-9.]*//g' >"$work/whole"
kept=0
for ((i = 0; i < moments; ++i)); do
  check=("$octet" check "$fp32" "$int8" --data "$data" --threads 1 --resume "$work/check$i" --json)
  killed "${check[@]}"
  must "${check[@]:1}"
  grep -qE '"resumed_images":[1-9]' "$work/stdout" && kept=$((kept + 1))
  tail -n 1 "$work/stdout" | sed 's/,"\(resumed_images\|seconds\|wall_s\|peak_mb\)":[0-9.]*//g' | cmp - "$work/whole" ||
    fail "check, killed and resumed, says something else"
done
echo "check: $moments kills in $seconds s, $kept of them with pictures kept"
