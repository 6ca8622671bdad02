"""The drop-in against pycocotools itself, and its two ways against each other."""

from __future__ import annotations

import contextlib
import copy
import io
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import octet
from octet.pycocotools import COCO, COCOeval, COCOeval_faster, _by_image


@pytest.fixture(scope="module")
def annotations(coco: Path) -> Path:
    return coco / "annotations" / "instances_val2017.json"


@pytest.fixture(scope="module")
def results(detector: octet.Detector, coco: Path, annotations: Path) -> list[dict[str, Any]]:
    images = json.loads(annotations.read_text())["images"]
    return [row for image in images
            for row in detector.detect(coco / "val2017" / image["file_name"], score_threshold=0.001).to_coco(image["id"])]


def judged(kinds: tuple[Any, Any], truth: Any, results: Any, change: Any = None) -> Any:
    coco_kind, eval_kind = kinds
    with contextlib.redirect_stdout(io.StringIO()) as printed:
        if isinstance(truth, dict):
            gt = coco_kind()
            gt.dataset = copy.deepcopy(truth)
            gt.createIndex()
        else:
            gt = coco_kind(str(truth))
        judge = eval_kind(gt, gt.loadRes(copy.deepcopy(results)), "bbox")
        if change:
            change(judge.params)
        judge.evaluate()
        judge.accumulate()
    with contextlib.redirect_stdout(printed):
        printed.truncate(0)
        printed.seek(0)
        judge.summarize()
    judge.printed = printed.getvalue()
    return judge


def theirs() -> tuple[Any, Any]:
    coco = pytest.importorskip("pycocotools.coco")
    return coco.COCO, pytest.importorskip("pycocotools.cocoeval").COCOeval


def expect_same(ours: Any, others: Any) -> None:
    np.testing.assert_allclose(ours.stats, others.stats, rtol=0, atol=1e-12)
    for table in ("precision", "recall", "scores"):
        np.testing.assert_allclose(ours.eval[table], others.eval[table], rtol=0, atol=1e-12)
    assert list(ours.eval["counts"]) == list(others.eval["counts"])


def some(p: Any) -> None:
    p.imgIds, p.catIds = p.imgIds[3:20], p.catIds[::2]


def more_detections(p: Any) -> None:
    p.maxDets = [100, 300, 1000]


def one_threshold(p: Any) -> None:
    p.iouThrs = np.array([0.5, 0.6])


def any_category(p: Any) -> None:
    p.useCats = 0


def other_areas(p: Any) -> None:
    p.areaRng = [[0, 1e10], [0, 500], [500, 2000], [2000, 1e10]]


@pytest.mark.parametrize("change", [None, some, more_detections, one_threshold, any_category, other_areas])
def test_equals_pycocotools(annotations: Path, results: list[dict[str, Any]], change: Any) -> None:
    ours, others = (judged(kinds, annotations, results, change) for kinds in ((COCO, COCOeval), theirs()))
    expect_same(ours, others)
    assert ours.printed == others.printed


def test_has_the_records_of_pycocotools(annotations: Path, results: list[dict[str, Any]]) -> None:
    ours, others = (judged(kinds, annotations, results, some) for kinds in ((COCO, COCOeval), theirs()))
    assert len(ours.evalImgs) == len(others.evalImgs)
    for one, other in zip(ours.evalImgs, others.evalImgs):
        assert (one is None) == (other is None)
        if one is None:
            continue
        for key in ("image_id", "category_id", "maxDet", "dtIds", "gtIds"):
            assert one[key] == other[key], key
        assert list(one["aRng"]) == list(other["aRng"])
        for key in ("dtMatches", "gtMatches", "dtScores", "gtIgnore", "dtIgnore"):
            np.testing.assert_array_equal(np.asarray(one[key], float).reshape(-1), np.asarray(other[key], float).reshape(-1), key)


def test_is_what_ultralytics_takes_for_faster_coco_eval(annotations: Path, results: list[dict[str, Any]], capsys: pytest.CaptureFixture[str]) -> None:
    lines: list[str] = []
    truth = COCO(json.loads(annotations.read_text()))
    judge = COCOeval_faster(truth, truth.loadRes(results), iouType="bbox", lvis_style=False, print_function=lines.append)
    judge.params.imgIds = truth.getImgIds()
    judge.evaluate()
    judge.accumulate()
    judge.summarize()
    assert capsys.readouterr().out == "" and len(lines) == 12
    others = judged(theirs(), annotations, results)
    assert "\n".join(lines) + "\n" == others.printed
    named = judge.stats_as_dict
    assert list(named)[:6] == ["AP_all", "AP_50", "AP_75", "AP_small", "AP_medium", "AP_large"]
    np.testing.assert_allclose(list(named.values()), others.stats, rtol=0, atol=1e-12)
    with pytest.raises(octet.Unsupported, match="LVIS"):
        COCOeval(truth, truth, "bbox", lvis_style=True)


@pytest.mark.parametrize("change", [some, any_category])
def test_has_the_overlaps_of_pycocotools(annotations: Path, results: list[dict[str, Any]], change: Any) -> None:
    """Which torchmetrics' MeanAveragePrecision returns with extended_summary."""
    assert COCOeval(iouType="bbox").ious == {}
    ours, others = (judged(kinds, annotations, results, change) for kinds in ((COCO, COCOeval), theirs()))
    assert list(ours.ious) == list(others.ious)
    for key, overlaps in ours.ious.items():
        assert (len(overlaps) == 0) == (len(others.ious[key]) == 0)
        np.testing.assert_allclose(np.asarray(overlaps), np.asarray(others.ious[key]), rtol=0, atol=1e-12)


def test_goes_by_the_records_that_it_is_given(annotations: Path, results: list[dict[str, Any]]) -> None:
    """As torchvision does, which gathers them from several processes."""
    judge = judged((COCO, COCOeval), annotations, results)
    wanted = judge.stats.copy()
    judge.evalImgs = list(judge.evalImgs)
    with contextlib.redirect_stdout(io.StringIO()):
        judge.accumulate()
        judge.summarize()
    np.testing.assert_allclose(judge.stats, wanted, rtol=0, atol=1e-12)


@st.composite
def data_sets(draw: st.DrawFn) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """A few boxes on a coarse grid, so that they overlap, tie and touch the limits of size classes."""
    number = st.integers(0, 12).map(lambda n: 8 * n)
    box = st.tuples(number, number, number, number).map(list)
    row = st.fixed_dictionaries({"image_id": st.integers(1, 3), "category_id": st.integers(1, 2), "bbox": box})
    truth = [{**one, "id": i, "iscrowd": draw(st.integers(0, 4)) // 4, "area": one["bbox"][2] * one["bbox"][3]}
             for i, one in enumerate(draw(st.lists(row, max_size=12)), draw(st.integers(0, 1)))]
    found = [{**one, "score": draw(st.integers(0, 4)) / 4} for one in draw(st.lists(row, max_size=20))]
    return {"images": [{"id": i} for i in (1, 2, 3)], "categories": [{"id": i, "name": str(i)} for i in (1, 2)], "annotations": truth}, found


@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(data_sets())
def test_equals_the_definition(data: tuple[dict[str, Any], list[dict[str, Any]]]) -> None:
    truth, found = data
    ours = judged((COCO, COCOeval), truth, found)
    tables = _by_image.accumulate(ours.evalImgs, ours._paramsEval, ours.params)
    for name, table in zip(("precision", "recall", "scores"), tables):
        np.testing.assert_allclose(ours.eval[name], table, rtol=0, atol=1e-12)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(data_sets())
def test_equals_pycocotools_on_any_boxes(data: tuple[dict[str, Any], list[dict[str, Any]]]) -> None:
    truth, found = data
    if found:  # pycocotools cannot read an empty list
        expect_same(judged((COCO, COCOeval), truth, found), judged(theirs(), truth, found))


def test_selects_as_pycocotools_does(annotations: Path) -> None:
    with contextlib.redirect_stdout(io.StringIO()):
        ours, others = COCO(annotations), theirs()[0](str(annotations))
    images = sorted(ours.getImgIds())
    for call in (lambda c: sorted(c.getImgIds()), lambda c: c.getCatIds(), lambda c: c.getCatIds(catNms=["cat", "person"]),
                 lambda c: c.getCatIds(supNms="animal"), lambda c: sorted(c.getImgIds(catIds=[1])), lambda c: c.getAnnIds(),
                 lambda c: c.getAnnIds(imgIds=images[:3], catIds=[1, 3]), lambda c: c.getAnnIds(areaRng=[100, 2000], iscrowd=False),
                 lambda c: c.loadImgs(images[0]), lambda c: c.loadCats([1, 2]), lambda c: c.loadAnns(c.getAnnIds()[:2])):
        assert call(ours) == call(others)


def test_leaves_the_results_as_they_are(annotations: Path) -> None:
    truth = COCO(annotations)
    entry = {"image_id": truth.getImgIds()[0], "category_id": 1, "bbox": [1, 2, 3, 4], "score": 0.5}
    before = dict(entry)
    found = truth.loadRes([entry])
    assert entry == before and found.anns[1]["area"] == 12
    rows = np.array([[entry["image_id"], 1, 2, 3, 4, 0.5, 1]])
    assert truth.loadRes(rows).anns[1]["bbox"] == [1, 2, 3, 4]


def test_says_what_is_wrong(annotations: Path, tmp_path: Path) -> None:
    truth = COCO(annotations)
    with pytest.raises(FileNotFoundError):
        COCO(tmp_path / "none.json")
    (tmp_path / "list.json").write_text("[]")
    with pytest.raises(ValueError, match="list.json"):
        COCO(tmp_path / "list.json")
    with pytest.raises(ValueError, match="do not list: -5"):
        truth.loadRes([{"image_id": -5, "category_id": 1, "bbox": [1, 2, 3, 4], "score": 0.5}])
    with pytest.raises(ValueError, match="bbox"):
        truth.loadRes([{"image_id": truth.getImgIds()[0], "category_id": 1, "segmentation": [], "score": 0.5}])
    with pytest.raises(octet.Unsupported, match="segm"):
        COCOeval(truth, truth)
    judge = COCOeval(truth, truth.loadRes([]), "bbox")
    for early in (judge.accumulate, judge.summarize):
        with pytest.raises(RuntimeError):
            early()
    with pytest.raises(RuntimeError):
        COCOeval(iouType="bbox").evaluate()
