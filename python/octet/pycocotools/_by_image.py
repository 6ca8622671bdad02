"""COCO's metric image by image, for whoever asks which detection met which object, and for thresholds that octet's evaluator lacks.

Slow and plain: the definition. The keys of the records are those of pycocotools' evalImgs.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from octet.pycocotools._rows import Array, Record


class _Grouped:
    """Rows by image and category."""

    def __init__(self, rows: Array) -> None:
        self.rows = rows
        self.places: dict[tuple[Any, Any], list[int]] = {}
        for place, key in enumerate(zip(rows["image_id"].tolist(), rows["category_id"].tolist())):
            self.places.setdefault(key, []).append(place)

    def of(self, image: Any, category: Any, p: Any) -> Array:
        """Those of a category in an image; where categories do not matter, of all that are chosen, one after another."""
        wanted = [category] if p.useCats else p.catIds
        return self.rows[[place for number in wanted for place in self.places.get((image, number), ())]]


def _overlaps(found: Array, truth: Array) -> Array:
    """IoU of each detection with each object; of a crowd the share of the detection that lies inside it."""
    a, b = found["bbox"].reshape(-1, 1, 4), truth["bbox"].reshape(1, -1, 4)
    inside = np.minimum(a[..., :2] + a[..., 2:], b[..., :2] + b[..., 2:]) - np.maximum(a[..., :2], b[..., :2])
    common = np.where((inside > 0).all(-1), inside[..., 0] * inside[..., 1], 0.0)
    area = a[..., 2] * a[..., 3]
    whole = np.where(truth["iscrowd"] != 0, area, area + b[..., 2] * b[..., 3] - common)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(common > 0, common / whole, 0.0)


def _match(overlaps: Array, ignored: Array, crowd: Array, ids: list[Any], detection_ids: list[Any], threshold: float) -> tuple[Array, ...]:
    """By falling score each detection takes the best free object; those that count come before those that do not."""
    taken, met, met_ignored = np.zeros(len(ids)), np.zeros(len(overlaps)), np.zeros(len(overlaps))
    for d, row in enumerate(overlaps):
        best, best_overlap = -1, min(threshold, 1 - 1e-10)
        for g, overlap in enumerate(row):
            if taken[g] > 0 and not crowd[g]:
                continue
            if best > -1 and not ignored[best] and ignored[g]:
                break
            if overlap >= best_overlap:
                best, best_overlap = g, overlap
        if best > -1:
            met[d], met_ignored[d], taken[best] = ids[best], ignored[best], detection_ids[d]
    return taken, met, met_ignored


def _outside(rows: Array, area: Any) -> Array:
    outside: Array = (rows["area"] < area[0]) | (rows["area"] > area[1])
    return outside


def _evaluate_image(truth: Array, found: Array, overlaps: Array, area: Any, p: Any) -> Record:
    """One image, category and range of areas; `found` by falling score, no more than count, `overlaps` of them in this order."""
    ignored = (truth["iscrowd"] != 0) | _outside(truth, area)
    order = np.argsort(ignored, kind="mergesort")
    truth, ignored, overlaps = truth[order], ignored[order], overlaps[:, order]
    ids, detection_ids = truth["id"].tolist(), found["id"].tolist()
    each = [_match(overlaps, ignored, truth["iscrowd"] != 0, ids, detection_ids, threshold) for threshold in p.iouThrs]
    taken, met, met_ignored = (np.array([row[i] for row in each]).reshape(len(p.iouThrs), -1) for i in range(3))
    return {"aRng": area, "maxDet": p.maxDets[-1], "dtIds": detection_ids, "gtIds": ids, "dtMatches": met, "gtMatches": taken,
            "dtScores": found["score"].tolist(), "gtIgnore": ignored.astype(int),
            "dtIgnore": np.logical_or(met_ignored, np.logical_and(met == 0, _outside(found, area)))}


def _to_match(truth: _Grouped, found: _Grouped, image: Any, category: Any, p: Any) -> tuple[Array, Array]:
    """The objects, and by falling score the detections that count."""
    detections = found.of(image, category, p)
    best = np.argsort(-detections["score"], kind="mergesort")[: p.maxDets[-1]]
    return truth.of(image, category, p), detections[best]


def overlaps_of_images(truth: Array, found: Array, p: Any) -> dict[tuple[Any, Any], Any]:
    """Of each image and category [detection, object], in the order of _to_match(); an empty list where there are no pairs."""
    grouped = _Grouped(truth), _Grouped(found)
    pairs = {(image, category): _to_match(*grouped, image, category, p) for image in p.imgIds for category in (p.catIds if p.useCats else [-1])}
    return {key: _overlaps(detections, objects) if len(objects) and len(detections) else [] for key, (objects, detections) in pairs.items()}


def evaluate(truth: Array, found: Array, p: Any) -> list[Record | None]:
    """Of each category, range of areas and image, in this order; None where nothing is annotated and nothing was found."""
    grouped = _Grouped(truth), _Grouped(found)
    categories = p.catIds if p.useCats else [-1]
    records: dict[tuple[int, int, int], Record | None] = {}
    for k, category in enumerate(categories):
        for i, image in enumerate(p.imgIds):
            objects, detections = _to_match(*grouped, image, category, p)
            overlaps = _overlaps(detections, objects)
            for a, area in enumerate(p.areaRng):
                record = _evaluate_image(objects, detections, overlaps, area, p) if len(objects) or len(detections) else None
                if record is not None:
                    record.update(image_id=image, category_id=category)
                records[k, a, i] = record
    return [records[key] for key in sorted(records)]


def _curve(records: list[Record], most: int, p: Any) -> tuple[Array, Array, Array] | None:
    """precision [iou, recall], recall [iou] and scores [iou, recall] of one category and range of areas; None where no object counts."""
    objects = sum(int(np.count_nonzero(record["gtIgnore"] == 0)) for record in records)
    if objects == 0:
        return None
    scores = np.concatenate([np.asarray(record["dtScores"][:most], np.float64) for record in records])
    order = np.argsort(-scores, kind="mergesort")
    scores = scores[order]
    met = np.concatenate([record["dtMatches"][:, :most] for record in records], axis=1)[:, order] != 0
    counts = ~np.concatenate([record["dtIgnore"][:, :most] for record in records], axis=1)[:, order].astype(bool)
    hits, misses = (np.cumsum(chosen, axis=1).astype(float) for chosen in (met & counts, ~met & counts))
    found = hits / objects
    exact = np.maximum.accumulate((hits / (misses + hits + np.spacing(1)))[:, ::-1], axis=1)[:, ::-1]
    precision, at_scores = np.zeros((len(p.iouThrs), len(p.recThrs))), np.zeros((len(p.iouThrs), len(p.recThrs)))
    for t, row in enumerate(found):
        places = np.searchsorted(row, p.recThrs, side="left")
        reached = places < len(row)
        precision[t, reached], at_scores[t, reached] = exact[t, places[reached]], scores[places[reached]]
    return precision, found[:, -1] if len(scores) else np.zeros(len(p.iouThrs)), at_scores


def accumulate(records: Any, evaluated: Any, p: Any) -> tuple[Array, Array, Array]:
    """precision, recall and scores as in COCOeval.eval, of records for the choice `evaluated`, of which `p` takes all or a part."""
    categories = list(p.catIds) if p.useCats else [-1]
    of_records = list(evaluated.catIds) if evaluated.useCats else [-1]
    grid = np.empty((len(of_records), len(evaluated.areaRng), len(evaluated.imgIds)), object)
    grid.reshape(-1)[:] = list(np.asarray(records, object).reshape(-1))
    shape = (len(categories), len(p.areaRng), len(p.maxDets))
    precision, scores = (-np.ones((len(p.iouThrs), len(p.recThrs), *shape)) for _ in range(2))
    recall = -np.ones((len(p.iouThrs), *shape))
    chosen = set(p.imgIds)
    images = [i for i, image in enumerate(evaluated.imgIds) if image in chosen]
    areas = [list(area) for area in evaluated.areaRng]
    for k, category in enumerate(categories):
        for a, area in enumerate(p.areaRng):
            row = grid[of_records.index(category), areas.index(list(area)), images]
            present = [record for record in row if record is not None]
            for m, most in enumerate(p.maxDets):
                curve = _curve(present, most, p) if present else None
                if curve is not None:
                    precision[:, :, k, a, m], recall[:, k, a, m], scores[:, :, k, a, m] = curve
    return precision, recall, scores
