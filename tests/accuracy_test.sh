#!/usr/bin/env bash
# From the source file to the average precision of FP32 and INT8, by the program, on what lies in this repository.
#   accuracy_test.sh OCTET
# tiny_ssd: the truth is what NumPy detects with the same file (testdata/tiny_ssd/make_tiny_ssd.py), so FP32 has to reach 1.
# yolo-fastest-1.1-xl: COCO's photographs and annotations of the demonstration. Its heads are compared with OpenVINO's elsewhere
# (src/importers/darknet/heads_test.cc); the figures here are this program's own, recorded to notice a change.
set -euo pipefail
source "$(dirname "$0")/helpers.sh"

octet=$(realpath "$1")

# value KEY INDEX: the INDEX-th number of this key in the last line of the output.
value() {
  tail -n 1 "$work/stdout" | grep -oE "\"$1\":-?[0-9.e-]+" | sed -n "$2s/.*://p"
}

# AP of model $1 over all categories, which AP75 tells from that of one.
ap() {
  tail -n 1 "$work/stdout" | grep -oE '"AP":-?[0-9.e-]+,"AP50":-?[0-9.e-]+,"AP75"' | sed -nE "$1s/\"AP\":([^,]*),.*/\1/p"
}

# within NAME FOUND LOW HIGH
within() {
  if awk -v found="$2" -v low="$3" -v high="$4" 'BEGIN { exit !(found != "" && found + 0 >= low && found + 0 <= high) }'; then return; fi
  fail "$1 is '$2', not $3 to $4"
}

# measure NAME COCO CONVERT-ARGUMENTS...
measure() {
  local name=$1 coco=$2 fp32=$work/models/public/$1/FP32/$1.xml int8=$work/models/public/$1/FP32-INT8/$1.xml
  shift 2
  "$octet" convert "$@" --output "$work/models" >/dev/null
  "$octet" quantize "$fp32" --data "$coco" --output "$work/models" >/dev/null
  "$octet" check "$fp32" "$int8" --data "$coco" --json >"$work/stdout"
}

tiny=$root/tests/testdata/tiny_ssd
mkdir -p "$work/coco/annotations"
ln -s "$root/demo/coco/val2017" "$root/demo/coco/train2017" "$work/coco"
cp "$tiny/instances_val2017.json" "$work/coco/annotations"
measure tiny_ssd "$work/coco" "$tiny/tiny_ssd.pb" --model "$tiny/tiny_ssd.yml"
within "AP of tiny_ssd in FP32" "$(ap 1)" 0.999 1
within "AP of tiny_ssd in INT8" "$(ap 2)" 0.97 1
within "fidelity of tiny_ssd in INT8" "$(value fidelity 1)" 0.90 1
within "images of tiny_ssd" "$(value images 1)" 12 12

yolo=yolo-fastest-1.1-xl
measure "$yolo" "$root/demo/coco" "$root/demo/$yolo/$yolo.cfg"
within "AP of $yolo in FP32" "$(ap 1)" 0.241 0.244
within "AP of $yolo in INT8" "$(ap 2)" 0.232 0.252
within "fidelity of $yolo in INT8" "$(value fidelity 1)" 0.90 1
within "images of $yolo" "$(value images 1)" 36 36
