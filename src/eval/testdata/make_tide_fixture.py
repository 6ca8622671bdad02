#!/usr/bin/env python3
"""Writes error_kinds.txt: what tidecv counts and what it says each kind of error costs, for the boxes of coco_val.txt and many_detections.txt.

    python3 make_tide_fixture.py

Written with tidecv 1.0.1. A line a data set: its name, then for each kind its count and its AP50 in points. tidecv's own crowds, and its mean over
classes that have no objects, differ from COCO's, so that crowds are left out, and detections of classes without objects. Its order of equal scores depends on what is mended, so that each score is
lowered by a billionth times its place in the file.
"""
import sys
import types
from pathlib import Path

for name in ("cv2", "seaborn", "pandas", "matplotlib", "matplotlib.pyplot", "matplotlib.patches", "appdirs"):
    sys.modules[name] = types.ModuleType(name)
sys.modules["cv2"].FONT_HERSHEY_SIMPLEX = 0
sys.modules["appdirs"].user_data_dir = None
plotting = types.ModuleType("tidecv.plotting")
plotting.Plotter = type("Plotter", (), {})
sys.modules["tidecv.plotting"] = plotting
from tidecv import Data, TIDE  # noqa: E402

HERE = Path(__file__).resolve().parent
KINDS = ["Loc", "Cls", "Dupe", "Bkg", "Both", "Miss"]


def costs(path):
    truth, found = Data("truth"), Data("found")
    objects, boxes = [], []
    for line in path.read_text(encoding="utf-8").splitlines():
        kind, *words = line.split()
        if kind == "truth" and words[-1] == "0":
            objects.append((int(words[1]), int(words[2]), [float(word) for word in words[3:7]]))
        if kind == "found":
            boxes.append((int(words[0]), int(words[1]), [float(word) for word in words[2:6]], float(words[6]) - 1e-9 * len(boxes)))
    classes = {category for _, category, _ in objects}
    for image, category, box in objects:
        truth.add_ground_truth(image, category, box)
    for image, category, box, score in boxes:
        if category in classes:
            found.add_detection(image, category, score, box)
    run = TIDE().evaluate(truth, found, mode=TIDE.BOX)
    counts = {kind.short_name: count for kind, count in run.count_errors().items()}
    gains = {kind.short_name: gain for kind, gain in run.fix_main_errors().items()}
    return " ".join(f"{counts[kind]} {float(gains[kind])!r}" for kind in KINDS)


with open(HERE / "error_kinds.txt", "w", encoding="utf-8") as out:
    out.write("# make_tide_fixture.py with tidecv 1.0.1: Loc, Cls, Dupe, Bkg, Both, Miss, each a count and points of AP50\n")
    for name in ("coco_val", "many_detections"):
        out.write(f"{name} {costs(HERE / f'{name}.txt')}\n")
