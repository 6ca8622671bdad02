"""Writes yolo_heads.f32 and yolo_expected.txt: random heads of a toy network and the detections that an independent
decoder (NumPy, double precision) finds in them.

    python3 make_fixtures.py FOLDER_WITH_RECIPES

FOLDER_WITH_RECIPES holds recipes.py, the project's written-down recipes for its peers. Made with NumPy 2.4.6.
"""
import sys
import tempfile
from pathlib import Path

import numpy as np

sys.path.insert(0, sys.argv[1])
import recipes  # noqa: E402

CFG = """[net]
width=64
height=64
channels=3
[yolo]
mask=0,1
anchors=6,9, 20,14, 30,40, 50,28
classes=2
scale_x_y=1.05
[yolo]
mask=2,3
anchors=6,9, 20,14, 30,40, 50,28
classes=2
scale_x_y=1.2
"""

here = Path(__file__).parent
generator = np.random.default_rng(13)
heads = [generator.normal(0, 1.5, (1, 14, side, side)).astype(np.float32) for side in (8, 4)]
(here / "yolo_heads.f32").write_bytes(b"".join(head.tobytes() for head in heads))

with tempfile.TemporaryDirectory() as folder:
    cfg = Path(folder) / "toy.cfg"
    cfg.write_text(CFG)
    recipe = recipes.Recipe(str(cfg), 64, "stretch", "bgr", 0, 1, "darknet", "all", 0.45, True)
    width, height = 37, 53
    found = recipes.detect(recipe, heads, (64 / width, 64 / height), (width, height), threshold=0.05)
with open(here / "yolo_expected.txt", "w") as file:
    for label, score, left, top, box_width, box_height in found:
        print(label, f"{score:.9f} {left:.6f} {top:.6f} {left + box_width:.6f} {top + box_height:.6f}", file=file)
