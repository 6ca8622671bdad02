"""From a file to an INT8 model and its figures, and the errors on the way."""

from __future__ import annotations

import copy
import os
import pickle
import signal
import subprocess
import sys
import threading
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import octet

ONE_LAYER = Path(__file__).resolve().parents[2] / "tests" / "testdata" / "one_layer" / "one_layer.cfg"


def test_describes_a_model(fp32: octet.Model) -> None:
    assert (fp32.name, fp32.input_width, fp32.input_height) == ("yolo-fastest-1.1-xl", 320, 320)
    assert len(fp32.labels) == 80 and fp32.labels[0] == "person"
    assert "yolo-fastest-1.1-xl" in octet.known_models()


def test_is_copied_and_not_pickled(fp32: octet.Model, detector: octet.Detector) -> None:
    assert copy.copy(fp32) is copy.deepcopy(fp32) is fp32
    for one in (fp32, detector):
        with pytest.raises(TypeError, match=r"save\(\)"):
            pickle.dumps(one)


def test_saves_and_loads(fp32: octet.Model, picture: Path, detector: octet.Detector, tmp_path: Path) -> None:
    fp32.save(tmp_path / "model.xml")
    again = octet.compile(tmp_path / "model.xml").detect(picture)
    assert [one.label for one in again] == [one.label for one in detector.detect(picture)]
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(OSError):
        fp32.save(tmp_path / "file" / "model.xml")


def test_converts_a_known_model(source: Path, tmp_path: Path) -> None:
    assert octet.convert("yolo-fastest-1.1-xl", model_dir=source.parent).name == "yolo-fastest-1.1-xl"
    with pytest.raises(FileNotFoundError):
        octet.convert("yolo-fastest-1.1-xl", model_dir=tmp_path)
    with pytest.raises(ValueError, match="model_dir"):
        octet.convert("yolo-fastest-1.1-xl", model_dir=source.parent, weights="some.weights")


def test_names_the_file_that_is_wrong(picture: Path, tmp_path: Path) -> None:
    for call in (octet.convert, octet.load, octet.compile):
        with pytest.raises(FileNotFoundError, match="no-such-file"):
            call("no-such-file.xml")
    with pytest.raises(ValueError, match=picture.name):
        octet.convert(picture)
    for wrong in ("", "a\0b"):
        with pytest.raises(ValueError):
            octet.convert(wrong)
    with pytest.raises(TypeError):
        octet.convert(3)  # type: ignore[arg-type]


def test_says_what_it_lacks(fp32: octet.Model, tmp_path: Path) -> None:
    fp32.save(tmp_path / "model.xml")
    text = (tmp_path / "model.xml").read_text()
    (tmp_path / "model.xml").write_text(text.replace('type="Convolution"', 'type="NoSuchOperation"', 1))
    with pytest.raises(octet.Unsupported, match="NoSuchOperation"):
        octet.load(tmp_path / "model.xml")


def test_compares(fp32: octet.Model, int8: octet.Model, coco: Path) -> None:
    steps: list[tuple[int, int]] = []
    both = octet.compare(fp32, int8, coco, limit=6, threads=2, progress=lambda done, total: steps.append((done, total)))
    assert both.first.images == both.second.images == 6
    assert both.drop == both.first.ap - both.second.ap
    assert both.drop_low <= both.drop <= both.drop_high
    assert 0.5 < both.fidelity <= 1
    assert steps[-1] == (6, 6)
    assert octet.evaluate(fp32, coco, limit=6, threads=1) == both.first


def test_tells_of_each_class(fp32: octet.Model, int8: octet.Model, coco: Path) -> None:
    both = octet.compare(fp32, int8, coco, limit=6)
    classes = both.first.classes
    assert len(classes) == len(both.second.classes) == 80 and classes[0].name == "person" and classes[0].category_id == 1
    annotated = [one.ap for one in classes if one.objects]
    assert sum(annotated) / len(annotated) == pytest.approx(both.first.ap)
    assert list(both.first.classes_to_pandas()["ap50"]) == [one.ap50 for one in classes]
    assert "classes" not in both.first.to_pandas() and both.first.to_dict()["classes"][0]["name"] == "person"


def test_counts_and_divides_as_asked(fp32: octet.Model, coco: Path) -> None:
    usual = octet.evaluate(fp32, coco, limit=6)
    assert octet.evaluate(fp32, coco, limit=6, max_detections=[1, 10, 10]).ar100 == usual.ar10
    assert octet.evaluate(fp32, coco, limit=6, area_limits=(0, 0)).ap_large == usual.ap
    for wrong in ({"max_detections": (1, 2)}, {"max_detections": (3, 2, 1)}, {"max_detections": (1, 2, -3)}, {"area_limits": (2, 1)},
                  {"area_limits": (1, float("nan"))}, {"infer_precision": "f64"}):
        with pytest.raises(ValueError, match="max.detections|area.limits|infer_precision"):
            octet.evaluate(fp32, coco, **wrong)  # type: ignore[arg-type]
    for kind in ({"max_detections": 3}, {"max_detections": (1, 2, "many")}, {"area_limits": (1, "large")}, {"infer_precision": 32}):
        with pytest.raises(TypeError):
            octet.evaluate(fp32, coco, **kind)  # type: ignore[arg-type]


def test_multiplies_in_bf16_or_says_that_it_cannot(fp32: octet.Model, picture: Path) -> None:
    try:
        found = octet.compile(fp32, infer_precision="bf16").detect(picture)
    except octet.Unsupported as error:
        assert "bf16" in str(error)
    else:
        assert found[0].score == pytest.approx(octet.compile(fp32).detect(picture)[0].score, abs=0.05)


def test_saves_floats_in_half_the_space(fp32: octet.Model, tmp_path: Path) -> None:
    for name, fp16 in (("full", False), ("half", True)):
        fp32.save(tmp_path / f"{name}.xml", fp16=fp16)
        fp32.save_onnx(tmp_path / f"{name}.onnx", fp16=fp16)
    for kind in ("bin", "onnx"):
        assert (tmp_path / f"half.{kind}").stat().st_size < 0.6 * (tmp_path / f"full.{kind}").stat().st_size


@pytest.mark.slow
def test_explains_what_each_layer_costs(fp32: octet.Model, coco: Path, tmp_path: Path) -> None:
    with pytest.warns(UserWarning):
        octet.quantize(fp32, coco, subset=3, recipe="plain", explain=tmp_path / "page.html")
    assert "yolo-fastest-1.1-xl" in (tmp_path / "page.html").read_text()


@pytest.mark.slow
def test_quantizes_the_same_with_any_threads(fp32: octet.Model, coco: Path, tmp_path: Path) -> None:
    for threads in (1, 3):
        with pytest.warns(UserWarning):
            octet.quantize(fp32, coco, subset=3, threads=threads).save(tmp_path / f"{threads}.xml")
    assert (tmp_path / "1.bin").read_bytes() == (tmp_path / "3.bin").read_bytes()


def quantized(fp32: octet.Model, coco: Path, file: Path, **options: Any) -> bytes:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        octet.quantize(fp32, coco, subset=9, **options).save(file)
    return file.with_suffix(".bin").read_bytes() + file.read_bytes()


@pytest.mark.slow
def test_quantizes_by_every_recipe(fp32: octet.Model, coco: Path, tmp_path: Path) -> None:
    default, plain = (quantized(fp32, coco, tmp_path / "model.xml", recipe=recipe) for recipe in ("default", "plain"))
    assert quantized(fp32, coco, tmp_path / "model.xml") == default
    assert quantized(fp32, coco, tmp_path / "model.xml", recipe="plain", preset="mixed", target="any") == plain
    others = [{"preset": "performance"}, {"target": "avx2"}, {"recipe": "default", "min_fidelity": 50.0}]
    made = {quantized(fp32, coco, tmp_path / "model.xml", **{"recipe": "plain", **other}) for other in others}
    assert len({default, plain} | made) == 2 + len(others)


@pytest.mark.slow
def test_quantizes_as_the_program(source: Path, fp32: octet.Model, coco: Path, tmp_path: Path) -> None:
    words = ["quantize", source, "--data", coco, "--subset", "9", "--strict-int8", "--preset", "performance", "--output", tmp_path]
    assert subprocess.run([sys.executable, "-m", "octet", *words], capture_output=True).returncode == 0
    weights = next(tmp_path.rglob("*.bin")).read_bytes()
    assert quantized(fp32, coco, tmp_path / "model.xml", strict_int8=True, preset="performance").startswith(weights)


@pytest.mark.slow
def test_says_what_cannot_be_reached(coco: Path) -> None:
    model = octet.convert(ONE_LAYER)
    with pytest.warns(UserWarning), pytest.raises(octet.RequirementNotMet, match="fidelity AP 100 cannot"):
        octet.quantize(model, coco, subset=9, min_fidelity=100)


@pytest.mark.parametrize(("options", "says"), [
    ({"recipe": "best"}, "recipe is 'best'"),
    ({"preset": "fast"}, "preset is 'fast'"),
    ({"target": ""}, "target"),
    ({"min_fidelity": 101}, "min_fidelity is 101"),
    ({"max_drop": float("nan")}, "max_drop is nan"),
    ({"min_fidelity": 98, "max_drop": 1}, "one"),
    ({"min_fidelity": 98, "strict_int8": True}, "strict_int8"),
    ({"max_drop": 1, "recipe": "plain"}, "plain"),
    ({"range_estimator": "guess"}, "guess"),
])
def test_refuses_recipes_that_are_none(fp32: octet.Model, coco: Path, options: dict[str, Any], says: str) -> None:
    with pytest.raises(ValueError, match=says):
        octet.quantize(fp32, coco, **options)
    with pytest.raises(TypeError):
        octet.quantize(fp32, coco, recipe=3)  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="min_fidelity is a number"):
        octet.quantize(fp32, coco, min_fidelity="high")  # type: ignore[arg-type]


def test_takes_annotations_of_a_folder(fp32: octet.Model, coco: Path) -> None:
    pictures, annotations = coco / "val2017", coco / "annotations" / "instances_val2017.json"
    assert octet.evaluate(fp32, pictures, annotations=annotations, limit=3) == octet.evaluate(fp32, coco, limit=3)
    with pytest.raises(FileNotFoundError, match="none.json"):
        octet.evaluate(fp32, pictures, annotations="none.json")


def test_raises_where_a_requirement_is_not_met(fp32: octet.Model, int8: octet.Model, coco: Path) -> None:
    octet.compare(fp32, fp32, coco, limit=2, require="max-drop=0,min-fidelity=99")
    with pytest.raises(octet.RequirementNotMet, match="min-ap"):
        octet.compare(fp32, int8, coco, limit=2, require="min-ap=100")
    with pytest.raises(octet.RequirementNotMet, match="min-ap"):
        octet.evaluate(fp32, coco, limit=2, require="min-ap=100")
    with pytest.raises(octet.RequirementNotMet, match="min-speedup"):
        octet.bench(fp32, int8, seconds=0.05, require="min-speedup=1000000")
    with pytest.raises(ValueError, match="most-drop"):
        octet.compare(fp32, int8, coco, require="most-drop=1")


def test_refuses_engines_that_are_none(fp32: octet.Model, coco: Path, tmp_path: Path) -> None:
    for call in (lambda: octet.compile(fp32, engine="steam"), lambda: octet.evaluate(fp32, coco, engine="steam"),
                 lambda: octet.bench(fp32, engine="steam"), lambda: octet.run("none.cfg", coco, tmp_path, engines=["octet", "steam"])):
        with pytest.raises(ValueError, match="steam"):
            call()
    with pytest.raises(TypeError, match="engine is a text"):
        octet.compile(fp32, engine=3)  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="engines is a sequence"):
        octet.run("none.cfg", coco, tmp_path, engines="octet")


@pytest.mark.parametrize("engine", ["openvino", "onnxruntime"])
def test_runs_in_another_engine(fp32: octet.Model, int8: octet.Model, picture: Path, engine: str) -> None:
    try:
        detector = octet.compile(int8, threads=1, engine=engine)
    except FileNotFoundError as error:
        pytest.skip(str(error))
    found, wanted = detector.detect(picture), octet.compile(int8, threads=1).detect(picture)
    assert [one.label for one in found][:1] == [one.label for one in wanted][:1]
    many, = detector.detect_many([picture], threads=1)
    assert many.to_dict() == found.to_dict() and engine in repr(detector)
    assert octet.bench(fp32, int8, seconds=0.05, engine=engine).models[0].median_ms > 0


def test_writes_onnx_and_ends_it_where_it_is_told(fp32: octet.Model, tmp_path: Path) -> None:
    fp32.save_onnx(tmp_path / "model.onnx")
    assert octet.convert(tmp_path / "model.onnx").labels == fp32.labels
    with pytest.raises(Exception, match="no-such-value"):
        octet.convert(tmp_path / "model.onnx", outputs=["no-such-value"])
    with pytest.raises(ValueError, match="onnx"):
        fp32.save_onnx(tmp_path / "model.xml")


def test_refuses_wrong_arguments(fp32: octet.Model, int8: octet.Model, coco: Path, tmp_path: Path) -> None:
    with pytest.raises(ValueError):
        octet.quantize(int8, coco, subset=3)
    with pytest.raises(ValueError, match="subset is -1"):
        octet.quantize(fp32, coco, subset=-1)
    with pytest.raises(ValueError, match="seed"):
        octet.quantize(fp32, coco, seed=2**64)
    with pytest.raises(ValueError, match="threads"):
        octet.compile(fp32, threads=5000)
    with pytest.raises(FileNotFoundError):
        octet.evaluate(fp32, tmp_path)
    with pytest.raises(ValueError, match="one model"):
        octet.bench()
    for seconds in (-1, float("nan"), float("inf"), 1e300):
        with pytest.raises(ValueError, match="seconds is .*, not 0 to 86400"):
            octet.bench(fp32, seconds=seconds)
        with pytest.raises(ValueError, match="bench_seconds is .*, not 0 to 86400"):
            octet.run("none", "none", "none", bench_seconds=seconds)


def test_measures_in_turn(fp32: octet.Model, int8: octet.Model) -> None:
    measured = octet.bench(fp32, int8, threads=1, seconds=0.2)
    assert [one.name for one in measured.models] == [fp32.name, int8.name]
    for one in measured.models:
        assert 0 < one.min_ms <= one.median_ms <= one.p90_ms <= one.p99_ms
        assert len(one.latencies_ms) > 0 and one.throughput > 0
    assert measured.ratio == measured.models[0].median_ms / measured.models[1].median_ms
    assert octet.bench(fp32, seconds=0.1).ratio is None


@pytest.mark.slow
def test_runs_the_whole_workflow(source: Path, coco: Path, tmp_path: Path) -> None:
    done = octet.run(source, coco, tmp_path / "out", limit=4, threads=2, bench_seconds=0.2)
    assert done.comparison.first.images == 4
    assert done.fp32.is_file() and done.int8.is_file()
    assert "<html" in done.report.read_text()
    assert "srcdoc" in done._repr_html_()
    assert done.to_dict()["bench"]["models"][0]["name"] == "FP32"


def test_ends_with_what_a_callback_raises(fp32: octet.Model, coco: Path) -> None:
    class Enough(Exception):
        pass

    def stop(done: int, total: int) -> None:
        raise Enough

    with pytest.raises(Enough):
        octet.evaluate(fp32, coco, progress=stop)


@pytest.mark.parametrize("step", [1, 5])
@pytest.mark.parametrize("verb", ["quantize", "evaluate", "compare", "bench", "run"])
def test_ctrl_c_ends_the_work(fp32: octet.Model, source: Path, coco: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, verb: str, step: int) -> None:
    """The signal comes at a step, where the work waits for it; the call of the library then ends as one that was ended, with nothing written by
    halves."""
    calls: dict[str, Callable[..., object]] = {
        "quantize": lambda progress: octet.quantize(fp32, coco, subset=20, explain=tmp_path / "page.html", progress=progress),
        "evaluate": lambda progress: octet.evaluate(fp32, coco, threads=1, progress=progress),
        "compare": lambda progress: octet.compare(fp32, fp32, coco, threads=1, progress=progress),
        "bench": lambda progress: octet.bench(fp32, seconds=60, progress=progress),
        "run": lambda progress: octet.run(source, coco, tmp_path / "out", bench_seconds=60, progress=progress),
    }
    told = 0
    is_there = threading.Event()
    endings: list[type[BaseException]] = []
    work = getattr(octet._octet, verb)

    def watched(*arguments: Any) -> Any:
        try:
            return work(*arguments)
        except BaseException as error:
            endings.append(type(error))
            raise

    def interrupt(*_: object) -> None:
        is_there.set()
        raise KeyboardInterrupt

    def progress(done: int, total: int) -> None:
        nonlocal told
        told += 1
        if told == step:
            signal.pthread_kill(threading.main_thread().ident, signal.SIGINT)
            is_there.wait()

    monkeypatch.setattr(octet._octet, verb, watched)
    before = signal.signal(signal.SIGINT, interrupt)
    try:
        with pytest.raises(KeyboardInterrupt):
            calls[verb](progress)
    finally:
        signal.signal(signal.SIGINT, before)
    assert endings == [octet._octet.Cancelled]
    files = [file for file in tmp_path.rglob("*") if file.is_file()]
    assert {file.suffix for file in files} <= {".xml", ".bin", ".json"} and not [file for file in files if file.name.startswith(".")]
    for file in tmp_path.rglob("*.xml"):
        assert octet.load(file).labels == fp32.labels


def test_ctrl_c_ends_work_that_begins(fp32: octet.Model, coco: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the signal comes before the thread is waited for."""

    class Interrupted(threading.Thread):
        def start(self) -> None:
            super().start()
            raise KeyboardInterrupt

    monkeypatch.setattr(threading, "Thread", Interrupted)
    with pytest.raises(KeyboardInterrupt):
        octet.evaluate(fp32, coco, threads=1)
    monkeypatch.undo()
    assert "octet" not in [thread.name for thread in threading.enumerate()]


@pytest.mark.parametrize("words", [["--version"], ["list"]])
def test_the_program_is_inside(words: list[str]) -> None:
    done = subprocess.run([sys.executable, "-m", "octet", *words], capture_output=True, text=True)
    assert done.returncode == 0 and done.stdout
    if words == ["--version"]:
        assert done.stdout.startswith(f"octet {octet.__version__} ")


def test_the_program_ends_as_it_does_alone(tmp_path: Path) -> None:
    wrong = subprocess.run([sys.executable, "-m", "octet", "no-such-verb"], capture_output=True, text=True)
    assert (wrong.returncode, wrong.stderr.count("error")) == (2, 1)
    missing = subprocess.run([sys.executable, "-m", "octet", "convert", "none.cfg", "--output", tmp_path], capture_output=True, text=True)
    assert missing.returncode == 3 and "none.cfg" in missing.stderr
    reader, writer = os.pipe()
    os.close(reader)
    unread = subprocess.run([sys.executable, "-m", "octet", "list"], stdout=writer, stderr=subprocess.PIPE)
    os.close(writer)
    assert unread.returncode == -signal.SIGPIPE
