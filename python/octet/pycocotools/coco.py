"""Annotations in COCO's format, by image and by category, with the names that pycocotools has."""

from __future__ import annotations

import json
import os
from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any, Union

import numpy as np

Record = dict[str, Any]
Ids = Union[int, str, Iterable[Any]]


def _listed(value: Any) -> list[Any]:
    """A list of what may be one thing."""
    return list(value) if isinstance(value, Iterable) and not isinstance(value, (str, bytes)) else [value]


class COCO:
    """The annotations of a data set, or detections in the place of them.

    dataset      the file as it is: "images", "categories", "annotations"
    imgs, cats, anns       its entries by id
    imgToAnns, catToImgs   the annotations of an image; the ids of the images of a category
    """

    def __init__(self, annotation_file: str | os.PathLike[str] | Record | None = None) -> None:
        """Reads a file in COCO's format, or takes what such a file holds. Raises OSError; ValueError for one that is not in it."""
        self.dataset: Record = {}
        self.anns: dict[Any, Record] = {}
        self.cats: dict[Any, Record] = {}
        self.imgs: dict[Any, Record] = {}
        self.imgToAnns: dict[Any, list[Record]] = defaultdict(list)
        self.catToImgs: dict[Any, list[Any]] = defaultdict(list)
        if isinstance(annotation_file, dict):
            self.dataset = annotation_file
            self.createIndex()
        elif annotation_file is not None:
            with open(annotation_file, encoding="utf-8") as file:
                dataset = json.load(file)
            if not isinstance(dataset, dict):
                raise ValueError(f"{os.fspath(annotation_file)}: annotations are an object, not {type(dataset).__name__}")
            self.dataset = dataset
            self.createIndex()

    def createIndex(self) -> None:
        """Fills the tables from `dataset`."""
        annotations = self.dataset.get("annotations", [])
        self.imgToAnns, self.catToImgs = defaultdict(list), defaultdict(list)
        for annotation in annotations:
            self.imgToAnns[annotation["image_id"]].append(annotation)
        self.anns = {annotation["id"]: annotation for annotation in annotations}
        self.imgs = {image["id"]: image for image in self.dataset.get("images", [])}
        self.cats = {category["id"]: category for category in self.dataset.get("categories", [])}
        if "annotations" in self.dataset and "categories" in self.dataset:
            for annotation in annotations:
                self.catToImgs[annotation["category_id"]].append(annotation["image_id"])

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
        wanted = [(key, set(_listed(value))) for key, value in (("name", catNms), ("supercategory", supNms), ("id", catIds))]
        return [category["id"] for category in self.dataset.get("categories", [])
                if all(not values or category[key] in values for key, values in wanted)]

    def getImgIds(self, imgIds: Ids = (), catIds: Ids = ()) -> list[Any]:
        """Ids of the images that are among these and have all of these categories; empty: all."""
        images, categories = _listed(imgIds), _listed(catIds)
        ids = set(images) if images else set(self.imgs) if not categories else set(self.catToImgs[categories[0]])
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
            with open(resFile, encoding="utf-8") as file:
                entries = json.load(file)
        else:
            entries = self.loadNumpyAnnotations(resFile) if isinstance(resFile, np.ndarray) else resFile
        if not isinstance(entries, list):
            raise ValueError(f"results are a list, not {type(entries).__name__}")
        unknown = {entry["image_id"] for entry in entries} - self.imgs.keys()
        if unknown:
            raise ValueError(f"results name an image that the annotations do not list: {min(unknown, key=str)}")
        result = COCO()
        result.dataset = {"images": list(self.dataset.get("images", [])), "categories": list(self.dataset.get("categories", [])),
                          "annotations": [_annotation(entry, number) for number, entry in enumerate(entries, 1)]}
        result.createIndex()
        return result

    def loadNumpyAnnotations(self, data: np.ndarray[Any, Any]) -> list[Record]:
        """Entries of the results format, of rows of image_id, left, top, width, height, score, category_id."""
        if data.ndim != 2 or data.shape[1] != 7:
            raise ValueError(f"results in an array have the shape [N, 7], not {list(data.shape)}")
        return [{"image_id": int(row[0]), "bbox": [float(value) for value in row[1:5]], "score": float(row[5]), "category_id": int(row[6])}
                for row in data]


def _annotation(entry: Record, number: int) -> Record:
    """A detection with what annotations have besides."""
    if "bbox" not in entry:
        raise ValueError(f"results[{number - 1}]: 'bbox' is missing; octet.pycocotools has boxes alone")
    left, top, width, height = entry["bbox"]
    right, bottom = left + width, top + height
    polygon = [[left, top, left, bottom, right, bottom, right, top]]
    return {"segmentation": polygon, **entry, "area": width * height, "id": number, "iscrowd": 0}
