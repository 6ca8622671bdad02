#!/usr/bin/env python3
"""Makes demo/, the data that octet carries in itself: photographs of COCO 2017 that may be passed on, and a detector.

    scripts/make_demo_data.py --coco COCO_FOLDER --model YOLO_FASTEST_FOLDER [--output demo]

COCO_FOLDER has COCO's layout with val2017, train2017 and both annotation files; YOLO_FASTEST_FOLDER holds
yolo-fastest-1.1-xl.cfg, .weights and coco.names. Photographs are chosen by the licence in COCO's annotations:

- val2017, for accuracy: all of them, unchanged, with COCO's annotations;
- train2017, for calibration: 24 spread over the folder, scaled down and recompressed so that the whole stays below
  10 MB; that is still more than the 320x320 pixels that the model sees. Needs djpeg and cjpeg (libjpeg-turbo-progs).

The same input gives the same files. Nothing is downloaded.
"""
import argparse
import json
import re
import shutil
import subprocess
from pathlib import Path

ALLOWED_LICENCES = (4, 5, 7, 8)  # attribution, attribution-share alike, no known restrictions, US government
CALIBRATION_PHOTOGRAPHS = 24
CALIBRATION_SCALE, CALIBRATION_QUALITY = "3/4", 84
MODEL = "yolo-fastest-1.1-xl"
LIMIT_BYTES = 10_000_000

INTRODUCTION = """# Where the demo data comes from

Made by `scripts/make_demo_data.py`, which says how. COCO is Lin et al., "Microsoft COCO: Common Objects in Context",
2014, <https://cocodataset.org>. Its annotations (`coco/annotations`, cut down to the images below) are licensed CC BY 4.0,
<https://creativecommons.org/licenses/by/4.0/>. Each photograph has the licence that COCO's annotations name; its page
on Flickr names the author.

## Model

| files | source | licence |
| --- | --- | --- |
| `yolo-fastest-1.1-xl/yolo-fastest-1.1-xl.cfg`, `.weights` | <https://github.com/dog-qiuqiu/Yolo-Fastest> | YOLO LICENSE, version 2 (public domain in effect: "do whatever you want") |
| `yolo-fastest-1.1-xl/coco.names` | <https://github.com/AlexeyAB/darknet> | public domain, as Darknet |
"""


def read_entries(coco, split):
    """The annotations of a split, and its images that may be passed on, by rising id."""
    annotations = json.loads((coco / "annotations" / f"instances_{split}.json").read_text())
    allowed = [image for image in annotations["images"] if image["license"] in ALLOWED_LICENCES]
    return annotations, sorted(allowed, key=lambda image: image["id"])


def spread(entries, count):
    """`count` entries at even distances."""
    return [entries[i * len(entries) // count] for i in range(min(count, len(entries)))]


def copy_unchanged(source, target):
    shutil.copyfile(source, target)


def copy_smaller(source, target):
    pixels = subprocess.run(["djpeg", "-scale", CALIBRATION_SCALE, "-ppm", source], check=True, capture_output=True).stdout
    jpeg = subprocess.run(["cjpeg", "-optimize", "-quality", str(CALIBRATION_QUALITY)], input=pixels, check=True, capture_output=True)
    target.write_bytes(jpeg.stdout)


def copy_photographs(coco, output, split, entries, copy):
    folder = output / "coco" / split
    folder.mkdir(parents=True)
    for image in entries:
        copy(coco / split / image["file_name"], folder / image["file_name"])


def write_annotations(annotations, entries, path):
    kept = {image["id"] for image in entries}
    part = dict(annotations, images=entries,
                annotations=[entry for entry in annotations["annotations"] if entry["image_id"] in kept])
    path.parent.mkdir(parents=True)
    path.write_text(json.dumps(part, separators=(",", ":")) + "\n")


def photograph_page(image):
    """Flickr finds the page, and with it the author, by the number in the name of the file."""
    number = re.search(r"/(\d+)_[0-9a-f]+_\w\.jpg$", image["flickr_url"])[1]
    return f"https://www.flickr.com/photo.gne?id={number}"


def attribution_table(title, split, entries, licences):
    lines = [f"\n## {title}\n", "| file | photograph | as COCO has it | licence |", "| --- | --- | --- | --- |"]
    for image in entries:
        licence = licences[image["license"]]
        lines.append(f"| `coco/{split}/{image['file_name']}` | <{photograph_page(image)}> | <{image['coco_url']}> "
                     f"| [{licence['name']}]({licence['url']}) |")
    return "\n".join(lines) + "\n"


def copy_model(model, output):
    folder = output / MODEL
    folder.mkdir(parents=True)
    for name in (f"{MODEL}.cfg", f"{MODEL}.weights", "coco.names"):
        shutil.copyfile(model / name, folder / name)


def main():
    root = Path(__file__).resolve().parent.parent
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--coco", type=Path, required=True)
    parser.add_argument("--model", type=Path, required=True)
    parser.add_argument("--output", type=Path, default=root / "demo")
    options = parser.parse_args()

    shutil.rmtree(options.output, ignore_errors=True)
    val_annotations, val = read_entries(options.coco, "val2017")
    train = spread(read_entries(options.coco, "train2017")[1], CALIBRATION_PHOTOGRAPHS)
    copy_photographs(options.coco, options.output, "val2017", val, copy_unchanged)
    copy_photographs(options.coco, options.output, "train2017", train, copy_smaller)
    write_annotations(val_annotations, val, options.output / "coco" / "annotations" / "instances_val2017.json")
    copy_model(options.model, options.output)

    licences = {licence["id"]: licence for licence in val_annotations["licenses"]}
    (options.output / "ATTRIBUTION.md").write_text(
        INTRODUCTION +
        attribution_table("Photographs for accuracy, unchanged", "val2017", val, licences) +
        attribution_table("Photographs for calibration, scaled to three quarters and recompressed", "train2017", train, licences))

    total = sum(path.stat().st_size for path in options.output.rglob("*") if path.is_file())
    print(f"{len(val)} + {len(train)} photographs, {total:,} bytes in {options.output}")
    if total > LIMIT_BYTES:
        raise SystemExit(f"error: more than {LIMIT_BYTES:,} bytes")


if __name__ == "__main__":
    main()
