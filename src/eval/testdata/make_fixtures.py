#!/usr/bin/env python3
"""Writes the fixtures of coco_eval_test.cc and fidelity_test.cc: boxes, and the numbers that pycocotools gives for them.

    python3 make_fixtures.py instances_val2017.json

Written with pycocotools 2.0.11 and numpy 2.4 (the first line of each file says with which). The argument is the annotation file
of a COCO-layout data set; its boxes become coco_val.txt (annotations by the COCO consortium, CC BY 4.0), with detections drawn
at random around them. One record a line:

    image ID | category ID | truth ID IMAGE CATEGORY LEFT TOP WIDTH HEIGHT AREA CROWD
    reference IMAGE CATEGORY LEFT TOP WIDTH HEIGHT SCORE   (fidelity only, instead of truth)
    found IMAGE CATEGORY LEFT TOP WIDTH HEIGHT SCORE
    expect NAME VALUE | expect_class CATEGORY AP AP50
    set NUMBER                                             (random_sets.txt only: what follows is another data set)
"""
import contextlib
import importlib.metadata
import io
import json
import random
import sys
from pathlib import Path

import numpy as np
from pycocotools.coco import COCO
from pycocotools.cocoeval import COCOeval

HERE = Path(__file__).resolve().parent
NAMES = ["AP", "AP50", "AP75", "AP_small", "AP_medium", "AP_large", "AR1", "AR10", "AR100", "AR_small", "AR_medium", "AR_large"]


def coco_of(truth):
    coco = COCO()
    coco.dataset = truth
    coco.createIndex()
    return coco


def scores(truth, found):
    """The 12 numbers and {category: (AP, AP50)}, -1 where undefined."""
    with contextlib.redirect_stdout(io.StringIO()):
        coco = coco_of(truth)
        results = coco.loadRes([dict(box) for box in found]) if found else coco_of(dict(truth, annotations=[]))
        evaluation = COCOeval(coco, results, "bbox")
        evaluation.evaluate()
        evaluation.accumulate()
        evaluation.summarize()
    classes = {}
    for index, category in enumerate(evaluation.params.catIds):
        precision = evaluation.eval["precision"][:, :, index, 0, 2]
        classes[category] = (float(precision.mean()), float(precision[0].mean())) if (precision > -1).any() else (-1.0, -1.0)
    return [float(value) for value in evaluation.stats], classes


def number(value):
    return repr(float(value)) if not isinstance(value, int) else str(value)


def line(kind, *values):
    return " ".join([kind, *map(number, values)]) + "\n"


def write_set(file, name, truth, found, reference=None):
    values, classes = scores(truth, found)
    for image in truth["images"]:
        file.write(line("image", image["id"]))
    if reference is None:
        for category in truth["categories"]:
            file.write(line("category", category["id"]))
        for box in truth["annotations"]:
            file.write(line("truth", box["id"], box["image_id"], box["category_id"], *box["bbox"], box["area"], box["iscrowd"]))
    for kind, boxes in (("reference", reference or []), ("found", found)):
        for box in boxes:
            file.write(line(kind, box["image_id"], box["category_id"], *box["bbox"], box["score"]))
    for key, value in zip(NAMES, values):
        file.write(f"expect {key} {value!r}\n")
    for category, (ap, ap50) in classes.items():
        file.write(f"expect_class {category} {ap!r} {ap50!r}\n")
    print(name, [round(value, 4) for value in values])


def open_fixture(name):
    file = open(HERE / f"{name}.txt", "w", encoding="utf-8")
    file.write(f"# make_fixtures.py with pycocotools {importlib.metadata.version('pycocotools')}, numpy {np.__version__}\n")
    return file


def write(name, truth, found, reference=None):
    with open_fixture(name) as file:
        write_set(file, name, truth, found, reference)


def random_box(rng, grid):
    return [rng.randrange(0, 400, grid), rng.randrange(0, 300, grid), rng.choice([8, 16, 24, 40, 64, 120, 200]),
            rng.choice([8, 16, 24, 40, 64, 120, 200])]


def moved(rng, box, grid, reach):
    steps = [grid * rng.randrange(-reach, reach + 1) for _ in range(4)]
    return [box[0] + steps[0], box[1] + steps[1], max(grid, box[2] + steps[2]), max(grid, box[3] + steps[3])]


def random_truth(rng, images, categories, boxes, crowds=0.0, first_id=1):
    annotations = []
    for number_of_box in range(boxes):
        box = random_box(rng, 4)
        annotations.append({"id": first_id + number_of_box, "image_id": rng.choice(images), "category_id": rng.choice(categories), "bbox": box,
                            "area": box[2] * box[3] * rng.choice([0.4, 0.7, 1.0]), "iscrowd": int(rng.random() < crowds)})
    return {"info": {}, "images": [{"id": image} for image in images], "categories": [{"id": c, "name": str(c)} for c in categories],
            "annotations": annotations}


def random_found(rng, truth, count, grid=4, reach=3, score=lambda rng: rng.randrange(1, 11) / 10):
    images = [image["id"] for image in truth["images"]]
    categories = [category["id"] for category in truth["categories"]]
    found = []
    for _ in range(count):
        seed = rng.choice(truth["annotations"]) if truth["annotations"] and rng.random() < 0.7 else None
        found.append({"image_id": seed["image_id"] if seed else rng.choice(images),
                      "category_id": seed["category_id"] if seed and rng.random() < 0.9 else rng.choice(categories),
                      "bbox": moved(rng, seed["bbox"], grid, reach) if seed else random_box(rng, grid), "score": score(rng)})
    return found


def synthetic_cases():
    rng = random.Random(20)
    images, categories = [9, 2, 5, 30, 31, 40, 7, 8], [3, 1, 7]
    truth = random_truth(rng, images, categories, 60)
    write("ties", truth, random_found(rng, truth, 300))
    truth = random_truth(rng, images, categories, 60, crowds=0.3)
    write("crowds", truth, random_found(rng, truth, 300))
    truth = random_truth(rng, images[:4], [1, 3], 25)
    truth["images"] += [{"id": 100 + i} for i in range(5)]
    truth["categories"] += [{"id": 50, "name": "unseen"}, {"id": 51, "name": "untouched"}]
    found = random_found(rng, truth, 120)
    found += [{"image_id": 100, "category_id": 999, "bbox": [1, 2, 3, 4], "score": 0.9}]
    write("classes_without_truth", truth, found)
    write("no_detections", random_truth(rng, images, categories, 20), [])
    empty = random_truth(rng, images, categories, 0)
    write("no_truth", empty, random_found(rng, empty, 40))
    truth = random_truth(rng, images[:2], categories[:1], 30)
    write("many_detections", truth, random_found(rng, truth, 320, grid=1, reach=20, score=lambda rng: rng.random()))
    truth = random_truth(rng, images[:3], categories, 20, first_id=0)
    write("id_zero", truth, random_found(rng, truth, 60, reach=1))


def random_set(seed):
    """A small data set in which each oddity occurs or does not, by the bits of `seed`."""
    rng = random.Random(seed)
    images = rng.sample(range(-9, 9) if seed & 1 else range(1, 40), 5)
    categories = rng.sample(range(-4, 4) if seed & 2 else range(1, 8), 3)
    truth = random_truth(rng, images[:4], categories[:2], 16, crowds=0.3 if seed & 4 else 0, first_id=rng.choice([0, -5]) if seed & 8 else 1)
    found = random_found(rng, truth, 45, score=(lambda rng: rng.randrange(1, 5) / 4) if seed & 16 else (lambda rng: rng.random()))
    if seed & 32:
        for box in rng.sample(truth["annotations"], 4):
            box["area"], box["bbox"][2:] = 0, [0, rng.choice([0, 16])]
        for box in rng.sample(found, 6):
            box["bbox"][2:] = [rng.choice([0, 16]), 0]
    return truth, found


def random_sets():
    with open_fixture("random_sets") as file:
        for seed in range(64):
            file.write(f"set {seed}\n")
            write_set(file, f"random {seed}", *random_set(seed))


def coco_case(path):
    rng = random.Random(120)
    with open(path, encoding="utf-8") as file:
        source = json.load(file)
    truth = {key: source[key] for key in ("info", "images", "categories")}
    truth["annotations"] = [{key: box[key] for key in ("id", "image_id", "category_id", "bbox", "area", "iscrowd")}
                            for box in source["annotations"]]
    found = []
    for box in truth["annotations"]:
        for _ in range(rng.choice([0, 1, 1, 2])):
            shift = [rng.gauss(0, 0.06) for _ in range(4)]
            left, top, width, height = box["bbox"]
            found.append({"image_id": box["image_id"],
                          "category_id": box["category_id"] if rng.random() < 0.85 else rng.choice(truth["categories"])["id"],
                          "bbox": [round(left + shift[0] * width, 2), round(top + shift[1] * height, 2),
                                   round(width * (1 + shift[2]), 2), round(height * (1 + shift[3]), 2)],
                          "score": round(rng.random() ** 2, 3)})
    rng.shuffle(found)
    write("coco_val", truth, found)


def fidelity_case():
    rng = random.Random(7)
    images, categories = [4, 1, 3, 12], [1, 2]
    truth = random_truth(rng, images, categories, 40)
    reference = random_found(rng, truth, 60, score=lambda rng: rng.choice([0.1, 0.29999, 0.3, 0.5, 0.9]))
    found = [dict(box, bbox=moved(rng, box["bbox"], 2, 2), score=round(rng.random(), 2)) for box in reference] + [
        {"image_id": 1, "category_id": 77, "bbox": [1, 2, 3, 4], "score": 0.9}]
    seen = sorted(images) + [99]
    strong = [box for box in reference if box["score"] >= 0.3]
    labels = sorted({box["category_id"] for box in reference} | {box["category_id"] for box in found})
    write("fidelity", {"info": {}, "images": [{"id": image} for image in seen],
                       "categories": [{"id": label, "name": str(label)} for label in labels],
                       "annotations": [{"id": index, "image_id": box["image_id"], "category_id": box["category_id"],
                                        "bbox": box["bbox"], "area": box["bbox"][2] * box["bbox"][3], "iscrowd": 0}
                                       for index, box in enumerate(strong, 1)]}, found, reference)


if __name__ == "__main__":
    synthetic_cases()
    random_sets()
    fidelity_case()
    coco_case(sys.argv[1])
