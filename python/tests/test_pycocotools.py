"""The drop-in against pycocotools itself, and its two ways against each other."""

from __future__ import annotations

import contextlib
import copy
import io
import json
import pickle
import tempfile
from concurrent.futures import ThreadPoolExecutor
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


def judged(kinds: tuple[Any, Any], truth: Any, results: Any, change: Any = None, edit: Any = None) -> Any:
    coco_kind, eval_kind = kinds
    with contextlib.redirect_stdout(io.StringIO()) as printed:
        if isinstance(truth, dict):
            gt = coco_kind()
            gt.dataset = copy.deepcopy(truth)
            gt.createIndex()
        else:
            gt = coco_kind(str(truth))
        found = gt.loadRes(results if isinstance(results, str) else copy.deepcopy(results))
        if edit:
            edit(gt, found)
        judge = eval_kind(gt, found, "bbox")
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


@pytest.fixture(scope="module")
def results_file(results: list[dict[str, Any]], tmp_path_factory: pytest.TempPathFactory) -> str:
    path = tmp_path_factory.mktemp("results") / "results.json"
    path.write_text(json.dumps(results))
    return str(path)


def moves_objects(gt: Any, found: Any) -> None:
    for one in gt.dataset["annotations"][::3]:
        one["bbox"] = [one["bbox"][0] + 20, *one["bbox"][1:]]


def makes_crowds(gt: Any, found: Any) -> None:
    for one in gt.loadAnns(gt.getAnnIds())[::4]:
        one["iscrowd"] = 1


def rescores(gt: Any, found: Any) -> None:
    for one in found.anns.values():
        one["score"] = 1 - one["score"]


def grows_areas(gt: Any, found: Any) -> None:
    """Of detections too, which then no longer have that of their box."""
    for one in [*gt.anns.values(), *found.anns.values()]:
        one["area"] *= 3


def leaves_some_out(gt: Any, found: Any) -> None:
    for coco in (gt, found):
        coco.dataset["annotations"] = coco.dataset["annotations"][1::2]
        coco.createIndex()


def leaves_some_out_without_an_index(gt: Any, found: Any) -> None:
    for coco in (gt, found):
        coco.dataset["annotations"] = coco.dataset["annotations"][1::2]


def replaces_an_annotation(gt: Any, found: Any) -> None:
    number = gt.getAnnIds()[0]
    gt.anns[number] = {**gt.anns[number], "bbox": [0, 0, 5, 5]}


def moves_to_an_image(gt: Any, found: Any) -> None:
    first, second = sorted(gt.getImgIds())[:2]
    for one in found.imgToAnns[first]:
        one["image_id"] = second


def drops_images(gt: Any, found: Any) -> None:
    for number in gt.getImgIds()[:5]:
        del gt.imgs[number]


def replaces_all(gt: Any, found: Any) -> None:
    found.dataset = {**found.dataset, "annotations": found.dataset["annotations"][:10]}
    found.createIndex()


def numbers_from_zero(gt: Any, found: Any) -> None:
    """Ids that pycocotools takes for no match."""
    for coco in (gt, found):
        for i, one in enumerate(coco.dataset["annotations"]):
            one["id"] = i
        coco.createIndex()


def repeats_an_id(gt: Any, found: Any) -> None:
    gt.dataset["annotations"][1]["id"] = gt.dataset["annotations"][0]["id"]
    gt.createIndex()


EDITS = [moves_objects, makes_crowds, rescores, grows_areas, leaves_some_out, leaves_some_out_without_an_index, replaces_an_annotation,
         moves_to_an_image, drops_images, replaces_all, numbers_from_zero, repeats_an_id]


@pytest.mark.parametrize("edit", EDITS)
def test_goes_by_dictionaries_that_were_changed(annotations: Path, results_file: str, edit: Any) -> None:
    ours, others = (judged(kinds, annotations, results_file, edit=edit) for kinds in ((COCO, COCOeval), theirs()))
    expect_same(ours, others)
    for one, other in zip(ours.evalImgs, others.evalImgs):
        assert (one is None) == (other is None)
        assert one is None or (one["dtIds"], one["gtIds"]) == (other["dtIds"], other["gtIds"])


def test_judges_what_was_there_in_evaluate(annotations: Path, results_file: str) -> None:
    judges = []
    for coco, evaluation in ((COCO, COCOeval), theirs()):
        with contextlib.redirect_stdout(io.StringIO()):
            gt = coco(str(annotations))
            found = gt.loadRes(results_file)
            judge = evaluation(gt, found, "bbox")
            judge.evaluate()
            for one in found.anns.values():
                one["score"] = 0.5
            judge.accumulate()
            judge.summarize()
        judges.append(judge)
    expect_same(*judges)
    assert len(np.unique(judges[0].eval["scores"])) > 3


def test_goes_by_records_that_were_changed(annotations: Path, results_file: str) -> None:
    judges = []
    for coco, evaluation in ((COCO, COCOeval), theirs()):
        with contextlib.redirect_stdout(io.StringIO()):
            gt = coco(str(annotations))
            judge = evaluation(gt, gt.loadRes(results_file), "bbox")
            judge.evaluate()
            for one in judge.evalImgs[::2]:
                if one is not None:
                    one["dtIgnore"][:] = 1
            judge.accumulate()
            judge.summarize()
        judges.append(judge)
    expect_same(*judges)


def test_makes_dictionaries_when_they_are_asked_for(annotations: Path, results_file: str) -> None:
    with contextlib.redirect_stdout(io.StringIO()):
        truth, other = COCO(annotations), theirs()[0](str(annotations))
        found, other_found = truth.loadRes(results_file), other.loadRes(results_file)
        judge = COCOeval(truth, found, "bbox")
        judge.evaluate()
        judge.accumulate()
    assert truth.getImgIds() == other.getImgIds() and truth.getCatIds() == other.getCatIds()
    assert "anns" not in vars(truth) and "anns" not in vars(found)
    assert found.dataset["annotations"] == other_found.dataset["annotations"] and found.imgs == other_found.imgs
    assert "anns" not in vars(truth)
    for name in ("dataset", "anns", "imgs", "cats", "imgToAnns", "catToImgs"):
        assert getattr(truth, name) == getattr(other, name), name
    assert truth.anns is truth.anns and truth.imgToAnns[other.getImgIds()[0]][0] is truth.dataset["annotations"][0]
    with pytest.raises(AttributeError, match="none"):
        truth.none


@pytest.mark.parametrize("copied", [copy.deepcopy, lambda coco: pickle.loads(pickle.dumps(coco))])
def test_is_copied_unread(annotations: Path, results_file: str, copied: Any) -> None:
    truth = copied(COCO(annotations))
    found = copied(truth.loadRes(results_file))
    assert "anns" not in vars(truth) and "anns" not in vars(found)
    judge = COCOeval(truth, found, "bbox")
    judge.evaluate()
    judge.accumulate()
    np.testing.assert_array_equal(judge.eval["scores"], judged((COCO, COCOeval), annotations, results_file).eval["scores"])
    assert truth.dataset == COCO(annotations).dataset


def test_gives_threads_the_same_dictionaries(annotations: Path) -> None:
    truth = COCO(annotations)
    with ThreadPoolExecutor(8) as threads:
        assert len({id(each) for each in threads.map(lambda _: truth.anns, range(8))}) == 1


def numpy_numbers(row: dict[str, Any]) -> dict[str, Any]:
    return {**row, "image_id": np.int64(row["image_id"]), "bbox": list(np.array(row["bbox"])), "score": np.float64(row["score"])}


def half_as_exact(row: dict[str, Any]) -> dict[str, Any]:
    """Whose areas pycocotools computes in single precision."""
    return {**row, "bbox": list(np.array(row["bbox"], np.float32)), "score": np.float32(row["score"])}


def in_integers(row: dict[str, Any]) -> dict[str, Any]:
    return {**row, "bbox": [int(value) for value in row["bbox"]]}


@pytest.mark.parametrize("form", [numpy_numbers, half_as_exact, in_integers])
def test_takes_numbers_of_any_type(annotations: Path, results: list[dict[str, Any]], form: Any) -> None:
    rows = [form(row) for row in results]
    ours, others = (judged(kinds, annotations, rows) for kinds in ((COCO, COCOeval), theirs()))
    expect_same(ours, others)


@pytest.mark.parametrize("form", [tuple, np.array])
def test_takes_boxes_of_any_form(annotations: Path, results: list[dict[str, Any]], form: Any) -> None:
    """Which pycocotools refuses."""
    ours = judged((COCO, COCOeval), annotations, [{**row, "bbox": form(row["bbox"])} for row in results])
    expect_same(ours, judged(theirs(), annotations, results))


def test_takes_an_array(annotations: Path, results: list[dict[str, Any]]) -> None:
    rows = np.array([[one["image_id"], *one["bbox"], one["score"], one["category_id"]] for one in results])
    with contextlib.redirect_stdout(io.StringIO()):
        ours, others = (judged(kinds, annotations, rows) for kinds in ((COCO, COCOeval), theirs()))
    expect_same(ours, others)
    found = COCO(annotations).loadRes(rows)
    assert [one["bbox"] for one in found.anns.values()] == [one["bbox"] for one in results]


def test_goes_by_a_class_that_chooses_annotations(annotations: Path, results_file: str) -> None:
    class Large(COCO):
        def getAnnIds(self, *args: Any, **kwargs: Any) -> list[Any]:
            return [number for number in super().getAnnIds(*args, **kwargs) if self.anns[number]["area"] > 5000]

    class Indexed(COCO):
        def createIndex(self) -> None:
            super().createIndex()
            self.count = len(self.anns)

    ours = judged((Large, COCOeval), annotations, results_file)
    assert ours.stats[3] == -1 and ours.stats[5] > -1
    assert Indexed(annotations).count == len(COCO(annotations).anns)


@pytest.mark.parametrize("step", ["_prepare", "computeIoU", "evaluateImg"])
def test_refuses_a_class_that_evaluates_otherwise(annotations: Path, results_file: str, step: str) -> None:
    truth = COCO(annotations)
    judge = type("Rotated", (COCOeval,), {step: lambda self, *given: []})(truth, truth.loadRes(results_file), "bbox")
    with pytest.raises(octet.Unsupported, match=f"{step}.*Rotated"):
        judge.evaluate()


def odd_files() -> dict[str, Any]:
    """Files that octet's own reader refuses, or reads otherwise than Python."""
    image, category = {"id": 1, "file_name": "a.jpg", "width": 99, "height": 99}, {"id": 1, "name": "a"}
    one = {"id": 1, "image_id": 1, "category_id": 1, "bbox": [1, 2, 30, 40], "area": 1200, "iscrowd": 0}
    return {
        "names for ids": [[{**image, "id": "x"}], [category], [{**one, "image_id": "x"}]],
        "an id of 70 bits": [[{**image, "id": 2**70}], [category], [{**one, "image_id": 2**70}]],
        "ids with a point": [[{**image, "id": 1.0}], [category], [{**one, "image_id": 1.0, "id": 7.0}]],
        "an id twice": [[image], [category], [one, {**one, "bbox": [50, 50, 9, 9]}]],
        "a box turned inside out": [[image], [category], [one, {**one, "id": 2, "bbox": [50, 50, -9, 9]}]],
        "a crowd that is a number": [[image], [category], [{**one, "iscrowd": 2}]],
        "an area that is none": [[image], [category], [{**one, "area": float("nan")}]],
    }


@pytest.mark.parametrize("name", odd_files())
def test_reads_odd_files_as_pycocotools_does(name: str, tmp_path: Path) -> None:
    images, categories, annotations = odd_files()[name]
    (tmp_path / "truth.json").write_text(json.dumps({"images": images, "categories": categories, "annotations": annotations}))
    number = images[0]["id"]
    found = [{"image_id": number, "category_id": 1, "bbox": box, "score": score} for box, score in (([2, 2, 30, 38], 0.7), ([9, 9, 9, 9], 1))]
    (tmp_path / "found.json").write_text(json.dumps(found))
    ours, others = (judged(kinds, tmp_path / "truth.json", str(tmp_path / "found.json")) for kinds in ((COCO, COCOeval), theirs()))
    expect_same(ours, others)


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
    tables = _by_image.Part(ours._paramsEval, ours.params).accumulate_records(ours.evalImgs)
    for name, table in zip(("precision", "recall", "scores"), tables):
        np.testing.assert_allclose(ours.eval[name], table, rtol=0, atol=1e-12)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(data_sets())
def test_equals_pycocotools_on_any_boxes(data: tuple[dict[str, Any], list[dict[str, Any]]]) -> None:
    truth, found = data
    if not found:  # which pycocotools cannot read
        return
    others = judged(theirs(), truth, found)
    expect_same(judged((COCO, COCOeval), truth, found), others)
    with tempfile.TemporaryDirectory() as folder:
        files = Path(folder) / "truth.json", Path(folder) / "found.json"
        for file, content in zip(files, data):
            file.write_text(json.dumps(content))
        expect_same(judged((COCO, COCOeval), files[0], str(files[1])), others)


CHOICES: dict[str, list[Any]] = {
    "iouThrs": [np.array([0.5]), np.array([0.75, 0.5]), np.array([]), np.array([0.0, 1.0]), np.linspace(0.05, 0.95, 34)],
    "recThrs": [np.array([0.5]), np.array([0.0]), np.array([1.0, 0.3, 0.0]), np.array([0.2, 1.5, 0.1]), np.array([]), np.linspace(0, 1, 1001)],
    "maxDets": [[100, 10, 1], [2], [0, 1, 2, 3]],
    "areaRng": [[[0, 1e10]], [(0, 1e10), (0, 500), (500, 2000), (300, 400), (100, 50)]],
    "useCats": [0],
    "imgIds": [[], [3, 1], (1, 2, 3), [1, 1, 2], [2, 77], np.array([2, 3])],
}
# Of what was evaluated, which pycocotools finds by places.
PARTS: dict[str, list[Any]] = {
    "recThrs": [np.array([0.4])], "catIds": [[2], [1]], "imgIds": [[1, 3], [3]], "areaRng": [[[0, 32**2]], [[0, 1e10]]], "maxDets": [[100], [7, 10]],
    "useCats": [0, 1], "iouThrs": [np.linspace(0, 1, 35)],
}


@st.composite
def choices(draw: st.DrawFn, of: dict[str, list[Any]]) -> dict[str, Any]:
    return {name: draw(st.sampled_from(of[name])) for name in draw(st.lists(st.sampled_from(list(of)), unique=True))}


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(data_sets(), choices(CHOICES), choices(PARTS), st.booleans())
def test_equals_pycocotools_whatever_is_chosen(data: Any, choice: dict[str, Any], part: dict[str, Any], by_records: bool) -> None:
    truth, found = data
    if not found:
        return
    judges = []
    for kinds in ((COCO, COCOeval), theirs()):
        with contextlib.redirect_stdout(io.StringIO()):
            gt = kinds[0]()
            gt.dataset = copy.deepcopy(truth)
            gt.createIndex()
            judge = kinds[1](gt, gt.loadRes(copy.deepcopy(found)), "bbox")
            vars(judge.params).update(copy.deepcopy(choice))
            judge.evaluate()
            if by_records:
                judge.evalImgs = list(judge.evalImgs)
            judge.accumulate()
            tables = [judge.eval]
            taken = copy.deepcopy(judge._paramsEval)
            vars(taken).update(copy.deepcopy(part))
            judge.accumulate(taken)
        judges.append([*tables, judge.eval])
    for ours, others in zip(*judges):
        assert list(ours["counts"]) == list(others["counts"])
        for table in ("precision", "recall", "scores"):
            np.testing.assert_allclose(ours[table], others[table], rtol=0, atol=1e-12)


@pytest.mark.parametrize("name, value", [("iouThrs", np.array([0.5])), ("imgIds", range(10**6)), ("areaRng", 4 * [[0, 1]] + [[0, 1e10]])])
def test_says_what_was_not_evaluated(annotations: Path, results_file: str, name: str, value: Any) -> None:
    judge = judged((COCO, COCOeval), annotations, results_file)
    setattr(judge.params, name, value)
    with pytest.raises(IndexError, match=f"params.{name}"):
        judge.accumulate()


def test_shares_a_data_set_among_judges(annotations: Path, results: list[dict[str, Any]]) -> None:
    """Of which one has made dictionaries and others count other things."""
    def tables(kinds: tuple[Any, Any]) -> list[Any]:
        with contextlib.redirect_stdout(io.StringIO()):
            gt = kinds[0](str(annotations))
            judges = [kinds[1](gt, gt.loadRes(results[i::3]), "bbox") for i in range(3)]
            for change, judge in zip((one_threshold, any_category, some), judges):
                change(judge.params)
                judge.evaluate()
            gt.loadAnns(gt.getAnnIds())
            for judge in judges:
                judge.accumulate()
        return [judge.eval[name] for judge in judges for name in ("precision", "recall", "scores")]
    for ours, others in zip(tables((COCO, COCOeval)), tables(theirs())):
        np.testing.assert_allclose(ours, others, rtol=0, atol=1e-12)


def test_selects_as_pycocotools_does(annotations: Path) -> None:
    with contextlib.redirect_stdout(io.StringIO()):
        ours, others = COCO(annotations), theirs()[0](str(annotations))
    images = sorted(ours.getImgIds())
    for call in (lambda c: c.getImgIds(), lambda c: c.getCatIds(), lambda c: c.getCatIds(catNms=["cat", "person"]),
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
