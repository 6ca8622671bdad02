"""COCO's metric for boxes, with the names that pycocotools has."""

from __future__ import annotations

import copy
import datetime
from collections.abc import Callable
from typing import Any

import numpy as np

from octet import _octet
from octet.pycocotools import _by_image
from octet.pycocotools._rows import ROW, Array
from octet.pycocotools.coco import COCO, rows_to_judge

_IOU_THRESHOLDS = np.linspace(0.5, 0.95, 10)
_RECALL_THRESHOLDS = np.linspace(0.0, 1.00, 101)

# The steps of pycocotools' evaluate(), which this one does not take.
_INNER_STEPS = ("_prepare", "computeIoU", "computeOks", "evaluateImg")


class Params:
    """What the metric leaves to choose."""

    def __init__(self, iouType: str = "bbox") -> None:
        if iouType != "bbox":
            raise _octet.Unsupported(f"octet.pycocotools computes iouType 'bbox', not {iouType!r}")
        self.iouType = iouType
        self.imgIds: Any = []
        self.catIds: Any = []
        self.iouThrs: Any = _IOU_THRESHOLDS.copy()
        self.recThrs: Any = _RECALL_THRESHOLDS.copy()
        self.maxDets: Any = [1, 10, 100]  # of one category in one image
        self.areaRng: Any = [[0, 1e5**2], [0, 32**2], [32**2, 96**2], [96**2, 1e5**2]]  # pixels
        self.areaRngLbl: Any = ["all", "small", "medium", "large"]
        self.useCats: Any = 1  # 0: a detection may meet an object of any category


class COCOeval:
    """Judges detections by annotations: evaluate(), accumulate(), summarize().

    params   to be changed before evaluate(): imgIds, catIds, iouThrs, recThrs, maxDets, areaRng, areaRngLbl, useCats
    eval     by accumulate(): precision and scores [iou, recall, category, area, most detections], recall [iou, category, area, most
             detections], counts, params; -1 where no object counts
    stats    by summarize(): 12 numbers; stats_as_dict has them by the names of faster-coco-eval, which Ultralytics reads
    evalImgs which detections of each image met which objects; computed when it is asked for
    ious     by image and category, of detections by falling score with objects; computed when it is asked for
    """

    def __init__(self, cocoGt: COCO | None = None, cocoDt: COCO | None = None, iouType: str = "segm", *, lvis_style: bool = False,
                 print_function: Callable[[str], object] = print) -> None:
        """iouType is "bbox"; others raise octet.Unsupported, as do the default, which is that of pycocotools, and the metric of LVIS.

        print_function takes each line of summarize().
        """
        if lvis_style:
            raise _octet.Unsupported("octet.pycocotools computes COCO's metric, not that of LVIS")
        self._print = print_function
        self.cocoGt = cocoGt
        self.cocoDt = cocoDt
        self.params = Params(iouType)
        self.eval: dict[str, Any] = {}
        self.stats: Any = []
        self._paramsEval: Any = {}
        self._rows: tuple[Array, Array] = (np.empty(0, ROW), np.empty(0, ROW))  # of both, as they were in evaluate()
        self._given: Any = None  # evalImgs that another has set
        self._images: Any = None  # evalImgs of evaluate(), once it was asked for; it may have been changed then
        self._overlaps: Any = None  # ious, the same
        if cocoGt is not None:
            self.params.imgIds = sorted(cocoGt.getImgIds())
            self.params.catIds = sorted(cocoGt.getCatIds())

    @property
    def evalImgs(self) -> Any:
        if self._given is not None:
            return self._given
        if self._images is None and self._paramsEval:
            self._images = _by_image.Meetings(*self._rows, self._paramsEval).records()
        return [] if self._images is None else self._images

    @evalImgs.setter
    def evalImgs(self, value: Any) -> None:
        self._given = value

    @property
    def ious(self) -> dict[tuple[Any, Any], Any]:
        if self._overlaps is None and self._paramsEval:
            self._overlaps = _by_image.overlaps_of_images(*self._rows, self._paramsEval)
        return self._overlaps or {}

    def evaluate(self) -> None:
        """Settles what is to be judged, which later changes do not reach; sorts the ids and limits in `params`.

        Raises octet.Unsupported where a subclass has an inner step of pycocotools' evaluate(), such as computeIoU(), of its own.
        """
        replaced = [name for name in _INNER_STEPS if hasattr(self, name)]
        if replaced:
            raise _octet.Unsupported(f"octet.pycocotools does not evaluate by {replaced[0]}(), which {type(self).__name__} has of its own")
        truth, found = self._both()
        p = self.params
        p.imgIds = list(np.unique(p.imgIds))
        if p.useCats:
            p.catIds = list(np.unique(p.catIds))
        p.maxDets = sorted(p.maxDets)
        categories = p.catIds if p.useCats else []
        self._rows = rows_to_judge(truth, p.imgIds, categories, False), rows_to_judge(found, p.imgIds, categories, True)
        self._given = self._images = self._overlaps = None
        self._paramsEval = copy.deepcopy(p)

    def accumulate(self, p: Params | None = None) -> None:
        """Fills `eval` in."""
        if not self._paramsEval:
            raise RuntimeError("evaluate() comes before accumulate()")
        chosen = self.params if p is None else p
        precision, recall, scores = self._tables(chosen)
        self.eval = {"params": chosen, "counts": list(precision.shape), "date": datetime.datetime.now().strftime("%Y-%m-%d %H:%M:%S"),
                     "precision": precision, "recall": recall, "scores": scores}

    def _tables(self, p: Params) -> tuple[Array, Array, Array]:
        part = _by_image.Part(self._paramsEval, p)
        has_records = self._given is not None or self._images is not None
        return part.accumulate_records(self.evalImgs) if has_records else part.accumulate(*self._rows)

    def summarize(self) -> None:
        """Fills `stats` in and prints it as pycocotools does."""
        if not self.eval:
            raise RuntimeError("accumulate() comes before summarize()")
        most = self.params.maxDets
        self.stats = np.array([
            self._mean(True), self._mean(True, iou=0.5, most=most[2]), self._mean(True, iou=0.75, most=most[2]),
            *(self._mean(True, area=area, most=most[2]) for area in ("small", "medium", "large")),
            *(self._mean(False, most=count) for count in most[:3]),
            *(self._mean(False, area=area, most=most[2]) for area in ("small", "medium", "large"))])

    @property
    def stats_as_dict(self) -> dict[str, float]:
        most = self.params.maxDets
        recalls = ["AR_all", "AR_second", "AR_third"] if list(most) == [1, 10, 100] else [f"AR_{count}" for count in most]
        sizes = [f"{kind}_{area}" for kind in ("AP", "AR") for area in ("small", "medium", "large")]
        return dict(zip(["AP_all", "AP_50", "AP_75", *sizes[:3], *recalls[:3], *sizes[3:]], map(float, self.stats)))

    def __str__(self) -> str:
        self.summarize()
        return ""

    def _both(self) -> tuple[COCO, COCO]:
        if self.cocoGt is None or self.cocoDt is None:
            raise RuntimeError("COCOeval needs cocoGt and cocoDt")
        return self.cocoGt, self.cocoDt

    def _mean(self, is_precision: bool, iou: float | None = None, area: str = "all", most: int = 100) -> float:
        p = self.params
        areas = [i for i, label in enumerate(p.areaRngLbl) if label == area]
        counts = [i for i, count in enumerate(p.maxDets) if count == most]
        values = self.eval["precision" if is_precision else "recall"]
        if iou is not None:
            values = values[np.where(iou == p.iouThrs)[0]]
        values = values[..., areas, counts]
        counted = values[values > -1]
        mean = float(np.mean(counted)) if counted.size else -1.0
        title, kind = ("Average Precision", "(AP)") if is_precision else ("Average Recall", "(AR)")
        thresholds = f"{p.iouThrs[0]:0.2f}:{p.iouThrs[-1]:0.2f}" if iou is None else f"{iou:0.2f}"
        self._print(f" {title:<18} {kind} @[ IoU={thresholds:<9} | area={area:>6s} | maxDets={most:>3d} ] = {mean:0.3f}")
        return mean
