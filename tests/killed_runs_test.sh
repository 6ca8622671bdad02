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

# quantized_anyway KILLS FIELD OPTIONS...: a quantization, killed so many times and resumed each time, makes the same `model`. `kept`: how
# often FIELD of the answer says that something was known; `quantize`: the last of these commands.
quantized_anyway() {
  local kills=$1 field=$2 i again
  shift 2
  timed "$octet" quantize "$fp32" --data "$data" --threads 1 "$@" --output "$work/$field"
  model=$(find "$work/$field" -name '*.xml')
  kept=0
  for ((i = 0; i < kills; ++i)); do
    quantize=("$octet" quantize "$fp32" --data "$data" --threads 1 "$@" --output "$work/$field$i" --resume "$work/$field-kept$i" --json)
    killed "${quantize[@]}"
    must "${quantize[@]:1}"
    grep -qE "\"$field\":[1-9]" "$work/stdout" && kept=$((kept + 1))
    again=$(find "$work/$field$i" -name '*.xml')
    cmp "$model" "$again" && cmp "${model%.xml}.bin" "${again%.xml}.bin" || fail "quantize $*, killed and resumed, makes another model"
  done
}

quantized_anyway "$moments" resumed_images --recipe plain
int8=$model
echo "quantize: $moments kills in $seconds s, $kept of them with pictures kept"

# A search takes longer, and is killed a third as often.
searches=$(((moments + 2) / 3))
quantized_anyway "$searches" resumed_trials --subset 12 --min-fidelity 97
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
