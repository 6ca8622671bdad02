"""A drop-in for pycocotools, boxes alone: `from octet.pycocotools import COCO, COCOeval`.

The figures are those of pycocotools to 1e-12; octet's own evaluator computes them. Masks, keypoints and drawing are not here.
"""

from octet.pycocotools.coco import COCO
from octet.pycocotools.cocoeval import COCOeval, Params

__all__ = ["COCO", "COCOeval", "Params"]
