"""COCO's metric: its tables, and image by image for whoever asks which detection met which object.

The keys of the records are those of pycocotools' evalImgs.
"""

from __future__ import annotations

from collections.abc import Sequence
from types import SimpleNamespace
from typing import Any

import numpy as np

from octet import _octet
from octet.pycocotools._rows import ROW, Array, Record


def _categories_of(p: Any) -> list[Any]:
    return list(p.catIds) if p.useCats else [-1]


def _integers(values: Any) -> Array | None:
    """None where they are no integers of 64 bits."""
    numbers = np.array(values if len(values) else np.empty(0, np.int64))
    return numbers.astype(np.int64) if numbers.dtype.kind == "i" else None


def _numbered(rows: Array, images: list[Any], categories: list[Any]) -> Array:
    """Rows with the places of images and categories, and 1, 0 or -1 by the sign of their ids. Raises ValueError for an id that is no number."""
    numbered = np.zeros(len(rows), ROW)
    for name in ("bbox", "area", "score", "iscrowd"):
        numbered[name] = rows[name]
    numbered["id"] = np.sign(rows["id"].astype(np.float64))
    for name, ids in (("image_id", images), ("category_id", categories)):
        places = {value: place for place, value in enumerate(ids)}
        numbered[name] = [places.get(value, -1) for value in rows[name].tolist()]
    return numbered


class _Judged:
    """Rows and what is chosen of them, in numbers, as the module takes them."""

    def __init__(self, truth: Array, found: Array, p: Any) -> None:
        images, categories = _integers(p.imgIds), _integers(p.catIds)
        if truth.dtype != ROW or found.dtype != ROW or images is None or categories is None:
            truth, found = (_numbered(rows, p.imgIds, p.catIds) for rows in (truth, found))
            images, categories = np.arange(len(p.imgIds)), np.arange(len(p.catIds))
        self.truth, self.found = truth, found
        self.images, self.categories, self.has_categories = images, categories, bool(p.useCats)
        self.thresholds, self.recall_points = (np.array(values, np.float64) for values in (p.iouThrs, p.recThrs))
        self.areas = np.array(p.areaRng, np.float64).reshape(-1, 2)
        self.counts = np.array([int(count) for count in p.maxDets], np.int64)


def accumulate(truth: Array, found: Array, p: Any) -> tuple[Array, Array, Array]:
    """precision, recall and scores as in COCOeval.eval."""
    judged = _Judged(truth, found, p)
    shape = len(_categories_of(p)), len(judged.areas), len(judged.counts)
    precision, scores = (np.empty((len(judged.thresholds), len(judged.recall_points), *shape)) for _ in range(2))
    recall = np.empty((len(judged.thresholds), *shape))
    _octet.accumulate(judged.images, judged.categories, judged.has_categories, judged.truth, judged.found, judged.thresholds,
                      judged.recall_points, judged.areas, judged.counts, precision, recall, scores)
    return precision, recall, scores


class _Pairs:
    """Objects and detections by pairs of a category and an image, or by image where categories do not matter; detections by falling score, no
    more than count. Pairs without either are left out."""

    def __init__(self, truth: Array, found: Array, p: Any) -> None:
        self.categories, self.images = _categories_of(p), list(p.imgIds)
        self.judged = _Judged(truth, found, p)
        places = _octet.sort_pairs(self.judged.images, self.judged.categories, self.judged.has_categories, self.judged.truth,
                                   self.judged.found, self.judged.counts)
        self.pairs, self._of_truth, self._of_found, self.truth_begin, self.found_begin = (np.frombuffer(each, np.int64) for each in places)
        self.truth, self.found = truth[self._of_truth], found[self._of_found]

    def match(self, order: Array, met: Array, taken: Array, met_uncounted: Array) -> None:
        """Fills in what bindings.h says of CocoMeetings."""
        _octet.match_pairs(self.judged.truth[self._of_truth], self.truth_begin, self.judged.found[self._of_found], self.found_begin,
                           self.judged.thresholds, self.judged.areas, order, met, taken, met_uncounted)

    def key(self, pair: int) -> tuple[int, int]:
        """Places of its image and its category."""
        category, image = divmod(pair, len(self.images))
        return image, category

    def begins(self) -> Any:
        """Where the objects and the detections of each pair begin and end."""
        t, f = self.truth_begin.tolist(), self.found_begin.tolist()
        return zip(self.pairs.tolist(), t, t[1:], f, f[1:])


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
        areas, thresholds = self.pairs.judged.areas, self.pairs.judged.thresholds
        self.order = np.empty((len(areas), len(truth)), np.int32)  # objects of a pair that count come first
        met, taken = (np.empty((len(areas), len(thresholds), len(rows)), np.int32) for rows in (found, truth))
        uncounted = np.empty(met.shape, np.uint8)
        self.pairs.match(self.order, met, taken, uncounted)
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


class Part:
    """What `p` takes of what was evaluated. As pycocotools does it: what both have is taken, by the places that it has in `p`.

    Raises IndexError where that lies beyond what was evaluated.
    """

    def __init__(self, evaluated: Any, p: Any) -> None:
        self.evaluated, self.p = evaluated, p
        if len(evaluated.iouThrs) > len(p.iouThrs):
            raise IndexError("accumulate(): params.iouThrs has fewer thresholds than in evaluate()")
        self.categories = _places_of_shared("catIds", _categories_of(p), _categories_of(evaluated))
        self.areas = _places_of_shared("areaRng", list(map(tuple, p.areaRng)), list(map(tuple, evaluated.areaRng)))
        self.images = _places_of_shared("imgIds", p.imgIds, evaluated.imgIds)
        self.counts = [count for count in p.maxDets if count in set(evaluated.maxDets)]

    def accumulate(self, truth: Array, found: Array) -> tuple[Array, Array, Array]:
        """precision, recall and scores as in COCOeval.eval, of the rows that were evaluated."""
        e = self.evaluated
        categories = [e.catIds[k] for k in self.categories] if e.useCats else e.catIds
        chosen = SimpleNamespace(useCats=e.useCats, catIds=categories, imgIds=[e.imgIds[i] for i in self.images], iouThrs=e.iouThrs,
                                 recThrs=self.p.recThrs, areaRng=[e.areaRng[a] for a in self.areas], maxDets=self.counts)
        return self._in_whole(accumulate(truth, found, chosen)) if self.categories else self._in_whole(None)

    def accumulate_records(self, records: Any) -> tuple[Array, Array, Array]:
        """The same of records of all that was evaluated."""
        e = self.evaluated
        grid = np.empty((len(_categories_of(e)), len(e.areaRng), len(e.imgIds)), object)
        grid.reshape(-1)[:] = list(np.asarray(records, object).reshape(-1))
        tables = _Tables((len(e.iouThrs), len(self.p.recThrs), len(self.categories), len(self.areas), len(self.counts)), self.p.recThrs)
        for k, category in enumerate(self.categories):
            for a, area in enumerate(self.areas):
                present = [record for record in grid[category, area, self.images] if record is not None]
                if present:
                    for m, most in enumerate(self.counts):
                        tables.fill(k, a, m, *_joined(present, most))
        return self._in_whole((tables.precision, tables.recall, tables.scores))

    def _in_whole(self, part: tuple[Array, Array, Array] | None) -> tuple[Array, Array, Array]:
        """In tables of the size that `p` says."""
        p = self.p
        shape = len(_categories_of(p)), len(p.areaRng), len(p.maxDets)
        if part is not None and part[1].shape == (len(p.iouThrs), *shape):
            return part
        precision, scores = (-np.ones((len(p.iouThrs), len(p.recThrs), *shape)) for _ in range(2))
        recall = -np.ones((len(p.iouThrs), *shape))
        for to, of in zip((precision, recall, scores), part or ()):
            to[tuple(map(slice, of.shape))] = of
        return precision, recall, scores


def _places_of_shared(name: str, values: Sequence[Any], evaluated: Sequence[Any]) -> list[int]:
    known = set(evaluated)
    places = [place for place, value in enumerate(values) if value in known]
    if places and places[-1] >= len(evaluated):
        raise IndexError(f"accumulate(): params.{name} has {values[places[-1]]} at another place than in evaluate()")
    return places


class _Tables:
    """precision, recall and scores as in COCOeval.eval."""

    def __init__(self, shape: tuple[int, int, int, int, int], recall_points: Any) -> None:
        self.recall_points = recall_points
        self.precision, self.scores = -np.ones(shape), -np.ones(shape)
        self.recall = -np.ones((shape[0], *shape[2:]))

    def fill(self, k: int, a: int, m: int, objects: int, scores: Array, met: Array, counts: Array) -> None:
        """One category, range of areas and limit: so many objects count, and [threshold, detection], by falling score, what met one and what counts."""
        if objects == 0:
            return
        hits, misses = (np.cumsum(chosen, axis=1).astype(float) for chosen in (met & counts, ~met & counts))
        found = hits / objects
        exact = np.maximum.accumulate((hits / (misses + hits + np.spacing(1)))[:, ::-1], axis=1)[:, ::-1]
        self.recall[:, k, a, m] = found[:, -1] if len(scores) else 0
        for t, row in enumerate(found):
            places = np.searchsorted(row, self.recall_points, side="left")
            reached = np.logical_and.accumulate(places < len(row))  # nothing is read from the first that is not on
            self.precision[t, :, k, a, m], self.scores[t, :, k, a, m] = 0, 0
            self.precision[t, reached, k, a, m], self.scores[t, reached, k, a, m] = exact[t, places[reached]], scores[places[reached]]


def _joined(records: list[Record], most: int) -> tuple[int, Array, Array, Array]:
    """What _Tables.fill() takes, of all images."""
    objects = sum(int(np.count_nonzero(record["gtIgnore"] == 0)) for record in records)
    scores = np.concatenate([np.asarray(record["dtScores"][:most], np.float64) for record in records])
    order = np.argsort(-scores, kind="mergesort")
    met = np.concatenate([record["dtMatches"][:, :most] for record in records], axis=1)[:, order] != 0
    counts = ~np.concatenate([record["dtIgnore"][:, :most] for record in records], axis=1)[:, order].astype(bool)
    return objects, scores[order], met, counts
