"""What octet found and measured, for the tools in which others keep theirs. Each is needed for its own function alone, FiftyOne for none.

    import octet.exports

    octet.exports.to_mlflow("runs.db", experiment="octet")
    octet.exports.to_wandb("runs.db", project="octet", folder="wandb")
    octet.exports.to_fiftyone(detector.detect_many(paths), "labels.json")

MLflow and Weights & Biases get runs that `octet ... --history runs.db` kept; FiftyOne what was found in pictures. FiftyOne also reads
annotations, and what `octet detect --results` writes (docs/howto.md).
"""

from __future__ import annotations

import dataclasses
import json
import os
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing
from datetime import datetime
from pathlib import Path
from typing import Any, Union

from octet._results import Detections

__all__ = ["Run", "read_history", "to_fiftyone", "to_mlflow", "to_wandb"]

_APPLICATION_ID, _SCHEMA = 0x6F637465, 1  # docs/scale.md


@dataclasses.dataclass(frozen=True)
class Run:
    """A run of octet, as docs/scale.md has its columns."""

    id: int
    at: datetime  # when it ended, UTC
    verb: str
    status: int  # 4: a requirement was not met
    version: str
    machine: str
    cpu: str
    isa: str
    models: list[str]
    arguments: dict[str, list[str]]
    figures: dict[str, Any]  # what the verb says to programs

    @property
    def name(self) -> str:
        """Such as "check 3: fp32.xml, int8.xml"."""
        return f"{self.verb} {self.id}: {', '.join(Path(model).name for model in self.models)}"

    @property
    def metrics(self) -> dict[str, float]:
        """The figures of the whole data set and of each model, by their places: "models/1/AP", "bench/ratio". Not those of each
        category, layer or picture."""
        return dict(_numbers(self.figures, ""))

    @property
    def parameters(self) -> dict[str, str]:
        """What the run was given and what it ran on."""
        given = {option.lstrip("-"): " ".join(words) for option, words in self.arguments.items()}
        return {**given, "models": " ".join(self.models), "version": self.version, "machine": self.machine, "cpu": self.cpu, "isa": self.isa}


def _numbers(figures: dict[str, Any], place: str) -> Iterator[tuple[str, float]]:
    for name, value in figures.items():
        if isinstance(value, dict):
            yield from _numbers(value, f"{place}{name}/")
        elif name == "models" and isinstance(value, list):
            for index, model in enumerate(value):
                if isinstance(model, dict):
                    yield from _numbers(model, f"{place}models/{index}/")
        elif isinstance(value, (int, float)) and not isinstance(value, bool):
            yield place + name, float(value)


def read_history(history: Union[str, "os.PathLike[str]"]) -> list[Run]:
    """All runs, oldest first. Raises FileNotFoundError, ValueError for a file that is no history."""
    file = Path(history)
    if not file.is_file():
        raise FileNotFoundError(f"{file}: is not there")
    columns = [field.name for field in dataclasses.fields(Run)]
    try:
        with closing(sqlite3.connect(f"{file.absolute().as_uri()}?mode=ro", uri=True)) as database:
            marks = [database.execute(f"PRAGMA {name}").fetchone()[0] for name in ("application_id", "user_version")]
            if marks != [_APPLICATION_ID, _SCHEMA]:
                raise ValueError(f"{file}: is no history of octet, or one of another version")
            rows = database.execute(f"SELECT {', '.join(columns)} FROM runs ORDER BY id").fetchall()
    except sqlite3.DatabaseError as error:
        raise ValueError(f"{file}: {error}") from error
    return [_run(dict(zip(columns, row)), file) for row in rows]


def _run(row: dict[str, Any], file: Path) -> Run:
    try:
        at = datetime.fromisoformat(row["at"].replace("Z", "+00:00"))
        return Run(**{**row, "at": at, **{name: json.loads(row[name]) for name in ("models", "arguments", "figures")}})
    except (ValueError, RecursionError) as error:
        raise ValueError(f"{file}: run {row['id']}: {error}") from error


def _report(run: Run) -> Path | None:
    """The page that the run wrote, where it still lies there."""
    report = run.figures.get("report")
    return Path(report) if isinstance(report, str) and Path(report).is_file() else None


def to_mlflow(history: Union[str, "os.PathLike[str]"], *, experiment: str = "octet") -> list[str]:
    """Adds each run to an experiment of MLflow, wherever its tracking is set to, with the report as an artifact. Returns MLflow's ids."""
    from mlflow import MlflowClient  # type: ignore[import-not-found,unused-ignore]
    from mlflow.entities import Metric, Param, RunTag  # type: ignore[import-not-found,unused-ignore]

    client = MlflowClient()
    known = client.get_experiment_by_name(experiment)
    experiment_id = known.experiment_id if known else client.create_experiment(experiment)
    ids = []
    for run in read_history(history):
        at = int(run.at.timestamp() * 1000)
        there = client.create_run(experiment_id, start_time=at, run_name=run.name).info.run_id
        client.log_batch(there, metrics=[Metric(name, value, at, run.id) for name, value in run.metrics.items()],
                         params=[Param(name, value) for name, value in run.parameters.items()],
                         tags=[RunTag("octet.verb", run.verb), RunTag("octet.status", str(run.status))])
        if report := _report(run):
            client.log_artifact(there, str(report))
        client.set_terminated(there, "FINISHED" if run.status == 0 else "FAILED", at)
        ids.append(there)
    return ids


def to_wandb(history: Union[str, "os.PathLike[str]"], *, project: str = "octet", folder: Union[str, "os.PathLike[str]"] = "wandb") -> list[str]:
    """Writes each run below a folder as Weights & Biases keeps what it has not sent yet: `wandb sync FOLDER/offline-run-*` sends it. Nothing
    goes to a network here. Returns their folders."""
    import wandb  # type: ignore[import-not-found,import-untyped,unused-ignore]

    folders = []
    for run in read_history(history):
        there = wandb.init(project=project, name=run.name, dir=os.fspath(folder), mode="offline", config=run.parameters, job_type=run.verb,
                           reinit="finish_previous", settings=wandb.Settings(silent=True, console="off"))
        there.summary.update({**run.metrics, "status": run.status, "at": run.at.isoformat()})
        folders.append(str(Path(there.dir).parent))
        if report := _report(run):
            there.log({"report": wandb.Html(report.read_text(), inject=False)})
        there.finish(exit_code=0 if run.status == 0 else 1)
    return folders


def to_fiftyone(found: Iterable[Detections], labels: Union[str, "os.PathLike[str]"]) -> int:
    """Writes what was found in pictures, which were given by their paths, as the labels of a FiftyOneImageDetectionDataset; returns how
    many pictures there are. The pictures stay where they are:

        fiftyone.Dataset.from_dir(labels_path=labels, dataset_type=fiftyone.types.FiftyOneImageDetectionDataset)

    Raises ValueError for a picture that was given otherwise, or twice; OSError.
    """
    classes: tuple[str, ...] = ()
    of_pictures: dict[str, list[dict[str, Any]]] = {}
    for one in found:
        if not isinstance(one.picture, (str, os.PathLike)):
            raise ValueError(f"picture {len(of_pictures) + 1} has no path, by which FiftyOne could find it")
        path = os.path.abspath(os.fspath(one.picture))
        if path in of_pictures:
            raise ValueError(f"{path}: is there twice")
        of_pictures[path] = _fiftyone_labels(one)
        classes = one.labels
    file = Path(labels)
    beside = file.with_name(f".{file.name}.{os.getpid()}")  # so that nobody sees half of it
    try:
        beside.write_text(json.dumps({"classes": list(classes), "labels": of_pictures}), encoding="utf-8")
        beside.replace(file)
    finally:
        beside.unlink(missing_ok=True)
    return len(of_pictures)


def _fiftyone_labels(found: Detections) -> list[dict[str, Any]]:
    """Boxes are left, top, width and height as shares of the picture."""
    return [{"label": one.label, "confidence": one.score,
             "bounding_box": [one.x0 / found.width, one.y0 / found.height, (one.x1 - one.x0) / found.width, (one.y1 - one.y0) / found.height]}
            for one in found]
