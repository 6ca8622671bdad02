#!/usr/bin/env bash
# The commands of the notebook "Quantize Open Model Zoo object detection models" on yolo-v4-tf, unchanged: download, convert, quantize, both
# accuracy figures, both benchmarks. The zoo's own files describe the model; its weights are random numbers in a file of the published
# size, since the published ones would have to be fetched, so that figures are not looked at, only that there are some.
#   omz_workflow_test.sh OCTET        OCTET_PYTHON names a Python with numpy, if python3 has none
set -euo pipefail
source "$(dirname "$0")/helpers.sh"

commands=$(dirname "$(realpath "$1")")
shared=$root/../shared

python=${OCTET_PYTHON:-python3}
if [ ! -d "$shared/reference/omz" ]; then
  skip "THE NOTEBOOK'S COMMANDS WERE NOT RUN, since there is no ../shared/reference/omz with the zoo's files"
fi
if ! "$python" -c "import numpy" 2>/dev/null; then
  skip "THE NOTEBOOK'S COMMANDS WERE NOT RUN, since $python has no numpy, which makes the weights"
fi

# publish NAME FILE: the file's description as model.yml has it, its source being the file itself.
publish() {
  printf '  - name: %s\n    size: %s\n    checksum: %s\n    source: file://%s\n' "$1" "$(stat -c %s "$2")" "$(sha384sum "$2" | cut -d' ' -f1)" "$2"
}

# The zoo as it is checked out, but for where the files of the model lie.
zoo=$work/zoo
model=$zoo/models/public/yolo-v4-tf
mkdir -p "$model" "$work/published"
cp -r "$shared/reference/omz/data" "$zoo/data"
cp "$shared/reference/omz/models/public/yolo-v4-tf/"*.yml "$model"
cfg=keras-YOLOv3-model-set/cfg/yolov4.cfg
"$python" "$shared/tools/make_darknet_weights.py" "$shared/models/yolov4/yolov4.cfg" "$work/published/yolov4.weights"
printf 'from common.backbones.x import y\n@wraps(y)\n' >"$work/published/layers.py"
printf 'pass\n' >"$work/published/convert.py"
{
  sed -n '/^files:/q;p' "$model/model.yml"
  echo "files:"
  publish yolov4.weights "$work/published/yolov4.weights"
  publish keras-YOLOv3-model-set/tools/model_converter/convert.py "$work/published/convert.py"
  publish keras-YOLOv3-model-set/yolo4/models/layers.py "$work/published/layers.py"
  publish "$cfg" "$(realpath "$shared/models/yolov4/yolov4.cfg")"
  sed -n '/^postprocessing:/,$p' "$model/model.yml"
} >"$work/model.yml"
mv "$work/model.yml" "$model/model.yml"
# Fewer pictures than the zoo's 300, which are no part of the commands.
sed -i 's/stat_subset_size: 300/stat_subset_size: 4/' "$model/quantization.yml"
export OMZ_ROOT=$zoo PATH=$commands:$PATH

# Data as the notebook lays it: COCO's own, here the demonstration's photographs.
cd "$work"
mkdir -p data output
cp -r "$root/demo/coco" data/coco
cp "$zoo/data/dataset_definitions.yml" "$model/accuracy-check.yml" output/

name=yolo-v4-tf
omz_downloader --name $name --output model
[ -s "model/public/$name/yolov4.weights" ] || die "no weights were downloaded"
grep -q '^# from common' "model/public/$name/keras-YOLOv3-model-set/yolo4/models/layers.py" || die "no text was replaced"

omz_converter --name $name --precisions FP32 --download_dir model --output model
[ -s "model/public/$name/FP32/$name.bin" ] || die "no FP32 model"

omz_quantizer --name $name --model_dir model --output model --dataset_dir data/coco --precisions FP32-INT8 >quantizer.txt
# What the notebook shows of its output.
grep -E '^(Quantization command|Moving|INFO)' quantizer.txt || die "nothing that the notebook would show of the quantizer"
[ -s "model/public/$name/FP32-INT8/$name.bin" ] || die "no INT8 model"

for precision in FP32 FP32-INT8; do
  accuracy_check -tf dlsdk -td CPU -s data/coco -d output/dataset_definitions.yml -c output/accuracy-check.yml \
    -m "model/public/$name/$precision" -ss 4 >accuracy.txt
  cat accuracy.txt
  for metric in map AP@0.5 AP@0.5:0.05:95; do
    grep -qE "^$metric: [0-9.]+%" accuracy.txt || die "no figure for $metric of $precision"
  done
  benchmark_app -m "model/public/$name/$precision/$name.xml" -d CPU -api async -t 1 >benchmark.txt
  # What the notebook shows: lines that begin with a bracket or two blanks, and empty ones, are dropped.
  grep -vE '^(\[|  |$)' benchmark.txt | tee shown.txt
  grep -qE '^Throughput: +[0-9.]+ FPS' benchmark.txt || die "no throughput of $precision"
done
