"""Annotations in COCO's format, by image and by category, with the names that pycocotools has.

A file is read into rows, by which octet evaluates. The dictionaries are made when one of them is asked for, and count from then on.
"""

from __future__ import annotations

import json
import os
import threading
from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any, Union

import numpy as np

from octet import _octet
from octet.pycocotools._rows import ROW, AnnotationFile, Array, Record, Results, Unread, annotation, rows_of_annotations, rows_of_array

Ids = Union[int, str, Iterable[Any]]

_DICTIONARIES = frozenset({"dataset", "anns", "cats", "imgs", "imgToAnns", "catToImgs"})
_MAKING = threading.RLock()  # so that two threads are given the same dictionaries


def _listed(value: Any) -> list[Any]:
    """A list of what may be one thing."""
    return list(value) if isinstance(value, Iterable) and not isinstance(value, (str, bytes)) else [value]


class COCO:
    """The annotations of a data set, or detections in the place of them.

    dataset      the file as it is: "images", "categories", "annotations"
    imgs, cats, anns       its entries by id
    imgToAnns, catToImgs   the annotations of an image; the ids of the images of a category
    """

    dataset: Record
    anns: dict[Any, Record]
    cats: dict[Any, Record]
    imgs: dict[Any, Record]
    imgToAnns: dict[Any, list[Record]]
    catToImgs: dict[Any, list[Any]]
    _unread: Unread | None = None

    def __init__(self, annotation_file: str | os.PathLike[str] | Record | None = None) -> None:
        """Reads a file in COCO's format, or takes what such a file holds. Raises OSError; ValueError for one that is not in it."""
        if annotation_file is None:
            self.dataset = {}
            self.createIndex()
        elif isinstance(annotation_file, dict):
            self.dataset = annotation_file
            self.createIndex()
        else:
            self._read(annotation_file)

    def _read(self, path: str | os.PathLike[str]) -> None:
        text = _text_of(path)
        read = _octet.read_coco_annotations(text) if type(self).createIndex is COCO.createIndex else None
        if read:
            self._unread = AnnotationFile(text, read)
            return
        dataset = json.loads(text.decode())
        if not isinstance(dataset, dict):
            raise ValueError(f"{os.fspath(path)}: annotations are an object, not {type(dataset).__name__}")
        self.dataset = dataset
        self.createIndex()

    def __getattr__(self, name: str) -> Any:
        """Makes the dictionaries of what was read."""
        if name in _DICTIONARIES:
            with _MAKING:
                if self._unread is not None:
                    dataset = self._unread.dataset()
                    self._unread = None
                    self.dataset = dataset
                    self.createIndex()
        try:
            return self.__dict__[name]
        except KeyError:
            raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}") from None

    def __setattr__(self, name: str, value: Any) -> None:
        if name in _DICTIONARIES and self._unread is not None:
            self.__getattr__(name)
        super().__setattr__(name, value)

    def createIndex(self) -> None:
        """Fills the tables from `dataset`."""
        annotations = self.dataset.get("annotations", [])
        self.imgToAnns, self.catToImgs = defaultdict(list), defaultdict(list)
        for one in annotations:
            self.imgToAnns[one["image_id"]].append(one)
        self.anns = {one["id"]: one for one in annotations}
        self.imgs = {image["id"]: image for image in self.dataset.get("images", [])}
        self.cats = {category["id"]: category for category in self.dataset.get("categories", [])}
        if "annotations" in self.dataset and "categories" in self.dataset:
            for one in annotations:
                self.catToImgs[one["category_id"]].append(one["image_id"])

    def info(self) -> None:
        """Prints what the data set says of itself."""
        for key, value in self.dataset.get("info", {}).items():
            print(f"{key}: {value}")

    def getAnnIds(self, imgIds: Ids = (), catIds: Ids = (), areaRng: Sequence[float] = (), iscrowd: bool | None = None) -> list[Any]:
        """Ids of the annotations of these images and categories, of an area strictly between two, crowds or not; empty: of all."""
        images, categories = _listed(imgIds), set(_listed(catIds))
        found: Iterable[Record] = self.dataset.get("annotations", [])
        if images:
            found = (annotation for image in images if image in self.imgToAnns for annotation in self.imgToAnns[image])
        return [one["id"] for one in found
                if (not categories or one["category_id"] in categories)
                and (len(areaRng) == 0 or areaRng[0] < one["area"] < areaRng[1])
                and (iscrowd is None or one["iscrowd"] == iscrowd)]

    def getCatIds(self, catNms: Ids = (), supNms: Ids = (), catIds: Ids = ()) -> list[Any]:
        """Ids of the categories of these names, names above them and ids; empty: of all."""
        unread = self._unread
        if unread is not None and not any(map(_listed, (catNms, supNms, catIds))):
            return list(unread.category_ids)
        wanted = [(key, set(_listed(value))) for key, value in (("name", catNms), ("supercategory", supNms), ("id", catIds))]
        return [category["id"] for category in self.dataset.get("categories", [])
                if all(not values or category[key] in values for key, values in wanted)]

    def getImgIds(self, imgIds: Ids = (), catIds: Ids = ()) -> list[Any]:
        """Ids of the images that are among these and have all of these categories; empty: all, in their order."""
        images, categories = _listed(imgIds), _listed(catIds)
        if not images and not categories:
            unread = self._unread
            return list(self.imgs) if unread is None else list(unread.image_ids)
        ids = set(images) if images else set(self.catToImgs[categories[0]])
        for category in categories:
            ids &= set(self.catToImgs[category])
        return list(ids)

    def loadAnns(self, ids: Ids = ()) -> list[Record]:
        return [self.anns[number] for number in _listed(ids)]

    def loadCats(self, ids: Ids = ()) -> list[Record]:
        return [self.cats[number] for number in _listed(ids)]

    def loadImgs(self, ids: Ids = ()) -> list[Record]:
        return [self.imgs[number] for number in _listed(ids)]

    def loadRes(self, resFile: str | os.PathLike[str] | np.ndarray[Any, Any] | list[Record]) -> COCO:
        """Detections as annotations of this data set's images.

        resFile   a file in COCO's results format, its entries, or rows of image_id, left, top, width, height, score, category_id.
                  They are not changed.
        Raises OSError; ValueError for entries without "bbox" and for images that the data set lacks.
        """
        if isinstance(resFile, (str, os.PathLike)):
            return self._results_of_text(_text_of(resFile))
        if isinstance(resFile, np.ndarray):
            return self._results_of_rows(rows_of_array(_seven_columns(resFile)))
        return self._results_of_entries(resFile)

    def loadNumpyAnnotations(self, data: Array) -> list[Record]:
        """Entries of the results format, of rows of image_id, left, top, width, height, score, category_id."""
        return [{"image_id": int(row[0]), "bbox": [float(value) for value in row[1:5]], "score": float(row[5]), "category_id": int(row[6])}
                for row in _seven_columns(data)]

    def _results_of_text(self, text: bytes) -> COCO:
        rows = _octet.read_coco_results(text)
        return self._results_of_entries(json.loads(text.decode())) if rows is None else self._results_of_rows(np.frombuffer(rows, ROW), text)

    def _results_of_rows(self, rows: Array, text: bytes = b"") -> COCO:
        images = self.getImgIds()
        listed = np.isin(rows["image_id"], np.array(images)) if images else np.zeros(len(rows), bool)
        _refuse_unlisted(set(rows["image_id"][~listed].tolist()))
        return self._with_results(Results(self._heads(), images, self.getCatIds(), rows=rows, text=text))

    def _results_of_entries(self, entries: list[Record]) -> COCO:
        if not isinstance(entries, list):
            raise ValueError(f"results are a list, not {type(entries).__name__}")
        images = self.getImgIds()
        _refuse_unlisted({entry["image_id"] for entry in entries} - set(images))
        for number, entry in enumerate(entries, 1):
            if "bbox" not in entry:
                annotation(entry, number)
        return self._with_results(Results(self._heads(), images, self.getCatIds(), entries=list(entries)))

    def _heads(self) -> Record | Unread:
        """Whose images and categories results have, too."""
        if self._unread is not None:
            return self._unread
        return {name: list(self.dataset.get(name, [])) for name in ("images", "categories")}

    @staticmethod
    def _with_results(results: Results) -> COCO:
        coco = COCO()
        for name in _DICTIONARIES:
            del coco.__dict__[name]
        coco._unread = results
        return coco


def rows_to_judge(coco: Any, images: Sequence[Any], categories: Sequence[Any], are_scored: bool) -> Array:
    """At least the annotations of these images and categories, of all categories where none is given; by what dictionaries say once there are any."""
    unread = getattr(coco, "_unread", None)
    kind = type(coco)
    if unread is not None and kind.getAnnIds is COCO.getAnnIds and kind.loadAnns is COCO.loadAnns:
        rows: Array | None = unread.rows(are_scored)
        if rows is not None:
            return rows
    return rows_of_annotations(coco.loadAnns(coco.getAnnIds(imgIds=images, catIds=categories)), are_scored)


def _text_of(path: str | os.PathLike[str]) -> bytes:
    with open(path, "rb") as file:
        return file.read()


def _seven_columns(data: Array) -> Array:
    if data.ndim != 2 or data.shape[1] != 7:
        raise ValueError(f"results in an array have the shape [N, 7], not {list(data.shape)}")
    return data


def _refuse_unlisted(unknown: set[Any]) -> None:
    if unknown:
        raise ValueError(f"results name an image that the annotations do not list: {min(unknown, key=str)}")
