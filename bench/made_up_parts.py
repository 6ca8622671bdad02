#!/usr/bin/env python3
"""Writes the parts of a check of two models over as many made-up pictures as are asked for, for `octet merge` to be measured with.

    bench/made_up_parts.py --octet build/release/octet --model FP32.xml --model INT8.xml --pictures 1000000 --output DIR
    octet merge DIR/parts

There are no pictures: octet checks one shard, reads none of them, and what its part says of a picture is replaced by ten boxes a model (--boxes), most
of them near one of the picture's two objects. The models are of COCO's 80 classes.
"""
import argparse
import hashlib
import json
import struct
import subprocess
from pathlib import Path

import numpy as np

MAGIC = b"octet part 1\n"
CLASSES, OBJECTS, WIDTH, HEIGHT = 80, 2, 640, 480
DETECTION = np.dtype([("class", "<i4"), ("score", "<f4"), ("box", "<f4", 4)])
CATEGORIES = Path(__file__).parent.parent / "demo/coco/annotations/instances_val2017.json"


def objects(random, pictures):
    corners = random.uniform(0, 300, (pictures, OBJECTS, 2))
    sizes = np.exp(random.uniform(np.log(8), np.log(300), (pictures, OBJECTS, 2)))
    labels = (CLASSES * random.random((pictures, OBJECTS)) ** 2).astype(int)  # some classes are frequent
    return labels, np.concatenate([corners, sizes], axis=2).round(2)


def write_annotations(folder, labels, boxes):
    categories = json.loads(CATEGORIES.read_text())["categories"]
    ids = sorted(category["id"] for category in categories)
    with open(folder / "annotations/instances_val2017.json", "w") as file:
        file.write('{"images":[')
        file.write(",".join(f'{{"id":{i + 1},"file_name":"{i:08d}.jpg","width":{WIDTH},"height":{HEIGHT}}}' for i in range(len(labels))))
        file.write('],"annotations":[')
        file.write(",".join(
            f'{{"id":{OBJECTS * i + k + 1},"image_id":{i + 1},"category_id":{ids[labels[i, k]]},"bbox":[{x},{y},{w},{h}],"area":{w * h:.2f},"iscrowd":0}}'
            for i in range(len(labels)) for k, (x, y, w, h) in enumerate(boxes[i])))
        file.write(f'],"categories":{json.dumps(categories)}}}')


def detections(random, labels, boxes, noise, count):
    """Of all pictures: `count` each, near an object or anywhere."""
    pictures = len(labels)
    found = np.zeros((pictures, count), DETECTION)
    target = random.integers(0, OBJECTS, (pictures, count))
    rows = np.arange(pictures)[:, None]
    near = boxes[rows, target]
    corners = np.concatenate([near[..., :2], near[..., :2] + near[..., 2:]], axis=2)
    shift = random.normal(0, noise, (pictures, count, 4)) * np.tile(near[..., 2:], 2)
    elsewhere = random.random((pictures, count)) < 0.6
    corners += shift + np.where(elsewhere, random.uniform(-200, 200, (pictures, count)), 0)[..., None]
    found["box"] = corners
    found["class"] = np.where(random.random((pictures, count)) < 0.8, labels[rows, target], random.integers(0, CLASSES, (pictures, count)))
    found["score"] = np.sort(np.where(elsewhere, random.beta(1, 6, (pictures, count)), random.beta(2, 2, (pictures, count))))[:, ::-1]
    return found


def record(number, content):
    digest = hashlib.sha256(struct.pack("<Q", number) + content).hexdigest()[:16]
    return struct.pack("<I", len(content)) + content + digest.encode()


def setup_of(args):
    """Of a shard in which no picture can be read: all but one, which is empty, are missing."""
    (args.output / "val2017/00000000.jpg").touch()
    subprocess.run([args.octet, "check", *args.model, "--data", args.output, "--shard", f"1/{args.shards}", "--output", args.output / "setup"], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    part = next((args.output / "setup").glob("*.octetpart")).read_bytes()
    (length,) = struct.unpack_from("<I", part, len(MAGIC))
    return json.loads(part[len(MAGIC) + 5:len(MAGIC) + 4 + length])


def write_part(args, setup, shard, found):
    setup["share"] = f"{shard + 1}/{args.shards}"
    with open(args.output / "parts" / f"check-{shard + 1}-of-{args.shards}.octetpart", "wb") as file:
        file.write(MAGIC + record(0, b"S" + json.dumps(setup, separators=(",", ":")).encode()))
        number = 1
        for model, of_model in enumerate(found):
            for picture in range(shard, args.pictures, args.shards):
                content = b"D" + struct.pack("<IQBI", model, picture, 1, args.boxes) + of_model[picture].tobytes()
                file.write(record(number, content))
                number += 1
        file.write(record(number, b"E" + struct.pack("<QdQ", number, 1.0, 0)))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--octet", required=True)
    parser.add_argument("--model", action="append", required=True)
    parser.add_argument("--pictures", type=int, default=1_000_000)
    parser.add_argument("--boxes", type=int, default=10, help="that each model found in each picture")
    parser.add_argument("--shards", type=int, default=4)
    parser.add_argument("--output", type=Path, required=True)
    args = parser.parse_args()
    for folder in ("val2017", "annotations", "parts"):
        (args.output / folder).mkdir(parents=True, exist_ok=True)
    random = np.random.default_rng(0)
    labels, boxes = objects(random, args.pictures)
    write_annotations(args.output, labels, boxes)
    setup = setup_of(args)
    found = [detections(random, labels, boxes, noise, args.boxes) for noise in (0.08, 0.1)][:len(args.model)]
    for shard in range(args.shards):
        write_part(args, setup, shard, found)


if __name__ == "__main__":
    main()
