"""Annotations and detections as rows of arrays, by which they are judged, and where they come from."""

from __future__ import annotations

import json
from typing import Any, Protocol

import numpy as np

from octet import _octet

Array = np.ndarray[Any, Any]
Record = dict[str, Any]

_NUMBERS: list[Any] = [("bbox", np.float64, (4,)), ("area", np.float64), ("score", np.float64), ("iscrowd", np.int64)]
# A row as the module reads it: CocoRow in bindings.h.
ROW = np.dtype([("id", np.int64), ("image_id", np.int64), ("category_id", np.int64), *_NUMBERS])
# One whose ids are no integers of 64 bits; _by_image.py takes it as well.
ANY_ROW = np.dtype([("id", object), ("image_id", object), ("category_id", object), *_NUMBERS])


def rows_of_annotations(entries: list[Record], are_scored: bool) -> Array:
    """Without an area an entry has that of its box. Raises KeyError for what it lacks else, ValueError for a box that is no four numbers."""
    rows = np.empty(len(entries), ROW)
    if _octet.fill_annotations(entries, are_scored, rows):
        return rows
    rows = np.empty(len(entries), ANY_ROW)
    for i, one in enumerate(entries):
        area = one["area"] if "area" in one else one["bbox"][2] * one["bbox"][3]
        rows[i] = (one["id"], one["image_id"], one["category_id"], one["bbox"], area, one["score"] if are_scored else 0,
                   bool(one.get("iscrowd", 0)))
    return rows


def rows_of_array(data: Array) -> Array:
    """Rows of image_id, left, top, width, height, score, category_id."""
    rows = np.zeros(len(data), ROW)
    rows["id"] = np.arange(1, len(data) + 1)
    rows["image_id"], rows["category_id"] = data[:, 0], data[:, 6]
    rows["bbox"], rows["score"] = data[:, 1:5], data[:, 5]
    rows["area"] = rows["bbox"][:, 2] * rows["bbox"][:, 3]
    return rows


def annotation(entry: Record, number: int) -> Record:
    """A detection with what annotations have besides."""
    if "bbox" not in entry:
        raise ValueError(f"results[{number - 1}]: 'bbox' is missing; octet.pycocotools has boxes alone")
    left, top, width, height = entry["bbox"]
    right, bottom = left + width, top + height
    polygon = [[left, top, left, bottom, right, bottom, right, top]]
    return {"segmentation": polygon, **entry, "area": width * height, "id": number, "iscrowd": 0}


class Unread(Protocol):
    """A data set of which no dictionaries have been made yet."""

    image_ids: list[Any]
    category_ids: list[Any]

    def dataset(self) -> Record:
        """The dictionaries, made anew."""

    def rows(self, are_scored: bool) -> Array | None:
        """All of its annotations; nothing where the dictionaries are needed."""


class AnnotationFile:
    """The text of a file of annotations that octet's reader takes."""

    def __init__(self, text: bytes, read: tuple[list[int], list[int], bytearray]) -> None:
        self.text = text
        self.image_ids, self.category_ids, rows = read
        self._rows = np.frombuffer(rows, ROW)

    def dataset(self) -> Record:
        dataset: Record = json.loads(self.text.decode())
        return dataset

    def rows(self, are_scored: bool) -> Array | None:
        return None if are_scored else self._rows


class Results:
    """Detections of another data set's images: as rows, as the text that they were read from, or as entries that their owner may change."""

    def __init__(self, heads: Record | Unread, image_ids: list[Any], category_ids: list[Any], *, rows: Array | None = None, text: bytes = b"",
                 entries: list[Record] | None = None) -> None:
        self._heads = heads
        self.image_ids, self.category_ids = image_ids, category_ids
        self._rows, self._text, self._entries = rows, text, entries

    def dataset(self) -> Record:
        heads = self._heads if isinstance(self._heads, dict) else self._heads.dataset()
        return {"images": list(heads.get("images", [])), "categories": list(heads.get("categories", [])),
                "annotations": [annotation(entry, number) for number, entry in enumerate(self._listed(), 1)]}

    def rows(self, are_scored: bool) -> Array | None:
        if self._entries is None:
            return self._rows
        rows = np.empty(len(self._entries), ROW)
        return rows if _octet.fill_results(self._entries, rows) else None

    def _listed(self) -> list[Record]:
        if self._entries is not None:
            return self._entries
        if self._text:
            entries: list[Record] = json.loads(self._text.decode())
            return entries
        assert self._rows is not None
        columns = (self._rows[name].tolist() for name in ("image_id", "bbox", "score", "category_id"))
        return [dict(zip(("image_id", "bbox", "score", "category_id"), values)) for values in zip(*columns)]
