#!/usr/bin/env python3
"""Writes lvis_sets.txt for metric_test.cc: small random data sets with every oddity, and the numbers that the lvis package gives for them.

    python3 make_metric_fixtures.py

Written with lvis 0.5.3. Records are those of make_fixtures.py, and
    verified IMAGE COUNT ABSENT... COUNT PARTLY...
    frequency CATEGORY r|c|f
"""
import json
import random
import tempfile
from pathlib import Path

import numpy as np

np.float = float  # lvis still names it so
from lvis import LVIS, LVISEval, LVISResults

from make_fixtures import HERE, line, random_found, random_truth

LVIS_NAMES = {"AP": "AP", "AP50": "AP50", "AP75": "AP75", "APs": "AP_small", "APm": "AP_medium", "APl": "AP_large", "APr": "AP_rare",
              "APc": "AP_common", "APf": "AP_frequent", "AR@300": "AR300", "ARs@300": "AR_small", "ARm@300": "AR_medium",
              "ARl@300": "AR_large"}


def write_truth(file, truth, found):
    for image in truth["images"]:
        file.write(line("image", image["id"]))
        if "neg_category_ids" in image:
            absent, partly = image["neg_category_ids"], image["not_exhaustive_category_ids"]
            file.write(line("verified", image["id"], len(absent), *absent, len(partly), *partly))
    for category in truth["categories"]:
        file.write(line("category", category["id"]))
        if "frequency" in category:
            file.write(f"frequency {category['id']} {category['frequency']}\n")
    for box in truth["annotations"]:
        file.write(line("truth", box["id"], box["image_id"], box["category_id"], *box["bbox"], box["area"], box["iscrowd"]))
    for box in found:
        file.write(line("found", box["image_id"], box["category_id"], *box["bbox"], box["score"]))


def write_expected(file, numbers, classes):
    for name, value in numbers.items():
        file.write(f"expect {name} {float(value)!r}\n")
    for category, (ap, ap50) in classes.items():
        file.write(f"expect_class {category} {float(ap)!r} {float(ap50)!r}\n")


def lvis_scores(truth, found):
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "gt.json"
        path.write_text(json.dumps(truth), encoding="utf-8")
        annotated = LVIS(str(path))
    evaluation = LVISEval(annotated, LVISResults(annotated, [dict(box) for box in found]), "bbox")
    evaluation.run()
    classes = {}
    for index, category in enumerate(evaluation.params.cat_ids):
        precision = evaluation.eval["precision"][:, :, index, 0]
        classes[category] = (precision.mean(), precision[0].mean()) if (precision > -1).any() else (-1, -1)
    return {name: evaluation.results[key] for key, name in LVIS_NAMES.items()}, classes


def lvis_set(seed):
    rng = random.Random(seed)
    images = rng.sample(range(-9, 9) if seed & 1 else range(1, 40), 6)
    categories = rng.sample(range(-4, 5) if seed & 2 else range(1, 9), 5)
    truth = random_truth(rng, images[:5], categories[:4], 18, first_id=rng.choice([0, -5]) if seed & 4 else 1)
    for image in truth["images"]:
        image["neg_category_ids"] = rng.sample(categories, rng.randrange(4))
        image["not_exhaustive_category_ids"] = rng.sample(categories, rng.randrange(3))
    for category in truth["categories"]:
        category["frequency"] = rng.choice("rcf")
    for box in truth["annotations"]:
        box["area"] = float(box["area"])
    many = seed % 20 == 19
    found = random_found(rng, truth, 800 if many else 50, reach=1 if seed & 8 else 3,
                         score=(lambda rng: rng.randrange(1, 5) / 4) if seed & 16 else (lambda rng: rng.random()))
    if many:  # more than 300 of one image
        for box in found[:500]:
            box["image_id"] = images[0]
    return truth, found


def lvis_sets():
    with open(HERE / "lvis_sets.txt", "w", encoding="utf-8") as file:
        file.write("# make_metric_fixtures.py with lvis 0.5.3\n")
        for seed in range(40):
            truth, found = lvis_set(seed)
            file.write(f"set {seed}\n")
            write_truth(file, truth, found)
            write_expected(file, *lvis_scores(truth, found))


if __name__ == "__main__":
    lvis_sets()
