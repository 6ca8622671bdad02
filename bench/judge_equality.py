#!/usr/bin/env python3
"""Compares octet's 12 numbers and APs of classes with pycocotools' on random data sets: crowds, ties, empty classes and images, areas of
zero, ids from 0, below 0 and with gaps, and every second time numbers of detections and limits of areas of one's own.

    bench/judge_equality.py --octet build/release/octet --sets 1000 [--first 0]

Prints the greatest difference as JSON; status 1 where that is more than 1e-12, after the seeds at which it is.
"""
import argparse
import contextlib
import io
import json
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
from pycocotools.coco import COCO
from pycocotools.cocoeval import COCOeval

TOLERANCE = 1e-12
SIDE = 640


def boxes(random, count):
    sizes = np.exp(random.uniform(np.log(4), np.log(SIDE), (count, 2)))
    corners = random.uniform(0, 1, (count, 2)) * (SIDE - sizes)
    found = np.round(np.concatenate([corners, sizes], axis=1), 2)
    found[random.random(count) < 0.05, 2:] = 0
    return found


def ids(random, count):
    """From 0, from a number below 0, or with gaps."""
    first = [0, -int(random.integers(1, 50)), 1][random.integers(3)]
    gaps = random.integers(1, 4, count) if random.random() < 0.5 else np.ones(count, int)
    return first + np.cumsum(gaps) - gaps[0]


def data_set(random):
    images, categories = ids(random, random.integers(1, 30)), ids(random, random.integers(1, 12))
    used = categories[random.random(len(categories)) < 0.8]  # others have no object
    filled = images[random.random(len(images)) < 0.8]
    count = int(random.integers(0, 200)) if len(used) and len(filled) else 0
    truth, numbers = boxes(random, count), ids(random, max(count, 1))
    owner, label = (random.choice(filled, count), random.choice(used, count)) if count else ([], [])
    crowds = random.random(count) < 0.1
    annotations = [{"id": int(numbers[i]), "image_id": int(owner[i]), "category_id": int(label[i]), "bbox": truth[i].tolist(),
                    "area": float(truth[i][2] * truth[i][3] * random.uniform(0.4, 1)), "iscrowd": int(crowds[i])} for i in range(count)]
    results = []
    for image in images[random.random(len(images)) < 0.9]:
        here = [a for a in annotations if a["image_id"] == image]
        for found in boxes(random, random.integers(0, 60)):
            category = int(random.choice(categories))
            if here and random.random() < 0.5:
                near = here[random.integers(len(here))]
                found = near["bbox"] + random.normal(0, 0.1, 4) * np.tile(near["bbox"][2:], 2)
                found[2:] = np.maximum(found[2:], 0)
                category = near["category_id"] if random.random() < 0.8 else category
            score = random.random()
            score = round(score, 1 if random.random() < 0.3 else 6)
            results.append({"image_id": int(image), "category_id": category, "bbox": np.round(found, 2).tolist(), "score": float(score)})
    order = random.permutation(len(results))
    return ({"images": [{"id": int(i), "width": SIDE, "height": SIDE, "file_name": f"{i}.jpg"} for i in images],
             "categories": [{"id": int(c), "name": f"class {c}"} for c in categories], "annotations": annotations},
            [results[i] for i in order])


def settings(random):
    if random.random() < 0.5:
        return [1, 10, 100], [1024, 9216]
    return sorted(int(n) for n in random.choice(np.arange(1, 60), 3, replace=False)), sorted(float(a) for a in random.integers(16, 2e5, 2))


def mean(values):
    values = values[values > -1]
    return float(values.mean()) if values.size else -1.0


def expected(annotations, results, most, limits):
    """From pycocotools' arrays, as its summary knows 100 detections alone."""
    with contextlib.redirect_stdout(io.StringIO()):
        truth = COCO(str(annotations))
        judge = COCOeval(truth, truth.loadRes(str(results)), "bbox")
        judge.params.maxDets = most
        judge.params.areaRng = [[0, 1e10], [0, limits[0]], limits, [limits[1], 1e10]]
        judge.evaluate()
        judge.accumulate()
    precision, recall = judge.eval["precision"], judge.eval["recall"]
    numbers = [mean(precision[:, :, :, 0, 2]), mean(precision[0, :, :, 0, 2]), mean(precision[5, :, :, 0, 2])]
    numbers += [mean(precision[:, :, :, size, 2]) for size in (1, 2, 3)]
    numbers += [mean(recall[:, :, 0, n]) for n in range(3)] + [mean(recall[:, :, size, 2]) for size in (1, 2, 3)]
    return numbers, {int(c): mean(precision[:, :, k, 0, 2]) for k, c in enumerate(judge.params.catIds)}


def found_by_octet(octet, annotations, results, most, limits):
    said = subprocess.run([octet, "check", "--annotations", annotations, "--results", results, "--json", "--max-detections",
                           ",".join(map(str, most)), "--area-limits", ",".join(map(str, limits))], capture_output=True, text=True, check=True)
    answer = json.loads(said.stdout.splitlines()[-1])
    names = ["AP", "AP50", "AP75", "AP_small", "AP_medium", "AP_large", *(f"AR{n}" for n in most), "AR_small", "AR_medium", "AR_large"]
    return [answer[name] for name in names], {c["id"]: c["AP"] for c in answer["categories"]}


def difference(octet, folder, seed):
    random = np.random.default_rng(seed)
    truth, results = data_set(random)
    if not results:  # which pycocotools does not read
        return 0.0
    (folder / "truth.json").write_text(json.dumps(truth))
    (folder / "results.json").write_text(json.dumps(results))
    arguments = (folder / "truth.json", folder / "results.json", *settings(random))
    numbers, classes = expected(*arguments)
    ours, our_classes = found_by_octet(octet, *arguments)
    assert classes.keys() == our_classes.keys(), f"seed {seed}: other classes"
    return max(abs(a - b) for a, b in [*zip(numbers, ours), *((classes[c], our_classes[c]) for c in classes)])


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--octet", required=True)
    parser.add_argument("--sets", type=int, default=1000)
    parser.add_argument("--first", type=int, default=0, help="seed of the first")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        differences = {seed: difference(args.octet, Path(folder), seed) for seed in range(args.first, args.first + args.sets)}
    wrong = {seed: value for seed, value in differences.items() if not value <= TOLERANCE}
    for seed, value in wrong.items():
        print(f"seed {seed}: {value}", file=sys.stderr)
    print(json.dumps({"sets": args.sets, "greatest_difference": max(differences.values())}))
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
