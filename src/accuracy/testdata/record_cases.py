"""Records cases.json: boxes of a small random data set, and what NumPy, Pillow and pycocotools make of them.

    python record_cases.py > cases.json        (numpy, pillow, pycocotools)

The formulas are those of the Open Model Zoo's accuracy checker, written here from its description: plainly, box by box.
"""
import contextlib
import io
import json
import sys

import numpy as np
from PIL import Image
from pycocotools.coco import COCO
from pycocotools.cocoeval import COCOeval

LABELS = [1, 2, 3]


def random_image(random):
    truth, found = [], []
    for _ in range(random.integers(1, 6)):
        x, y, w, h = random.uniform(0, 80), random.uniform(0, 80), random.uniform(8, 60), random.uniform(8, 60)
        label = int(random.choice(LABELS))
        truth.append([label, x, y, x + w, y + h, bool(random.random() < 0.1), bool(random.random() < 0.2)])
        for _ in range(random.integers(0, 3)):
            dx, dy = random.normal(0, 3, 2)
            found.append([label, float(np.float32(random.random())), x + dx, y + dy, x + w + dx, y + h - dy])
    for _ in range(random.integers(0, 3)):
        x, y = random.uniform(0, 100, 2)
        found.append([int(random.choice(LABELS)), float(np.float32(random.random())), x, y, x + 20, y + 10])
    return {"truth": truth, "found": found}


def area(box, b):
    return (box[2] - box[0] + b) * (box[3] - box[1] + b)


def nms(boxes, scores, overlap, b, diou=False):
    order, keep = list(np.argsort(scores, kind="stable")[::-1]), []
    while order:
        best, rest = order[0], order[1:]
        keep.append(int(best))
        order = []
        for other in rest:
            p, q = boxes[best], boxes[other]
            inter = max(0, min(p[2], q[2]) - max(p[0], q[0]) + b) * max(0, min(p[3], q[3]) - max(p[1], q[1]) + b)
            measure = inter / (area(p, b) + area(q, b) - inter)
            if diou:
                cw, ch = max(p[2], q[2]) - min(p[0], q[0]), max(p[3], q[3]) - min(p[1], q[1])
                d = ((q[0] + q[2] - p[0] - p[2]) ** 2 + (q[1] + q[3] - p[1] - p[3]) ** 2) / 4
                measure -= (d / (cw ** 2 + ch ** 2 + 1e-16)) ** 0.6
            if measure <= overlap:
                order.append(other)
    return keep


def soft_nms(boxes, scores, sigma, least):
    scores, picked = np.array(scores, np.float32), []
    for _ in range(len(scores)):
        best = int(np.argmax(scores))
        if scores[best] < least:
            break
        picked.append((best, float(scores[best])))
        for other in range(len(scores)):
            if other != best:
                p, q = boxes[best], boxes[other]
                inter = max(0, min(p[2], q[2]) - max(p[0], q[0])) * max(0, min(p[3], q[3]) - max(p[1], q[1]))
                iou = inter / (area(p, 0) + area(q, 0) - inter)
                scores[other] *= np.exp(-iou ** 2 / sigma)
        scores[best] = 0
    return picked


def voc_overlap(p, q, b, ioa):
    x0, y0 = max(p[0], q[0]), max(p[1], q[1])
    inter = area([x0, y0, max(x0, min(p[2], q[2])), max(y0, min(p[3], q[3]))], b)
    return inter / (area(p, b) if ioa else area(p, b) + area(q, b) - inter)


def voc_map(images, integral="max", threshold=0.5, b=1, ioa=False, ignore_difficult=True, distinct=False, multiple=False):
    results = []
    for label in LABELS:
        truth = [[t for t in image["truth"] if t[0] == label] for image in images]
        difficult = [[t[6] and ignore_difficult for t in of_image] for of_image in truth]
        used = [[False] * len(of_image) for of_image in truth]
        objects = sum(not d for of_image in difficult for d in of_image)
        found = sorted(((i, f) for i, image in enumerate(images) for f in image["found"] if f[0] == label), key=lambda item: -item[1][1])
        if not found:
            continue
        tp, fp = [], []
        for i, f in found:
            hit = miss = 0
            overlaps = [voc_overlap(f[2:6], t[1:5], b, ioa or (multiple and d)) for t, d in zip(truth[i], difficult[i])]
            easy = [o for o, d in zip(overlaps, difficult[i]) if not d]
            hard = [o for o, d in zip(overlaps, difficult[i]) if d]
            best = max(easy, default=-np.inf)
            if best < threshold and hard:
                best = max(hard)
            match = [k for k, o in enumerate(overlaps) if o == best]
            if best < threshold:
                miss = 1
            elif any(difficult[i][k] for k in match):
                if not multiple:
                    miss = int(any(used[i][k] for k in match))
                    for k in match:
                        used[i][k] = True
            elif any(used[i][k] for k in match):
                miss = 1
            else:
                hit = 1
                for k in match:
                    used[i][k] = True
            tp.append(hit)
            fp.append(miss)
        tp, fp = np.cumsum(tp), np.cumsum(fp)
        if distinct:
            scores = [f[1] for _, f in found]
            last = [k for k in range(len(scores)) if k + 1 == len(scores) or scores[k + 1] != scores[k]]
            tp, fp = tp[last], fp[last]
        eps = np.finfo(float).eps
        precision, recall = tp / np.maximum(tp + fp, eps), tp / max(objects, eps)
        if integral == "11point":
            results.append(sum(max(precision[recall >= p], default=0) / 11 for p in np.arange(0, 1.1, 0.1)))
        else:
            r, p = np.r_[0, recall, 1], np.r_[0, precision, 0]
            p = np.maximum.accumulate(p[::-1])[::-1]
            results.append(float(np.sum((r[1:] - r[:-1]) * p[1:])))
    return float(np.mean(results))


def coco_like(images, thresholds, most):
    """(precision, recall) of coco_precision and coco_recall, the mark of detection 0 included."""
    precisions, recalls = [], []
    for label in LABELS:
        objects, values, lasts = 0, [], []
        for image in images:
            objects += sum(t[0] == label and not (t[5] or t[6]) for t in image["truth"])
        if not objects:
            continue
        for threshold in thresholds:
            rows = []
            for image in images:
                truth = [t for t in image["truth"] if t[0] == label and not (t[5] or t[6])]
                counted = len(truth)
                truth += [t for t in image["truth"] if t[0] == label and (t[5] or t[6])]
                found = sorted((f for f in image["found"] if f[0] == label), key=lambda f: -f[1])[:most]
                marks = [0] * len(truth)
                for d, f in enumerate(found):
                    best, chosen = min(threshold, 1 - 1e-10), -1
                    for g, t in enumerate(truth):
                        if marks[g] > 0 and not t[5]:
                            continue
                        if -1 < chosen < counted <= g:
                            break
                        iou = np.float32(voc_overlap(f[2:6], t[1:5], 0, False))
                        if iou < best:
                            continue
                        best, chosen = iou, g
                    if chosen > -1:
                        marks[chosen] = d
                    rows.append((f[1], chosen > -1, chosen >= counted))
            rows.sort(key=lambda row: -row[0])
            tp = np.cumsum([m and not i for _, m, i in rows])
            fp = np.cumsum([not m and not i for _, m, i in rows])
            recall, precision = tp / objects, tp / (tp + fp + np.spacing(1))
            precision = np.maximum.accumulate(precision[::-1])[::-1]
            at = np.searchsorted(recall, np.linspace(0, 1, 101), side="left")
            values.append(np.mean([precision[k] if k < len(precision) else 0 for k in at]))
            lasts.append(recall[-1] if len(recall) else 0)
        precisions.append(np.mean(values))
        recalls.append(np.mean(lasts))
    return float(np.mean(precisions)), float(np.mean(recalls))


def pycocotools_numbers(images, b):
    """AP, AP50 and AR100 where boxes are `b` wider and higher."""
    def ltwh(box):
        return [box[0], box[1], box[2] - box[0] + b, box[3] - box[1] + b]
    truth = [dict(image_id=i, category_id=t[0], bbox=ltwh(t[1:5]), iscrowd=int(t[5])) for i, image in enumerate(images) for t in image["truth"]]
    for number, annotation in enumerate(truth):
        annotation.update(id=number + 1, area=annotation["bbox"][2] * annotation["bbox"][3])
    found = [dict(image_id=i, category_id=f[0], score=f[1], bbox=ltwh(f[2:6])) for i, image in enumerate(images) for f in image["found"]]
    coco = COCO()
    coco.dataset = {"images": [{"id": i} for i in range(len(images))], "annotations": truth, "categories": [{"id": label} for label in LABELS]}
    with contextlib.redirect_stdout(io.StringIO()):
        coco.createIndex()
        evaluation = COCOeval(coco, coco.loadRes(found), "bbox")
        evaluation.evaluate()
        evaluation.accumulate()
        evaluation.summarize()
    return [float(evaluation.stats[k]) for k in (0, 1, 8)]


def permutation(seed, count):
    np.random.seed(seed)
    return np.random.permutation(count).tolist()


def resized(random, width, height, filter_):
    source = random.integers(0, 256, (11, 17, 3), np.uint8)
    return {"filter": filter_, "source": source.ravel().tolist(), "size": [width, height],
            "result": np.asarray(Image.fromarray(source).resize((width, height), getattr(Image.Resampling, filter_))).ravel().tolist()}


def main():
    random = np.random.default_rng(20261126)
    images = [random_image(random) for _ in range(12)]
    everything = [f for image in images[:4] for f in image["found"]]
    boxes, scores = [f[2:6] for f in everything], [f[1] for f in everything]
    ten = np.linspace(0.5, 0.95, 10)
    cases = {
        "images": images,
        "suppressed": {"boxes": everything, "nms": nms(boxes, scores, 0.3, 1), "nms without boundaries": nms(boxes, scores, 0.5, 0),
                       "diou_nms": nms(boxes, scores, 0.2, 1, True), "soft_nms": soft_nms(boxes, scores, 0.5, 0.3)},
        "metrics": {
            "{type: map}": voc_map(images),
            "{type: map, integral: 11point}": voc_map(images, integral="11point"),
            "{type: map, overlap_threshold: 0.75, include_boundaries: false}": voc_map(images, threshold=0.75, b=0),
            "{type: map, overlap_method: ioa, overlap_threshold: 0.35}": voc_map(images, ioa=True, threshold=0.35),
            "{type: map, ignore_difficult: false, distinct_conf: true}": voc_map(images, ignore_difficult=False, distinct=True),
            "{type: map, allow_multiple_matches_per_ignored: true}": voc_map(images, multiple=True),
            "{type: coco_precision, max_detections: 100}": coco_like(images, ten, 100)[0],
            "{type: coco_precision, max_detections: 1, threshold: 0.5}": coco_like(images, [0.5], 1)[0],
            "{type: coco_recall}": coco_like(images, ten, 20)[1],
            "{type: coco_orig_precision}": pycocotools_numbers(images, 1)[0],
            "{type: coco_orig_precision, include_boundaries: false}": pycocotools_numbers(images, 0)[0],
            "{type: coco_orig_precision, threshold: 0.5}": pycocotools_numbers(images, 1)[1],
            "{type: coco_orig_recall}": pycocotools_numbers(images, 1)[2],
        },
        "permutations": [{"seed": seed, "count": count, "order": permutation(seed, count)} for seed, count in ((666, 1), (666, 119), (1, 5), (7, 1000))],
        "pillow": [resized(random, *size, filter_) for size in ((5, 4), (30, 25), (17, 6)) for filter_ in ("BILINEAR", "BICUBIC")],
    }
    json.dump(cases, sys.stdout, separators=(",", ":"))
    print()


main()
