"""Runs of a history in MLflow and in Weights & Biases, and detections in FiftyOne, read back by their own packages."""

from __future__ import annotations

import json
import sqlite3
import struct
from collections.abc import Iterator
from pathlib import Path

import pytest

from octet import Detection, Detections, exports

FIGURES = {"models": [{"AP": 0.25, "categories": [{"id": 1, "AP": 0.5}]}, {"AP": 0.24}], "drops": {"low": -0.01}, "fidelity": 0.9, "images": 36}


def write_history(file: Path, *runs: tuple[str, int, dict[str, object]], user_version: int = 1) -> Path:
    with sqlite3.connect(file) as database:
        database.execute("CREATE TABLE runs (id INTEGER PRIMARY KEY, at TEXT, verb TEXT, status INTEGER, version TEXT, machine TEXT, cpu TEXT, isa TEXT, "
                         "models TEXT, arguments TEXT, figures TEXT)")
        for verb, status, figures in runs:
            database.execute("INSERT INTO runs (at, verb, status, version, machine, cpu, isa, models, arguments, figures) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                             ("2026-11-27T12:34:56Z", verb, status, "0.1.0", "host", "a CPU", "avx2", '["a/fp32.xml","int8.xml"]', '{"--data":["coco"]}',
                              json.dumps(figures)))
        database.execute("PRAGMA application_id = 0x6f637465")
        database.execute(f"PRAGMA user_version = {user_version}")
    return file


def test_history_is_read_as_it_was_written(tmp_path: Path) -> None:
    run, = exports.read_history(write_history(tmp_path / "runs.db", ("check", 4, FIGURES)))
    assert run.name == "check 1: fp32.xml, int8.xml"
    assert run.at.isoformat() == "2026-11-27T12:34:56+00:00"
    assert run.metrics == {"models/0/AP": 0.25, "models/1/AP": 0.24, "drops/low": -0.01, "fidelity": 0.9, "images": 36.0}
    assert run.parameters["data"] == "coco" and run.parameters["isa"] == "avx2"


def test_what_is_no_history_is_refused(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="none.db"):
        exports.read_history(tmp_path / "none.db")
    (tmp_path / "text.db").write_text("a text, and no database at all")
    with pytest.raises(ValueError, match="text.db"):
        exports.read_history(tmp_path / "text.db")
    with pytest.raises(ValueError, match="another version"):
        exports.read_history(write_history(tmp_path / "new.db", user_version=2))
    bad = write_history(tmp_path / "bad.db", ("check", 0, FIGURES))
    with sqlite3.connect(bad) as database:
        database.execute("UPDATE runs SET figures = '{'")
    with pytest.raises(ValueError, match="bad.db: run 1"):
        exports.read_history(bad)


def test_mlflow_has_every_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MLFLOW_ALLOW_FILE_STORE", "true")  # a server or a database is what it wants in earnest
    monkeypatch.setenv("MLFLOW_DISABLE_TELEMETRY", "true")
    mlflow = pytest.importorskip("mlflow")
    mlflow.set_tracking_uri((tmp_path / "mlruns").as_uri())
    report = tmp_path / "report.html"
    report.write_text("<p>a page</p>")
    history = write_history(tmp_path / "runs.db", ("check", 0, FIGURES), ("run", 4, {"report": str(report), "bench": {"ratio": 2.5}}))
    first, second = (mlflow.MlflowClient().get_run(one) for one in exports.to_mlflow(history, experiment="detectors"))
    assert first.data.metrics == exports.read_history(history)[0].metrics
    assert first.data.params["data"] == "coco" and first.info.status == "FINISHED" and first.info.start_time == 1795782896000
    assert second.data.metrics == {"bench/ratio": 2.5} and second.data.tags["octet.status"] == "4" and second.info.status == "FAILED"
    assert [one.path for one in mlflow.MlflowClient().list_artifacts(second.info.run_id)] == ["report.html"]
    # A second time goes into the same experiment.
    exports.to_mlflow(history, experiment="detectors")
    assert len(mlflow.MlflowClient().search_runs([first.info.experiment_id])) == 4


def wandb_records(file: Path) -> Iterator[bytes]:
    """The records of a file of Weights & Biases: 7 bytes of its own, then LevelDB's log, whose blocks of 32 KB hold parts of records."""
    data, record, place = file.read_bytes(), b"", 7
    while place + 7 <= len(data):
        left_in_block = 32768 - place % 32768
        if left_in_block < 7:
            place += left_in_block
            continue
        length, kind = struct.unpack_from("<HB", data, place + 4)
        record = data[place + 7:place + 7 + length] if kind in (1, 2) else record + data[place + 7:place + 7 + length]
        if kind in (1, 4):  # whole, or the last part
            yield record
        place += 7 + length


def test_wandb_has_every_run(tmp_path: Path) -> None:
    wandb = pytest.importorskip("wandb")
    messages = pytest.importorskip("wandb.proto.wandb_internal_pb2")
    history = write_history(tmp_path / "runs.db", ("check", 0, FIGURES), ("run", 4, {"bench": {"ratio": 2.5}}))
    folders, summaries = exports.to_wandb(history, project="detectors", folder=tmp_path), []
    wandb.teardown()  # as Python does at its end: its process writes on after a run is finished
    for folder in folders:
        file, = Path(folder).glob("run-*.wandb")
        records = [messages.Record.FromString(record) for record in wandb_records(file)]
        run, = (record.run for record in records if record.HasField("run"))
        assert run.project == "detectors"
        updates = [item for record in records if record.HasField("summary") for item in record.summary.update]
        summaries.append((run.display_name, run.job_type, {item.key or "/".join(item.nested_key): json.loads(item.value_json) for item in updates}))
    (first, verb, figures), (_, _, others) = summaries
    assert (first, verb) == ("check 1: fp32.xml, int8.xml", "check")
    assert {name: figures[name] for name in exports.read_history(history)[0].metrics} == exports.read_history(history)[0].metrics
    assert figures["status"] == 0 and others["status"] == 4 and others["bench/ratio"] == 2.5


def test_fiftyone_reads_what_was_found(tmp_path: Path) -> None:
    importers = pytest.importorskip("fiftyone.utils.data.importers")
    demo = Path(__file__).resolve().parents[2] / "demo/coco/val2017"
    pictures = sorted(demo.glob("*.jpg"))[:2]
    box = Detection("person", 0, 0.75, 10.0, 20.0, 110.0, 70.0)
    found = [Detections((box,), 200, 100, ("person", "cat"), pictures[0]), Detections((), 200, 100, ("person", "cat"), pictures[1])]
    assert exports.to_fiftyone(found, tmp_path / "labels.json") == 2
    importer = importers.FiftyOneImageDetectionDatasetImporter(labels_path=str(tmp_path / "labels.json"))
    importer.setup()
    assert importer.get_dataset_info()["classes"] == ["person", "cat"]
    shown = {Path(path).name: labels.detections for path, _, labels in importer}
    assert set(shown) == {picture.name for picture in pictures} and shown[pictures[1].name] == []
    one, = shown[pictures[0].name]
    assert (one.label, one.confidence) == ("person", 0.75) and one.bounding_box == pytest.approx([0.05, 0.2, 0.5, 0.5])


def test_fiftyone_is_given_paths_alone(tmp_path: Path) -> None:
    nameless, named = Detections((), 2, 1), Detections((), 2, 1, (), "a.jpg")
    with pytest.raises(ValueError, match="no path"):
        exports.to_fiftyone([nameless], tmp_path / "labels.json")
    with pytest.raises(ValueError, match="a.jpg: is there twice"):
        exports.to_fiftyone([named, named], tmp_path / "labels.json")
    assert list(tmp_path.iterdir()) == []


def test_fiftyone_reads_annotations_and_results(tmp_path: Path) -> None:
    coco = pytest.importorskip("fiftyone.utils.coco")
    demo = Path(__file__).resolve().parents[2] / "demo/coco/annotations/instances_val2017.json"
    _, classes, _, images, annotations = coco.load_coco_detection_annotations(str(demo))
    assert len(images) == 36 and sum(len(one) for one in annotations.values()) == 261
    found = Detections((Detection("person", 0, 0.75, 10.0, 20.0, 110.0, 70.0),), 200, 100)
    entry, = found.to_coco(6818, {"person": 1})
    shown = coco.COCOObject.from_anno_dict(entry).to_detection((found.width, found.height), classes_map=classes)
    assert shown.label == "person" and shown.confidence == 0.75
    assert shown.bounding_box == pytest.approx([0.05, 0.2, 0.5, 0.5])
