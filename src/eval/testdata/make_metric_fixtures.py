#!/usr/bin/env python3
"""Writes lvis_sets.txt, voc2007_sets.txt, voc2012_sets.txt and openimages_sets.txt for metric_test.cc: small random data sets with every
oddity, and what is right for them: the numbers of the lvis package, those of a transcript of VOCdevkit's VOCevaldet.m and VOCap.m, and those
of the TensorFlow Object Detection API, whose evaluator is called class by class and image by image as its OpenImagesChallengeEvaluator does.

    python3 make_metric_fixtures.py

Written with lvis 0.5.3 and tf-models-research-object-detection 2.8.0 (without its dependencies but numpy and six). Records are those of make_fixtures.py, and
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
from object_detection.utils import metrics
from object_detection.utils.per_image_evaluation import PerImageEvaluation

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


def corners(box):
    """VOC's, which count pixels from 1 and are both inside."""
    return box[0] + 1, box[1] + 1, box[0] + box[2], box[1] + box[3]


def voc_overlap(a, b):
    width = min(a[2], b[2]) - max(a[0], b[0]) + 1
    height = min(a[3], b[3]) - max(a[1], b[1]) + 1
    if width <= 0 or height <= 0:
        return -np.inf
    both = (a[2] - a[0] + 1) * (a[3] - a[1] + 1) + (b[2] - b[0] + 1) * (b[3] - b[1] + 1)
    return width * height / (both - width * height)


def voc_curve(objects, found):
    """VOCevaldet.m: precision and recall behind each detection of a class."""
    taken = set()
    right, wrong = np.zeros(len(found)), np.zeros(len(found))
    for place, detection in enumerate(sorted(found, key=lambda one: -one["score"])):
        best, which = -np.inf, None
        for index, box in enumerate(objects):
            if box["image_id"] != detection["image_id"]:
                continue
            overlap = voc_overlap(corners(detection["bbox"]), corners(box["bbox"]))
            if overlap > best:
                best, which = overlap, index
        if best < 0.5:
            wrong[place] = 1
        elif not objects[which]["iscrowd"]:
            right[place], wrong[place] = which not in taken, which in taken
            taken.add(which)
    right, wrong = np.cumsum(right), np.cumsum(wrong)
    with np.errstate(invalid="ignore"):
        return right / (right + wrong), right / sum(not box["iscrowd"] for box in objects)


def voc2007_average(precision, recall):
    result = 0
    for point in np.arange(0, 1.1, 0.1):
        reached = precision[recall >= point]
        result += (np.nanmax(reached) if len(reached) else 0) / 11
    return result


def voc2012_average(precision, recall):
    recall, precision = np.concatenate([[0], recall, [1]]), np.concatenate([[0], precision, [0]])
    for i in range(len(precision) - 2, -1, -1):
        precision[i] = np.fmax(precision[i], precision[i + 1])
    steps = np.nonzero(recall[1:] != recall[:-1])[0] + 1
    return np.sum((recall[steps] - recall[steps - 1]) * precision[steps])


def mean_of_defined(classes):
    defined = [value for value, _ in classes.values() if value >= 0]
    return {"AP": np.mean(defined) if defined else -1}


def voc_scores(truth, found, average):
    classes = {}
    for category in sorted(category["id"] for category in truth["categories"]):
        objects = [box for box in truth["annotations"] if box["category_id"] == category]
        value = -1
        if any(not box["iscrowd"] for box in objects):
            value = average(*voc_curve(objects, [one for one in found if one["category_id"] == category]))
        classes[category] = (value, value)
    return mean_of_defined(classes), classes


def voc_set(seed):
    rng = random.Random(seed)
    images, categories = rng.sample(range(1, 40), 5), rng.sample(range(1, 8), 4)
    truth = random_truth(rng, images[:4], categories[:3], 18, crowds=0.3 if seed & 1 else 0)
    found = random_found(rng, truth, 50, reach=1 if seed & 2 else 3,
                         score=(lambda rng: rng.randrange(1, 5) / 4) if seed & 4 else (lambda rng: rng.random()))
    return truth, sorted(found, key=lambda one: one["image_id"])  # of equal scores, octet takes the lower image first


def voc_sets(name, average):
    with open(HERE / f"{name}_sets.txt", "w", encoding="utf-8") as file:
        file.write("# make_metric_fixtures.py\n")
        for seed in range(32):
            truth, found = voc_set(seed)
            file.write(f"set {seed}\n")
            write_truth(file, truth, found)
            write_expected(file, *voc_scores(truth, found, average))


def box_array(boxes):
    """Top, left, bottom, right."""
    return np.array([[y, x, y + height, x + width] for x, y, width, height in (box["bbox"] for box in boxes)], dtype=float).reshape(-1, 4)


def openimages_scores(truth, found):
    labels = sorted(category["id"] for category in truth["categories"])
    evaluation = PerImageEvaluation(len(labels), matching_iou_threshold=0.5, nms_iou_threshold=1.0, nms_max_output_boxes=10000,
                                    group_of_weight=1.0)
    scores, right = [[] for _ in labels], [[] for _ in labels]
    for image in truth["images"]:
        objects = [box for box in truth["annotations"] if box["image_id"] == image["id"]]
        judged = {box["category_id"] for box in objects} | set(image["neg_category_ids"])
        here = [one for one in found if one["image_id"] == image["id"] and one["category_id"] in judged]
        index = [np.array([labels.index(box["category_id"]) for box in boxes], dtype=int) for boxes in (here, objects)]
        image_scores, image_right, _ = evaluation.compute_object_detection_metrics(
            box_array(here), np.array([one["score"] for one in here]), index[0], box_array(objects), index[1],
            np.zeros(len(objects), dtype=bool), np.array([bool(box["iscrowd"]) for box in objects], dtype=bool))
        for k in range(len(labels)):
            scores[k].append(image_scores[k])
            right[k].append(np.asarray(image_right[k], dtype=float))
    classes = {}
    for k, label in enumerate(labels):
        objects = sum(box["category_id"] == label for box in truth["annotations"])
        value = -1
        if objects:
            value = metrics.compute_average_precision(*metrics.compute_precision_recall(np.concatenate(scores[k]), np.concatenate(right[k]), objects))
        classes[label] = (value, value)
    return mean_of_defined(classes), classes


def openimages_set(seed):
    rng = random.Random(seed)
    images, categories = rng.sample(range(1, 40), 5), rng.sample(range(1, 8), 4)
    truth = random_truth(rng, images[:4], categories[:3], 18, crowds=0.4 if seed & 1 else 0)
    for image in truth["images"]:
        image["neg_category_ids"] = rng.sample(categories, rng.randrange(3))
        image["not_exhaustive_category_ids"] = []
    return truth, random_found(rng, truth, 60, reach=1 if seed & 2 else 3, score=lambda rng: rng.random())


def openimages_sets():
    with open(HERE / "openimages_sets.txt", "w", encoding="utf-8") as file:
        file.write("# make_metric_fixtures.py with tf-models-research-object-detection 2.8.0\n")
        for seed in range(32):
            truth, found = openimages_set(seed)
            file.write(f"set {seed}\n")
            write_truth(file, truth, found)
            write_expected(file, *openimages_scores(truth, found))


if __name__ == "__main__":
    lvis_sets()
    voc_sets("voc2007", voc2007_average)
    voc_sets("voc2012", voc2012_average)
    openimages_sets()
