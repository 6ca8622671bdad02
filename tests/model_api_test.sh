#!/usr/bin/env bash
# OpenVINO's Model API runs an SSD as octet converts it, with what rt_info says and nothing else, and finds what octet finds.
# Its wrapper of YOLOV4 fails whatever the model, so that nothing is claimed of it.
#   model_api_test.sh OCTET        OCTET_MODEL_API_PYTHON names a Python that has openvino-model-api, if python3 is none
set -euo pipefail
source "$(dirname "$0")/helpers.sh"

octet=$(realpath "$1")

python=${OCTET_MODEL_API_PYTHON:-python3}
if ! "$python" -c "import model_api, cv2" 2>/dev/null; then
  skip "MODEL API WAS NOT TRIED, since $python has no openvino-model-api (pip install openvino-model-api==0.4.7)"
fi

tiny=$root/tests/testdata/tiny_ssd
# Model API resizes by pixel centres, so octet does as well.
sed 's/stretch_tf1/stretch/' "$tiny/tiny_ssd.yml" >"$work/tiny_ssd.yml"
"$octet" convert "$tiny/tiny_ssd.pb" --model "$work/tiny_ssd.yml" --output "$work" >/dev/null
model=$work/public/tiny_ssd/FP32/tiny_ssd.xml
"$octet" detect "$model" --images "$root/demo/coco/val2017" --score-threshold 0 --results "$work/results.json" >/dev/null

"$python" - "$model" "$work/results.json" "$root/demo/coco/val2017" <<'PYTHON'
import importlib.metadata
import json
import sys
from pathlib import Path

import cv2
from model_api.models import DetectionModel

xml, results, pictures = sys.argv[1:]
model = DetectionModel.create_model(xml, device="CPU")
rows = {}
for row in json.loads(Path(results).read_text()):
    rows.setdefault(row["image_id"], []).append(row)
limit = float(model.params.confidence_threshold)
same = total = 0
for path in sorted(Path(pictures).iterdir())[:8]:
    found = model(cv2.imread(str(path)))
    for row in rows.get(int(path.stem), []):
        if row["score"] < limit + 0.02:
            continue
        x, y, width, height = row["bbox"]
        near = [abs(float(score) - row["score"]) < 0.03 and all(abs(a - b) < 8 for a, b in zip(box, (x, y, x + width, y + height)))
                for score, box in zip(found.scores, found.bboxes)]
        same += any(near)
        total += 1
print(f"openvino-model-api {importlib.metadata.version('openvino-model-api')}: {same} of octet's {total} boxes")
# Roundings differ, so suppression may keep a neighbour here and there.
if total < 50 or same < 0.9 * total:
    sys.exit("FAILED: too few boxes are the same")
PYTHON
