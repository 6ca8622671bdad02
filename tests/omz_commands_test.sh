#!/usr/bin/env bash
# The Open Model Zoo's command lines, as the notebook that octet comes from has them, on octet's own zoo and the embedded demo.
#   omz_commands_test.sh OCTET
set -euo pipefail

octet=$(realpath "$1")
demo=$(realpath "$(dirname "$0")/../demo")
name=yolo-fastest-1.1-xl
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
unset OMZ_ROOT
for command in omz_info_dumper omz_converter omz_quantizer; do ln -s "$octet" "$work/$command"; done
export PATH=$work:$PATH
mkdir -p "$work/model/public/$name"
cp "$demo/$name/$name".* "$work/model/public/$name"
cd "$work"

fail() {
  echo "FAILED: $*" >&2
  cat stdout stderr >&2
  exit 1
}

must() {
  "$@" >stdout 2>stderr || fail "$*"
}

prints() {
  grep -qxF -e "$1" stdout || fail "there is no line '$1'"
}

must omz_info_dumper --name "yolo-fast*"
prints '        "subdirectory": "public/yolo-fastest-1.1-xl",'

must omz_converter --name $name --dry_run --download_dir model --output model
prints "========== (DRY RUN) Converting $name to IR (FP16)"
[ ! -e model/public/$name/FP16 ] || fail "a dry run writes"

must omz_converter --name $name --precisions FP32 --download_dir model --output model
prints "========== Converting $name to IR (FP32)"
[ -s model/public/$name/FP32/$name.xml ] || fail "there is no FP32 IR"
[ ! -e model/public/$name/FP16 ] || fail "FP16 was not asked for"

must omz_quantizer --name $name --model_dir model --output model --dataset_dir "$demo/coco" --precisions FP32-INT8
prints "========== Quantizing $name from FP32 to FP32-INT8"
prints "Creating model/public/$name/FP32-INT8/pot-config.json..."
prints "Moving quantized model to model/public/$name/FP32-INT8..."
# What the notebook keeps of it.
[ "$(grep -cE '^(Quantization command|Moving|INFO)' stdout)" -eq 3 ] || fail "the notebook's filter keeps other lines"
[ -s model/public/$name/FP32-INT8/$name.bin ] || fail "there is no INT8 IR"

# Models converted side by side, of which most have no files: the same text in the same order.
for jobs in 1 3 auto; do
  status=0
  omz_converter --name "yolo*" --precisions FP32 --download_dir model --output out-$jobs --jobs $jobs >stdout 2>stderr || status=$?
  [ "$status" -eq 1 ] || fail "status $status where files are missing"
  [ -s out-$jobs/public/$name/FP32/$name.xml ] || fail "what has files is not converted by $jobs jobs"
  prints "FAILED:"
  cat stdout stderr | sed "s/out-$jobs/out/g" >text-$jobs
  cmp text-1 text-$jobs || fail "other text of $jobs jobs"
done

# What is refused, with the list of models at the end.
status=0
omz_converter --name $name -d model --add_mo_arg=--data_type=half >stdout 2>stderr || status=$?
[ "$status" -eq 1 ] || fail "status $status of an argument that cannot be followed"
grep -qF "octet has no way to follow --data_type=half" stderr || fail "the argument is not named"
prints "FAILED:"
prints "$name"
status=0
omz_quantizer --name $name --model_dir nowhere --dataset_dir "$demo/coco" --precisions FP16-INT8 >stdout 2>stderr || status=$?
[ "$status" -eq 1 ] || fail "status $status without an IR"
grep -qF "nowhere/public/$name/FP16/$name.xml" stderr || fail "the IR is not named"
