#!/usr/bin/env bash
# The speed of this tree against that of an earlier commit, as ratios: both programs run in turn, so that both see the same machine.
#   bench/compare.sh [REV] [MODEL.xml...]
# REV is HEAD~1 without it. Both are built as releases below out/compare/, the earlier one from a worktree there. Without models, the FP32 and
# the INT8 IR of the demonstration are made by the earlier program and timed. By environment:
#   ROUNDS=5         turns of either program; a ratio is the median over them of new time / old time, below 1 is faster
#   MODEL_SECONDS=2  of a model in a turn
#   THREADS=1
#   KERNELS=.        filter of the kernels' benchmarks, as --benchmark_filter takes it; "none" leaves them out
# Stop what else runs first: spread (largest ratio / smallest) tells how far to trust a line. Nothing fails here, a person judges.
set -euo pipefail
cd "$(dirname "$0")/.."
rev=$(git rev-parse --verify "${1:-HEAD~1}^{commit}")
[ $# -gt 0 ] && shift
rounds=${ROUNDS:-5}
out=$PWD/out/compare
old=$out/old new=$out/new

# build SOURCE FOLDER
build() {
  cmake -S "$1" -B "$2" -G Ninja -DCMAKE_BUILD_TYPE=Release -DOCTET_TESTS=OFF -DOCTET_BENCH=ON >/dev/null
  cmake --build "$2" >"$2/build.log" 2>&1 || { tail -n 20 "$2/build.log"; exit 1; }
}

# times_of FOLDER MODEL...: "model NAME, MILLISECONDS" and "kernel NAME, NANOSECONDS", one a line, tab between
times_of() {
  local folder=$1 model bench
  shift
  for model in "$@"; do
    printf '%s/%s\t%s\n' "$(basename "$(dirname "$model")")" "$(basename "$model")" \
      "$("$folder/octet" bench "$model" --seconds "${MODEL_SECONDS:-2}" --threads "${THREADS:-1}" --json 2>/dev/null | tail -n 1 |
        sed -E 's/.*"median_ms":([0-9.]+).*/\1/')"
  done
  [ "${KERNELS:-.}" = none ] && return
  for bench in "$folder"/*_bench; do
    "$bench" --benchmark_filter="${KERNELS:-.}" --benchmark_min_time=0.05 --benchmark_format=csv 2>/dev/null |
      sed -nE 's/^"([^"]*)",[0-9]+,([0-9.e+]+),.*/\1\t\2/p'
  done
}

rm -rf "$out/tree"
git worktree prune
git worktree add --detach "$out/tree" "$rev" >/dev/null 2>&1
trap 'git worktree remove --force "$out/tree"' EXIT
build "$out/tree" "$old"
build . "$new"

if [ $# -eq 0 ]; then
  name=yolo-fastest-1.1-xl
  fp32=$out/models/public/$name/FP32/$name.xml
  "$old/octet" convert "demo/$name/$name.cfg" --output "$out/models" >/dev/null 2>&1
  "$old/octet" quantize "$fp32" --data demo/coco --output "$out/models" >/dev/null 2>&1
  mapfile -t models < <(find "$out/models" -name '*.xml' | sort)
  set -- "${models[@]}"
fi

for ((round = 0; round < rounds; ++round)); do
  times_of "$old" "$@" | sed "s/^/old\t/"
  times_of "$new" "$@" | sed "s/^/new\t/"
done >"$out/times.txt"

# The CPU and the instruction set as the program names them belong to the figures.
"$new/octet" bench "$1" --seconds 0.1 --json 2>/dev/null | tail -n 1 | sed -E 's/.*"cpu":"([^"]*)","isa":"([^"]*)".*/\1, \2/'
echo "time of $(git describe --always --dirty) / time of $(git rev-parse --short "$rev"), ${THREADS:-1} threads, median of $rounds turns"
awk -F '\t' '
  # The n-th time of the old program belongs to the n-th of the new one: they ran one after the other.
  $1 == "old" { old[$2, ++olds[$2]] = $3 }
  $1 == "new" { if (!news[$2]++) names[++count] = $2; fresh[$2, news[$2]] = $3 }
  END {
    printf "%-60s %7s %7s\n", "", "ratio", "spread"
    for (i = 1; i <= count; ++i) {
      name = names[i]
      n = olds[name] < news[name] ? olds[name] : news[name]
      if (n == 0) continue  # only one of the two has it
      for (k = 1; k <= n; ++k) {
        ratio = fresh[name, k] / old[name, k]
        for (j = k; j > 1 && sorted[j - 1] > ratio; --j) sorted[j] = sorted[j - 1]
        sorted[j] = ratio
      }
      median = n % 2 ? sorted[(n + 1) / 2] : (sorted[n / 2] + sorted[n / 2 + 1]) / 2
      printf "%-60s %7.3f %7.2f\n", name, median, sorted[n] / sorted[1]
    }
  }' "$out/times.txt"
