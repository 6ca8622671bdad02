#!/usr/bin/env bash
# Work that several processes share (docs/scale.md): parts and what is made of them, runs that are killed and go on, ranks of mpirun where
# it is installed, and the history of runs.
#   scale_test.sh OCTET
set -euo pipefail
source "$(dirname "$0")/helpers.sh"

octet=$(realpath "$1")

# keep NAME, same NAME WHO: what the last command said is kept; what it says must be what was kept.
keep() { tail -n 1 "$work/stdout" >"$work/$1"; }
same() { [ "$(tail -n 1 "$work/stdout")" = "$(cat "$work/$1")" ] || fail "$2: $(tail -n 1 "$work/stdout") for $(cat "$work/$1")"; }

must convert "$cfg" --output "$work/fp32"
fp32=$(find "$work/fp32" -name '*.xml')
must quantize "$fp32" --data "$demo/coco" --recipe plain --output "$work/int8"
int8=$(find "$work/int8" -name '*.xml')

# --- Parts ---
must check "$fp32" "$int8" --data "$demo/coco" --json
keep whole
for i in 1 2 3; do
  must check "$fp32" "$int8" --data "$demo/coco" --shard $i/3 --output "$work/part$i" --json
  grep -q "\"part\":\"$work/part$i/check-$i-of-3.octetpart\",\"shard\":\"$i/3\",\"images\":12" "$work/stdout" || fail "check --shard says $(cat "$work/stdout")"
done
must merge "$work/part3" "$work/part1" "$work/part2" --json
same whole "merge of three"
# Merging computes nothing, so that any machine will do.
OCTET_ISA=portable must merge "$work"/part? --json
same whole "merge by another instruction set"
if "$octet" check "$fp32" --data "$demo/coco" --infer-precision bf16 --json >"$work/stdout" 2>/dev/null; then  # this CPU has it
  keep bf16
  for i in 1 2; do
    must check "$fp32" --data "$demo/coco" --infer-precision bf16 --shard $i/2 --output "$work/in_bf16"
  done
  OCTET_ISA=portable must merge "$work/in_bf16" --json
  same bf16 "merge by a machine without bf16"
fi
cp -r "$demo/coco" "$work/coco"
must check "$fp32" "$int8" --data "$work/coco" --parts "$work/part1" "$work/part2" "$work/part3" --json
same whole "check --parts of data that was moved"

# Somebody who watches sees accuracy with its interval; the figures are the same.
if command -v script >/dev/null; then
  script --quiet --return --command "'$octet' check '$fp32' '$int8' --data '$demo/coco' --json >'$work/stdout'" /dev/null </dev/null >"$work/bar"
  same whole "a run that somebody watches"
  grep -qE 'check .*% AP [0-9.]+ \([0-9.]+ to [0-9.]+\), drop' "$work/bar" || fail "no accuracy is shown: $(cat "$work/bar")"
fi

expect 3 "part 2/3 is missing" merge "$work/part1" "$work/part3"
expect 3 "part 1/3" merge "$work/part1" "$work/part2" "$work/part1" "$work/part3"
expect 3 "holds no part" merge "$work/part1" "$work/fp32"
expect 2 "--output goes with" merge "$work/part1" "$work/part2" "$work/part3" --output "$work/bad"
SLURM_ARRAY_TASK_ID=2 SLURM_ARRAY_TASK_COUNT=3 must check "$fp32" "$int8" --data "$demo/coco" --limit 20 --shard auto --output "$work/limited"
expect 3 "part 2/3 ($work/limited/check-2-of-3.octetpart) has --limit '20' for 'nothing' of part 1/3" merge "$work/part1" "$work/limited" "$work/part3"
must check "$int8" "$int8" --data "$demo/coco" --shard 2/3 --output "$work/other"
expect 3 "is of another 'yolo-fastest-1.1-xl.xml'" merge "$work/part1" "$work/other" "$work/part3"
OCTET_ISA=portable must check "$fp32" "$int8" --data "$demo/coco" --shard 2/3 --output "$work/portable"
expect 3 "set OCTET_ISA" merge "$work/part1" "$work/portable" "$work/part3"
head -c 5000 "$work/part2/check-2-of-3.octetpart" >"$work/cut.octetpart"
expect 3 "part 2/3 is cut" merge "$work/part1" "$work/cut.octetpart" "$work/part3"
expect 3 "is no part of octet" merge "$cfg"
# The data changed since.
sed 's/"bbox": *\[/"bbox":[ /' "$demo/coco/annotations/instances_val2017.json" >"$work/coco/annotations/instances_val2017.json"
expect 3 "instances_val2017.json" check "$fp32" "$int8" --data "$work/coco" --parts "$work/part1" "$work/part2" "$work/part3"

expect 2 "4/3" check "$fp32" --data "$demo/coco" --shard 4/3 --output "$work/bad"
expect 2 "--output" check "$fp32" --data "$demo/coco" --shard 1/3
expect 2 "neither SLURM_ARRAY_TASK_ID nor JOB_COMPLETION_INDEX" check "$fp32" --data "$demo/coco" --shard auto --output "$work/bad"
expect 2 "--shard" check --annotations "$work/a.json" --results "$work/b.json" --shard 1/2 --output "$work/bad"
expect 2 "--results" detect "$fp32" --data "$demo/coco" --shard 1/2 --results "$work/bad.json" --output "$work/bad"
expect 2 "--explain" quantize "$fp32" --data "$demo/coco" --shard 1/2 --explain "$work/bad.html" --output "$work/bad"
[ ! -e "$work/bad" ] || fail "left behind: $(find "$work/bad")"

# More parts than pictures, and pictures that cannot be read.
mkdir -p "$work/images"
cp $(ls "$demo"/coco/train2017/*.jpg | head -n 4) "$work/images"
echo no picture >"$work/images/000000000001.jpg"
must detect "$fp32" --images "$work/images" --results "$work/whole.json"
for i in 1 2 3 4 5 6 7; do
  JOB_COMPLETION_INDEX=$((i - 1)) JOB_COMPLETIONS=7 must detect "$fp32" --images "$work/images" --shard auto --output "$work/detected"
done
must merge "$work/detected" --output "$work/merged" --json
cmp "$work/whole.json" "$work/merged/results.json" || fail "detect finds other boxes in seven shares"
grep -q '"images":4,' "$work/stdout" || fail "merge of detect says $(cat "$work/stdout")"
grep -q "\"results\":\"$work/merged/results.json\"" "$work/stdout" || fail "merge of detect says $(cat "$work/stdout")"

# The same INT8 model, whoever observed which pictures.
for recipe in plain default; do
  must quantize "$fp32" --images "$work/images" --recipe $recipe --output "$work/$recipe"
  for i in 1 2 3; do
    must quantize "$fp32" --images "$work/images" --recipe $recipe --shard $i/3 --output "$work/stat-$recipe$i" --json
  done
  must merge "$work/stat-$recipe"? --output "$work/merged-$recipe" --json
  grep -q '"images":4,' "$work/stdout" || fail "merge of quantize says $(cat "$work/stdout")"
  (cd "$work/$recipe" && find . -type f -name 'yolo*' ! -name '*.json' -print0 | sort -z | xargs -0 sha256sum) >"$work/expected"
  (cd "$work/merged-$recipe" && find . -type f -name 'yolo*' ! -name '*.json' -print0 | sort -z | xargs -0 sha256sum) >"$work/found"
  cmp "$work/expected" "$work/found" || fail "quantize makes other bytes in three shares, recipe $recipe"
done
expect 2 "--output" merge "$work"/stat-plain?
expect 3 "has --recipe 'default' for 'plain'" merge "$work"/stat-plain[12] "$work/stat-default3" --output "$work/bad"
expect 3 "is of 'quantize' for 'check'" check "$fp32" --data "$demo/coco" --parts "$work"/stat-plain?

# --- Runs that go on ---
must check "$fp32" "$int8" --data "$demo/coco" --threads 1 --json
keep whole
# Wherever a kill ends it, the next run goes on.
journal=$work/state/check-1-of-1.octetjournal
for seconds in 0.1 0.4; do
  "$octet" check "$fp32" "$int8" --data "$demo/coco" --threads 1 --resume "$work/state" >/dev/null 2>&1 &
  sleep $seconds
  kill -KILL $! 2>/dev/null || true
  wait $! 2>/dev/null || true  # until it is gone, and its lock with it
done
must check "$fp32" "$int8" --data "$demo/coco" --threads 1 --resume "$work/state" --json
sed -i 's/,"resumed_images":[0-9]*//' "$work/stdout"
same whole "a run that was killed"
# What a kill leaves.
truncate --size=$(($(stat -c %s "$journal") / 3)) "$journal"
exec 9>>"$journal"
flock 9
expect 1 "another run is at work on it" check "$fp32" "$int8" --data "$demo/coco" --resume "$work/state"
exec 9>&-
must check "$fp32" "$int8" --data "$demo/coco" --threads 1 --resume "$work/state" --json
grep -q 'its last .* bytes are not whole' "$work/stderr" || fail "an end that was cut is not spoken of: $(cat "$work/stderr")"
grep -qE '"resumed_images":[1-9]' "$work/stdout" || fail "nothing was kept: $(cat "$work/stdout")"
sed -i 's/,"resumed_images":[0-9]*//' "$work/stdout"
same whole "a run whose journal was cut"
must check "$fp32" "$int8" --data "$demo/coco" --threads 1 --resume "$work/state" --json
grep -q '"resumed_images":36' "$work/stdout" || fail "a run that was done is done again: $(cat "$work/stdout")"
expect 3 "has --limit 'nothing' for '3'" check "$fp32" "$int8" --data "$demo/coco" --limit 3 --resume "$work/state"
echo "mine" >"$work/state/detect-1-of-1.octetjournal"
expect 3 "is no journal of octet" detect "$fp32" --data "$demo/coco" --resume "$work/state"
grep -q mine "$work/state/detect-1-of-1.octetjournal" || fail "a file of somebody else was overwritten"
must quantize "$fp32" --data "$demo/coco" --recipe plain --output "$work/resumed" --resume "$work/state" --json
grep -q '"resumed_images":0' "$work/stdout" || fail "quantize --resume says $(cat "$work/stdout")"
journal=$work/state/quantize-1-of-1.octetjournal
truncate --size=$(($(stat -c %s "$journal") - 1)) "$journal"
rm -r "$work/resumed"
must quantize "$fp32" --data "$demo/coco" --recipe plain --output "$work/resumed" --resume "$work/state" --json
grep -qE '"resumed_images":[1-9]' "$work/stdout" || fail "quantize keeps nothing: $(cat "$work/stdout")"
cmp "$(find "$work/int8" -name '*.bin')" "$(find "$work/resumed" -name '*.bin')" || fail "quantize --resume makes other bytes"
cmp "$int8" "$(find "$work/resumed" -name '*.xml')" || fail "quantize --resume makes another model"
expect 3 "has --recipe 'plain' for 'default'" quantize "$fp32" --data "$demo/coco" --recipe default --output "$work/bad" --resume "$work/state"
touch "$work/file"
expect 1 "$work/file" check "$fp32" --data "$demo/coco" --resume "$work/file/state"

# --- Ranks ---
if command -v mpirun >/dev/null && mpirun --allow-run-as-root --oversubscribe -n 2 true 2>/dev/null; then
  # Open MPI leaves memory behind, which a build with sanitizers would call a fault of ours.
  ranks() { ASAN_OPTIONS="${ASAN_OPTIONS:-}:detect_leaks=0" mpirun --allow-run-as-root --oversubscribe -n "$@" 2>"$work/stderr" >"$work/stdout"; }
  for count in 2 4; do
    ranks $count "$octet" check "$fp32" "$int8" --data "$demo/coco" --threads 1 --json || fail "mpirun: $(cat "$work/stderr")"
    [ "$(wc -l <"$work/stdout")" -eq 1 ] || fail "mpirun says it more than once: $(cat "$work/stdout")"
    same whole "mpirun -n $count"
  done
  ranks 3 "$octet" quantize "$fp32" --images "$work/images" --recipe plain --threads 1 --output "$work/ranks" || fail "mpirun: $(cat "$work/stderr")"
  cmp "$(find "$work/plain" -name '*.bin')" "$(find "$work/ranks" -name '*.bin')" || fail "quantize makes other bytes in three ranks"
  ranks 2 "$octet" quantize "$fp32" --data "$demo/coco" --recipe plain --threads 1 --output "$work/ranks2" --resume "$work/ranked" || fail "mpirun: $(cat "$work/stderr")"
  ranks 3 "$octet" quantize "$fp32" --data "$demo/coco" --recipe plain --threads 1 --output "$work/ranks2" --resume "$work/ranked" --json || fail "mpirun: $(cat "$work/stderr")"
  grep -q '"resumed_images":24' "$work/stdout" || fail "ranks keep nothing of a calibration: $(cat "$work/stdout")"
  cmp "$(find "$work/int8" -name '*.bin')" "$(find "$work/ranks2" -name '*.bin')" || fail "quantize --resume makes other bytes in ranks"
  status=0
  ranks 2 "$octet" check "$fp32" --data "$work/nowhere" --threads 1 || status=$?
  [ "$status" -eq 3 ] && [ "$(grep -c '^error:' "$work/stderr")" -eq 1 ] || fail "mpirun without data: status $status, $(cat "$work/stderr")"
  # A rank that stands still now and then, as one does on a machine with other work: the others take its blocks.
  ranks 2 "$octet" check "$fp32" "$int8" --data "$demo/coco" --threads 1 --json : \
    -n 1 bash -c "echo \$\$ >'$work/slow'; exec \"\$@\"" slow "$octet" check "$fp32" "$int8" --data "$demo/coco" --threads 1 --json &
  running=$!
  while kill -0 "$running" 2>/dev/null; do
    if [ -s "$work/slow" ] && kill -STOP "$(cat "$work/slow")" 2>/dev/null; then
      sleep 0.1
      kill -CONT "$(cat "$work/slow")" 2>/dev/null || true  # it may be through
    fi
    sleep 0.1
  done
  wait "$running" || fail "mpirun with a slow rank: $(cat "$work/stderr")"
  same whole "ranks of which one is slow"
  # One of two ranks dies, wherever that may be, the one that leads too; then other ranks do what is missing.
  work_of_rank=("$octet" check "$fp32" "$int8" --data "$demo/coco" --threads 1 --resume "$work/ranked" --json)
  ranks 1 "${work_of_rank[@]}" : -n 1 timeout -s KILL 0.5 "${work_of_rank[@]}" || true
  ranks 1 timeout -s KILL 0.6 "${work_of_rank[@]}" : -n 1 "${work_of_rank[@]}" || true
  ranks 3 "${work_of_rank[@]}" || fail "mpirun --resume: $(cat "$work/stderr")"
  sed -i 's/,"resumed_images":[0-9]*//' "$work/stdout"
  same whole "ranks of which one died"
  ranks 2 "${work_of_rank[@]}" || fail "mpirun --resume: $(cat "$work/stderr")"
  grep -q '"resumed_images":36' "$work/stdout" || fail "ranks keep nothing: $(cat "$work/stdout")"
fi

# --- History ---
status=0
"$octet" check "$fp32" "$int8" --data "$demo/coco" --limit 4 --history "$work/runs.db" --require max-drop=-50 >/dev/null 2>&1 &
first=$!
expect 4 max-drop check "$fp32" "$int8" --data "$demo/coco" --limit 4 --history "$work/runs.db" --require max-drop=-50,min-fidelity=0 --junit "$work/junit.xml"
wait $first || status=$?
[ "$status" -eq 4 ] || fail "the other of two writers ends with status $status"
must bench "$int8" --seconds 0.05 --threads 1 --history "$work/runs.db"
must quantize "$fp32" --images "$work/images" --recipe plain --output "$work/plain" --history "$work/runs.db"
must history "$work/runs.db" --json
[ "$(grep -o '"id":[0-9]*,"at":' "$work/stdout" | tr -cd '0-9\n' | paste -sd,)" = "1,2,3,4" ] || fail "history lists $(cat "$work/stdout")"
grep -q '^{"runs":.*,"falls":\[\]}' "$work/stdout" || fail "history lists $(cat "$work/stdout")"
grep -q '"verb":"check","status":4,.*"figures":{"models":\[{"AP":' "$work/stdout" || fail "history lists $(cat "$work/stdout")"
must history "$work/runs.db"
grep -qE '^ +1 20.*check +4 .*yolo-fastest' "$work/stdout" || fail "history shows $(cat "$work/stdout")"
must merge "$work/part1" "$work/part2" "$work/part3" --history "$work/merged.db"
must history "$work/merged.db" --json
grep -q '"verb":"check","status":0,.*"models":\["'"$fp32"'","'"$int8"'"\]' "$work/stdout" || fail "merge keeps $(cat "$work/stdout")"
expect 2 "have no figures" merge "$work/detected" --history "$work/merged.db"
must history "$work/runs.db" --page "$work/trend.html"
grep -q '<h3>INT8 MB</h3>' "$work/trend.html" || fail "the page of trends lacks the size of the files: $(cat "$work/trend.html")"
grep -q '<h3>INT8 AP</h3>' "$work/trend.html" || fail "the page of trends says $(cat "$work/trend.html")"
grep -q '; check, --data [^ ]*, --limit 4</p>' "$work/trend.html" || fail "the page of trends does not say what was measured: $(cat "$work/trend.html")"
must compare 1 2 --history "$work/runs.db" --json
grep -q '{"figure":"models/0/AP",.*"change":0.0}' "$work/stdout" || fail "compare says $(cat "$work/stdout")"
must compare 1 2 --history "$work/runs.db"
[ "$(cat "$work/stdout")" = "no figure has changed" ] || fail "compare says $(cat "$work/stdout")"
must compare 1 3 --history "$work/runs.db"
grep -q '^other way to measure: check, --data .* | bench, ' "$work/stdout" || fail "compare of other runs says $(cat "$work/stdout")"
grep -q '^the runs have no figure in common$' "$work/stdout" || fail "compare of other runs says $(cat "$work/stdout")"
# Classes are compared by their names, and what is not annotated has no figure.
truth_of() { echo '{"images":[{"id":1,"file_name":"a.jpg"}],"categories":[{"id":1,"name":"'"$1"'"},{"id":2,"name":"'"$2"'"}],
  "annotations":[{"id":1,"image_id":1,"category_id":1,"bbox":[0,0,9,9],"area":81}]}'; }
truth_of cup dog >"$work/cup.json"
truth_of dog cup >"$work/dog.json"
echo '[{"image_id":1,"category_id":1,"bbox":[0,0,9,9],"score":0.9}]' >"$work/found.json"
for truth in cup dog; do must check --annotations "$work/$truth.json" --results "$work/found.json" --history "$work/classes.db"; done
must compare 1 2 --history "$work/classes.db"
grep -qE '^categories/cup/AP +1 +- +-$' "$work/stdout" || fail "compare of other classes says $(cat "$work/stdout")"
grep -qE '^categories/dog/AP +- +1 +-$' "$work/stdout" || fail "compare of other classes says $(cat "$work/stdout")"
expect 3 "has no run 9" compare 1 9 --history "$work/runs.db"
expect 3 "nowhere.db" history "$work/nowhere.db"
expect 3 "cfg" history "$cfg"
expect 3 "cfg" check "$fp32" --data "$demo/coco" --limit 1 --history "$cfg"
grep -q '<testcase classname="octet check" name="max-drop" time="0">' "$work/junit.xml" || fail "JUnit: $(cat "$work/junit.xml")"
[ "$(grep -c '<failure type="requirement" message="max-drop: ' "$work/junit.xml")" -eq 1 ] || fail "JUnit: $(cat "$work/junit.xml")"
grep -q 'tests="2" failures="1" errors="0" time="[0-9.]*"' "$work/junit.xml" || fail "JUnit: $(cat "$work/junit.xml")"

echo "scale: all as documented"
