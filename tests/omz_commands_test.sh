#!/usr/bin/env bash
# The Open Model Zoo's command lines, as the notebook that octet comes from has them, on octet's own zoo and the embedded demo.
#   omz_commands_test.sh OCTET
set -euo pipefail
source "$(dirname "$0")/helpers.sh"

octet=$(realpath "$1")
name=yolo-fastest-1.1-xl
unset OMZ_ROOT
for command in octet omz_info_dumper omz_converter omz_quantizer; do ln -s "$octet" "$work/$command"; done
export PATH=$work:$PATH
mkdir -p "$work/model/public/$name"
cp "$demo/$name/$name".* "$work/model/public/$name"
cd "$work"

# runs COMMAND..., prints LINE: the command ends well; what it printed has that line.
runs() { "$@" >stdout 2>stderr || die "$*: $(cat stdout stderr)"; }
prints() { grep -qxF -e "$1" stdout || die "there is no line '$1': $(cat stdout stderr)"; }

runs omz_info_dumper --name "yolo-fast*"
prints '        "subdirectory": "public/yolo-fastest-1.1-xl",'

runs omz_converter --name $name --dry_run --download_dir model --output model
prints "========== (DRY RUN) Converting $name to IR (FP16)"
[ ! -e model/public/$name/FP16 ] || die "a dry run writes"

runs omz_converter --name $name --precisions FP32 --download_dir model --output model
prints "========== Converting $name to IR (FP32)"
[ -s model/public/$name/FP32/$name.xml ] || die "there is no FP32 IR"
[ ! -e model/public/$name/FP16 ] || die "FP16 was not asked for"

runs omz_quantizer --name $name --model_dir model --output model --dataset_dir "$demo/coco" --precisions FP32-INT8
prints "========== Quantizing $name from FP32 to FP32-INT8"
prints "Creating model/public/$name/FP32-INT8/pot-config.json..."
prints "Moving quantized model to model/public/$name/FP32-INT8..."
# What the notebook keeps of it.
[ "$(grep -cE '^(Quantization command|Moving|INFO)' stdout)" -eq 3 ] || die "the notebook's filter keeps other lines"
[ -s model/public/$name/FP32-INT8/$name.bin ] || die "there is no INT8 IR"
# The order of upstream's lines, of the keys of its configuration, and its log.
lines=$(sed -nE 's/^(========== Quantizing|Unable to locate quantization|Creating|Quantization command|Quantization environment|INFO|Moving).*/\1/p; s/^$/-/p' stdout | paste -sd'|' -)
expected="========== Quantizing|Unable to locate quantization|Creating|Quantization command|Quantization environment|-|INFO|-|Moving|-"
[ "$lines" = "$expected" ] || die "lines in another order: $lines"
keys=$(grep -oE '"(compression|engine|model|weights|model_name)":' model/public/$name/FP32-INT8/pot-config.json | paste -sd' ' -)
[ "$keys" = '"compression": "engine": "model": "model": "weights": "model_name":' ] || die "keys in another order: $keys"
[ "$(cat model/public/$name/FP32-INT8/pot-output/log.txt)" = "$(grep ^INFO stdout)" ] || die "the log says something else"

# The command that is printed makes the same model.
printed=$(sed -n 's/^Quantization command: //p' stdout)
case "$printed" in *" --output model") ;; *) die "the printed command ends otherwise: $printed" ;; esac
sh -c "${printed% model} again" >again.log 2>&1 || die "$printed: $(cat again.log)"
for suffix in xml bin; do
  cmp model/public/$name/FP32-INT8/$name.$suffix again/public/$name/FP32-INT8/$name.$suffix || die "the printed command makes another model"
done
case "$(sed -n 's/^Quantization environment: //p' stdout)" in
  ANNOTATIONS_DIR=*annotations*" DATA_DIR="*" DEFINITIONS_FILE="*" MODELS_DIR=model/public/$name") ;;
  *) die "another environment: $(grep '^Quantization environment' stdout)" ;;
esac

# Models converted side by side, of which most have no files: the same text in the same order.
for jobs in 1 3 auto; do
  status=0
  omz_converter --name "yolo*" --precisions FP32 --download_dir model --output out-$jobs --jobs $jobs >stdout 2>stderr || status=$?
  [ "$status" -eq 1 ] || die "status $status where files are missing: $(cat stdout stderr)"
  [ -s out-$jobs/public/$name/FP32/$name.xml ] || die "what has files is not converted by $jobs jobs"
  prints "FAILED:"
  cat stdout stderr | sed "s/out-$jobs/out/g" >text-$jobs
  cmp text-1 text-$jobs || die "other text of $jobs jobs"
done

# What is refused, with the list of models at the end.
status=0
omz_converter --name $name -d model --add_mo_arg=--data_type=half >stdout 2>stderr || status=$?
[ "$status" -eq 1 ] || die "status $status of an argument that cannot be followed"
grep -qF "octet has no way to follow --data_type=half" stderr || die "the argument is not named"
prints "FAILED:"
prints "$name"
status=0
omz_quantizer --name $name --model_dir nowhere --dataset_dir "$demo/coco" --precisions FP16-INT8 >stdout 2>stderr || status=$?
[ "$status" -eq 1 ] || die "status $status without an IR"
grep -qF "nowhere/public/$name/FP16/$name.xml" stderr || die "the IR is not named"
