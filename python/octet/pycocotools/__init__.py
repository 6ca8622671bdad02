"""A drop-in for pycocotools, boxes alone: `from octet.pycocotools import COCO, COCOeval`.

The figures are those of pycocotools to 1e-12; they are computed in C++. Masks, keypoints and drawing are not here.
In the place of faster-coco-eval, by which Ultralytics judges: `sys.modules["faster_coco_eval"] = octet.pycocotools`.
"""

from octet.pycocotools.coco import COCO
from octet.pycocotools.cocoeval import COCOeval, Params

COCOeval_faster = COCOeval

__all__ = ["COCO", "COCOeval", "COCOeval_faster", "Params"]
