"""What results turn into."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

import octet

FOUND = octet.Detections((octet.Detection("cat", 15, 0.75, 1, 2, 11, 22), octet.Detection("<dog>", 16, 0.5, 0, 0, 4, 5)), 32, 24)


def test_is_a_sequence() -> None:
    assert len(FOUND) == 2 and FOUND[0].label == "cat" and [one.label for one in FOUND[1:]] == ["<dog>"]
    assert FOUND[0].box == (1, 2, 11, 22) and FOUND[0] in FOUND


def test_turns_into_plain_values() -> None:
    values = json.loads(json.dumps(FOUND.to_dict()))
    assert values["width"] == 32 and values["detections"][0] == {"label": "cat", "class_index": 15, "score": 0.75, "x0": 1, "y0": 2,
                                                                 "x1": 11, "y1": 22}


def test_turns_into_coco() -> None:
    assert FOUND.to_coco(7)[0] == {"image_id": 7, "category_id": 15, "bbox": [1, 2, 10, 20], "score": 0.75}
    assert [row["category_id"] for row in FOUND.to_coco(7, {"cat": 1, "<dog>": 2})] == [1, 2]
    assert FOUND.to_coco(7, range(100, 200))[1]["category_id"] == 116


def test_coco_numbers_of_80_classes(detector: octet.Detector, picture: Path, coco: Path) -> None:
    names = {one["id"]: one["name"] for one in json.loads((coco / "annotations" / "instances_val2017.json").read_text())["categories"]}
    found = detector.detect(picture, score_threshold=0.001)
    pairs = {(names[row["category_id"]], one.label) for row, one in zip(found.to_coco(1), found)}
    # Darknet's names of a few classes are those of Pascal VOC ("diningtable").
    known = {pair for pair in pairs if pair[1] in names.values()}
    assert len(known) > 5 and all(name == label for name, label in known)


def test_turns_into_a_table() -> None:
    table = FOUND.to_pandas()
    assert list(table["label"]) == ["cat", "<dog>"] and list(FOUND[:0].to_pandas().columns) == list(table.columns)


def test_turns_into_supervision() -> None:
    pytest.importorskip("supervision")
    found = FOUND.to_supervision()
    assert found.xyxy.tolist() == [[1, 2, 11, 22], [0, 0, 4, 5]] and found.class_id.tolist() == [15, 16]
    assert len(FOUND[:0].to_supervision()) == 0


def test_shows_the_picture_with_its_boxes(detector: octet.Detector, picture: Path, pixels: np.ndarray) -> None:
    assert "2 objects" in FOUND._repr_html_()
    for given in (picture, pixels):
        found = detector.detect(given)
        assert "data:image/jpeg;base64," in found._repr_html_()
        drawn = found.to_jpeg()
        assert drawn[:2] == b"\xff\xd8"
    with pytest.raises(ValueError, match="no picture"):
        FOUND.to_jpeg()


def test_shows_figures() -> None:
    accuracy = octet.Accuracy(*([0.25] * 11), -1, 8)
    both = octet.Comparison(accuracy, accuracy, 0.0, -0.01, 0.02, -1)
    assert "25.00" in both._repr_html_() and "fidelity -" in both._repr_html_()
    assert both.to_dict()["first"]["ap"] == 0.25
    assert list(both.to_pandas().columns) == ["first", "second"]
    assert accuracy.to_pandas()["images"] == 8 and "25.00" in accuracy._repr_html_()
