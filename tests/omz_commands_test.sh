#!/usr/bin/env bash
# The Open Model Zoo's command lines, as the notebook that octet comes from has them, on octet's own zoo and the embedded demo.
#   omz_commands_test.sh OCTET
set -euo pipefail
source "$(dirname "$0")/helpers.sh"

octet=$(realpath "$1")
name=yolo-fastest-1.1-xl
unset OMZ_ROOT
for command in octet omz_info_dumper omz_converter omz_quantizer accuracy_check; do ln -s "$octet" "$work/$command"; done
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

# accuracy_check: a model on two data sets, of which one takes what it does not say from the other, and on the pictures of a file.
cat >accuracy.yml <<'END'
models:
  - name: yolo-fastest-1.1-xl
    launchers:
      - framework: openvino
        adapter:
          {type: yolo_v3, classes: 80, anchors: "12,18,37,49,52,132,115,73,119,199,242,238", anchor_masks: [[3, 4, 5], [0, 1, 2]], raw_output: True,
           outputs: [yolo_121, yolo_130]}
    datasets:
      - &whole
        name: whole
        data_source: val2017
        annotation_conversion: {converter: mscoco_detection, annotation_file: annotations/instances_val2017.json}
        preprocessing: [{type: resize, size: 320}]
        postprocessing: [{type: resize_prediction_boxes}, {type: nms}]
        metrics: [{type: coco_precision, max_detections: 100, reference: 0.9, abs_threshold: 0.95}]
      - <<: *whole
        name: few
        subsample_size: 5
        metrics: [{type: map, reference: 0.99, abs_threshold: 0.01}]
END
measure=(accuracy_check -c accuracy.yml -m model/public/$name/FP32 -s "$demo/coco")
runs "${measure[@]}" --csv_result figures.csv --store_subset True
found=$(grep -oE "^dataset: .*|^[0-9]+ objects processed|^(coco_precision|map): |PASSED|FAILED" stdout | paste -sd'|' -)
expected="dataset: whole|36 objects processed|35 objects processed|coco_precision: |PASSED|dataset: few|36 objects processed|5 objects processed|map: |FAILED"
[ "$found" = "$expected" ] || die "two data sets were measured otherwise: $found"
[ "$(cut -d, -f4,6,12-15 figures.csv | tail -2 | paste -sd' ' -)" = "whole,coco_precision,35,0.9,0.95,0 few,map,5,0.99,0.01,0" ] ||
  die "other rows: $(cat figures.csv)"
[ "$(wc -l <few_subset_5.yml)" -eq 5 ] || die "the subset was not kept: $(ls)"
few=$(grep "^map: " stdout)
runs "${measure[@]}" --subset_file "$PWD/few_subset_5.yml"
[ "$(grep "^map: " stdout)" = "$few" ] || die "other figures of the same pictures: $few, $(grep "^map: " stdout)"
[ "$(grep -c "^5 objects processed" stdout)" -eq 2 ] || die "a data set did not take the pictures of the file"
