#!/usr/bin/env bash
# The wheel of 64-bit Arm as Arm's Python sees it, under QEMU: it imports, the program inside tests every kernel, and an INT8 model gives what it
# gives here by the wheel of this machine, to the bit. `make wheel-aarch64` runs it.
#   tests/wheel_aarch64.sh WHEELS SYSROOT      a folder with both wheels, and what scripts/sysroot made
set -euo pipefail
cd "$(dirname "$0")/.."
wheels=$1 sysroot=$(realpath "$2")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

"${PYTHON:-python3}" -m venv "$work/environment"
python=$work/environment/bin/python
"$python" -m pip install --quiet --only-binary :all: "$wheels"/octet_detect-*_x86_64.whl
# For another machine pip is to be told each platform: that of the wheel's name and that of NumPy's.
wheel=$(echo "$wheels"/octet_detect-*_aarch64.whl)
platform=$(sed -E 's/.*-(manylinux_[0-9]+_[0-9]+_aarch64)\b.*/\1/' <<<"$wheel")
"$python" -m pip install --quiet --target "$work/packages" --platform "$platform" --platform manylinux_2_28_aarch64 --python-version 3.11 \
  --only-binary :all: "$wheel"

on_arm() {
  PYTHONHOME=$sysroot/usr PYTHONPATH=$work/packages PYTHONDONTWRITEBYTECODE=1 qemu-aarch64 -cpu max -L "$sysroot" "$sysroot/usr/bin/python3.11" "$@"
}

on_arm -c 'import platform, octet; print("octet", octet.__version__, "on", platform.machine())'
on_arm -m octet selftest

"$python" - "$work/int8.xml" <<'CODE'
import sys, warnings
import octet
warnings.simplefilter("ignore")  # of so few pictures
octet.quantize(octet.convert("demo/yolo-fastest-1.1-xl/yolo-fastest-1.1-xl.cfg"), "demo/coco", subset=8, strict_int8=True).save(sys.argv[1])
CODE
cat >"$work/detect.py" <<'CODE'
import sys
import octet
detector = octet.compile(sys.argv[1], threads=1)
for picture in sys.argv[2:]:
    for pixels in (picture, octet.read_image(picture)):
        for one in detector.detect(pixels, score_threshold=0.05):
            print(one.label, *(value.hex() for value in (one.score, *one.box)))
CODE
pictures=(demo/coco/val2017/0000000*.jpg)
"$python" "$work/detect.py" "$work/int8.xml" "${pictures[@]}" >"$work/here"
on_arm "$work/detect.py" "$work/int8.xml" "${pictures[@]}" >"$work/arm"
[ -s "$work/here" ] || { echo "error: nothing was found" >&2; exit 1; }
diff "$work/here" "$work/arm" || { echo "error: Arm finds something else" >&2; exit 1; }
echo "$(wc -l <"$work/here") detections in ${#pictures[@]} pictures are the same, bit by bit"
