"""COCO's metric image by image, for whoever asks which detection met which object, and for thresholds that octet's evaluator lacks.

The keys of the records are those of pycocotools' evalImgs.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from octet import _octet
from octet.pycocotools._rows import ROW, Array, Record


class _Pairs:
    """Objects and detections by pairs of an image and a category, or of an image where categories do not matter; detections by falling score,
    no more than count. Pairs without either are left out."""

    def __init__(self, truth: Array, found: Array, p: Any) -> None:
        self.categories = list(p.catIds) if p.useCats else [-1]
        self.images = list(p.imgIds)
        sorted_truth, truth_pairs = self._sorted(truth, p)
        sorted_found, found_pairs = self._sorted(found, p, -found["score"])
        is_within = np.arange(len(found_pairs)) - np.searchsorted(found_pairs, found_pairs) < p.maxDets[-1]
        found_pairs = found_pairs[is_within]
        self.truth, self.found = sorted_truth, sorted_found[is_within]
        self.pairs = np.union1d(truth_pairs, found_pairs)  # image * categories + category
        self.truth_begin, self.found_begin = (np.append(np.searchsorted(of, self.pairs), len(of)) for of in (truth_pairs, found_pairs))

    def _sorted(self, rows: Array, p: Any, order: Array | None = None) -> tuple[Array, Array]:
        """The rows of what is chosen, by their pairs, then by `order`, and the pair of each."""
        images = _places(rows["image_id"], self.images)
        categories = _places(rows["category_id"], list(p.catIds))
        pairs = images * len(self.categories) + (categories if p.useCats else 0)
        by_place = np.lexsort((categories, pairs) if order is None else (categories, order, pairs))
        chosen = by_place[(images[by_place] >= 0) & (categories[by_place] >= 0)]
        return rows[chosen], pairs[chosen]

    def key(self, pair: int) -> tuple[int, int]:
        """Places of its image and its category."""
        return divmod(pair, len(self.categories))

    def begins(self) -> Any:
        """Where the objects and the detections of each pair begin and end."""
        t, f = self.truth_begin.tolist(), self.found_begin.tolist()
        return zip(self.pairs.tolist(), t, t[1:], f, f[1:])


def _places(values: Array, of: list[Any]) -> Array:
    """The index of each value, -1 for others."""
    places = {value: place for place, value in enumerate(of)}
    return np.array([places.get(value, -1) for value in values.tolist()], np.int64)


def _overlaps(found: Array, truth: Array) -> Array:
    """IoU of each detection with each object; of a crowd the share of the detection that lies inside it."""
    a, b = found["bbox"].reshape(-1, 1, 4), truth["bbox"].reshape(1, -1, 4)
    inside = np.minimum(a[..., :2] + a[..., 2:], b[..., :2] + b[..., 2:]) - np.maximum(a[..., :2], b[..., :2])
    common = np.where((inside > 0).all(-1), inside[..., 0] * inside[..., 1], 0.0)
    area = a[..., 2] * a[..., 3]
    whole = np.where(truth["iscrowd"] != 0, area, area + b[..., 2] * b[..., 3] - common)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(common > 0, common / whole, 0.0)


def overlaps_of_images(truth: Array, found: Array, p: Any) -> dict[tuple[Any, Any], Any]:
    """Of each image and category [detection, object], detections by falling score; an empty list where there are no pairs."""
    pairs = _Pairs(truth, found, p)
    overlaps: dict[tuple[Any, Any], Any] = {(image, category): [] for image in pairs.images for category in pairs.categories}
    for pair, t, t_end, f, f_end in pairs.begins():
        image, category = pairs.key(pair)
        if t < t_end and f < f_end:
            overlaps[pairs.images[image], pairs.categories[category]] = _overlaps(pairs.found[f:f_end], pairs.truth[t:t_end])
    return overlaps


def _native(rows: Array) -> Array:
    """Rows for matching, which asks of an id whether it is above 0."""
    if rows.dtype == ROW:
        return rows
    native = np.zeros(len(rows), ROW)
    for name in ("bbox", "area", "iscrowd"):
        native[name] = rows[name]
    native["id"] = [isinstance(number, str) or number > 0 for number in rows["id"].tolist()]
    return native


def _ids_at(places: Array, ids: Array) -> Array:
    """0 at a place of -1. Raises ValueError for an id that is no number."""
    return np.append(ids.astype(np.float64), 0.0)[places]


def _outside(rows: Array, areas: Any) -> Array:
    """[area, row]"""
    outside: Array = np.array([(rows["area"] < low) | (rows["area"] > high) for low, high in areas])
    return outside


class Meetings:
    """Which detections of each pair met which objects, for each range of areas and each threshold."""

    def __init__(self, truth: Array, found: Array, p: Any) -> None:
        self.p = p
        self.pairs = _Pairs(truth, found, p)
        truth, found = self.pairs.truth, self.pairs.found
        areas, thresholds = np.array(p.areaRng, np.float64), np.array(p.iouThrs, np.float64)
        self.order = np.empty((len(areas), len(truth)), np.int32)  # objects of a pair that count come first
        met, taken = (np.empty((len(areas), len(thresholds), len(rows)), np.int32) for rows in (found, truth))
        uncounted = np.empty(met.shape, np.uint8)
        _octet.match_pairs(_native(truth), self.pairs.truth_begin, _native(found), self.pairs.found_begin, thresholds, areas,
                           self.order, met, taken, uncounted)
        self.met, self.taken = _ids_at(met, truth["id"]), _ids_at(taken, found["id"])
        self.ignored = (truth["iscrowd"] != 0) | _outside(truth, areas)
        self.ignored_found = (uncounted != 0) | ((self.met == 0) & _outside(found, areas)[:, np.newaxis])

    def records(self) -> list[Record | None]:
        """Of each category, range of areas and image, in this order; None where nothing is annotated and nothing was found."""
        p, pairs = self.p, self.pairs
        object_ids, found_ids, scores = pairs.truth["id"], pairs.found["id"].tolist(), pairs.found["score"].tolist()
        records: list[Record | None] = [None] * (len(pairs.categories) * len(p.areaRng) * len(pairs.images))
        for pair, t, t_end, f, f_end in pairs.begins():
            image, category = pairs.key(pair)
            for a, area in enumerate(p.areaRng):
                objects = self.order[a, t:t_end]
                records[(category * len(p.areaRng) + a) * len(pairs.images) + image] = {
                    "image_id": pairs.images[image], "category_id": pairs.categories[category], "aRng": area, "maxDet": p.maxDets[-1],
                    "dtIds": found_ids[f:f_end], "gtIds": object_ids[objects].tolist(), "dtMatches": self.met[a, :, f:f_end],
                    "gtMatches": self.taken[a][:, objects], "dtScores": scores[f:f_end], "gtIgnore": self.ignored[a, objects].astype(int),
                    "dtIgnore": self.ignored_found[a, :, f:f_end]}
        return records

    def accumulate(self) -> tuple[Array, Array, Array]:
        """precision, recall and scores as in COCOeval.eval."""
        pairs = self.pairs
        tables = _Tables(len(pairs.categories), self.p)
        counts = np.diff(pairs.found_begin)
        ranks = np.arange(len(pairs.found)) - np.repeat(pairs.found_begin[:-1], counts)
        of_pairs = pairs.pairs % len(pairs.categories)
        of_found, of_truth = np.repeat(of_pairs, counts), np.repeat(of_pairs, np.diff(pairs.truth_begin))
        for k in range(len(pairs.categories)):
            found, objects = np.flatnonzero(of_found == k), np.flatnonzero(of_truth == k)
            found = found[np.argsort(-pairs.found["score"][found], kind="mergesort")]
            for m, most in enumerate(self.p.maxDets):
                best = found[ranks[found] < most]
                for a in range(len(self.p.areaRng)):
                    tables.fill(k, a, m, int(np.count_nonzero(~self.ignored[a, objects])), pairs.found["score"][best],
                                self.met[a][:, best] != 0, ~self.ignored_found[a][:, best])
        return tables.precision, tables.recall, tables.scores


class _Tables:
    """precision, recall and scores as in COCOeval.eval."""

    def __init__(self, categories: int, p: Any) -> None:
        self.p = p
        shape = (categories, len(p.areaRng), len(p.maxDets))
        self.precision, self.scores = (-np.ones((len(p.iouThrs), len(p.recThrs), *shape)) for _ in range(2))
        self.recall = -np.ones((len(p.iouThrs), *shape))

    def fill(self, k: int, a: int, m: int, objects: int, scores: Array, met: Array, counts: Array) -> None:
        """One category, range of areas and limit: so many objects count, and [threshold, detection], by falling score, what met one and what counts."""
        if objects == 0:
            return
        hits, misses = (np.cumsum(chosen, axis=1).astype(float) for chosen in (met & counts, ~met & counts))
        found = hits / objects
        exact = np.maximum.accumulate((hits / (misses + hits + np.spacing(1)))[:, ::-1], axis=1)[:, ::-1]
        self.recall[:, k, a, m] = found[:, -1] if len(scores) else 0
        for t, row in enumerate(found):
            places = np.searchsorted(row, self.p.recThrs, side="left")
            reached = places < len(row)
            self.precision[t, :, k, a, m], self.scores[t, :, k, a, m] = 0, 0
            self.precision[t, reached, k, a, m], self.scores[t, reached, k, a, m] = exact[t, places[reached]], scores[places[reached]]


def accumulate(records: Any, evaluated: Any, p: Any) -> tuple[Array, Array, Array]:
    """precision, recall and scores as in COCOeval.eval, of records for the choice `evaluated`, of which `p` takes all or a part."""
    categories = list(p.catIds) if p.useCats else [-1]
    of_records = list(evaluated.catIds) if evaluated.useCats else [-1]
    grid = np.empty((len(of_records), len(evaluated.areaRng), len(evaluated.imgIds)), object)
    grid.reshape(-1)[:] = list(np.asarray(records, object).reshape(-1))
    tables = _Tables(len(categories), p)
    chosen = set(p.imgIds)
    images = [i for i, image in enumerate(evaluated.imgIds) if image in chosen]
    areas = [list(area) for area in evaluated.areaRng]
    for k, category in enumerate(categories):
        for a, area in enumerate(p.areaRng):
            row = grid[of_records.index(category), areas.index(list(area)), images]
            present = [record for record in row if record is not None]
            if present:
                for m, most in enumerate(p.maxDets):
                    tables.fill(k, a, m, *_joined(present, most))
    return tables.precision, tables.recall, tables.scores


def _joined(records: list[Record], most: int) -> tuple[int, Array, Array, Array]:
    """What _Tables.fill() takes, of all images."""
    objects = sum(int(np.count_nonzero(record["gtIgnore"] == 0)) for record in records)
    scores = np.concatenate([np.asarray(record["dtScores"][:most], np.float64) for record in records])
    order = np.argsort(-scores, kind="mergesort")
    met = np.concatenate([record["dtMatches"][:, :most] for record in records], axis=1)[:, order] != 0
    counts = ~np.concatenate([record["dtIgnore"][:, :most] for record in records], axis=1)[:, order].astype(bool)
    return objects, scores[order], met, counts
