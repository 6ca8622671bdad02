"""Writes heads_reference.json: samples of the raw heads of two Darknet networks, as OpenVINO computes them in f32.

    python3 make_heads_reference.py MODELS_DIR PEERS_DIR heads_reference.json

PEERS_DIR holds darknet.py, which builds ONNX from cfg and weights independently of octet. The networks are run at
128x128. The picture has value (37 c + 11 y + 7 x) mod 256 at row y, column x of plane c, planes in the order B, G, R.
"""
import json
import re
import sys
import tempfile

import numpy as np
import openvino

models, peers, target = sys.argv[1:]
sys.path.insert(0, peers)
import darknet  # noqa: E402

SIDE, STEP = 128, 37
NETWORKS = {
    "yolov4-tiny": "yolov4/yolov4-tiny",
    "yolo-fastest-1.1-xl": "yolo-fastest-1.1-xl/yolo-fastest-1.1-xl",
}

plane, y, x = np.meshgrid(np.arange(3), np.arange(SIDE), np.arange(SIDE), indexing="ij")
bgr = ((37 * plane + 11 * y + 7 * x) % 256).astype(np.float32)
rgb = (bgr[::-1] / 255)[None].astype(np.float32)

record = {
    "made_by": "make_heads_reference.py, OpenVINO " + openvino.get_version(),
    "picture": "(37 c + 11 y + 7 x) mod 256, planes B, G, R",
    "side": SIDE,
    "step": STEP,
    "networks": {},
}
for name, stem in NETWORKS.items():
    text = open(f"{models}/{stem}.cfg", encoding="utf-8").read()
    text = re.sub(r"(?m)^(width|height)=\d+", rf"\1={SIDE}", text)
    with tempfile.NamedTemporaryFile("w", suffix=".cfg") as cfg:
        cfg.write(text)
        cfg.flush()
        onnx_model = darknet.build(cfg.name, darknet.WeightsFile(f"{models}/{stem}.weights"))
    core = openvino.Core()
    model = core.read_model(onnx_model.SerializeToString())
    compiled = core.compile_model(model, "CPU", {"INFERENCE_PRECISION_HINT": "f32"})
    heads = [np.asarray(output) for output in compiled(rgb).values()]
    record["networks"][name] = [
        {"shape": list(head.shape), "values": [float(f"{v:.7g}") for v in head.reshape(-1)[::STEP]]} for head in heads]
with open(target, "w", encoding="utf-8") as file:
    json.dump(record, file, indent=0, separators=(",", ":"))
    file.write("\n")
