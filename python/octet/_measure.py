"""Speed, and the whole workflow with its report."""

from __future__ import annotations

import dataclasses
import html
import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from octet import _octet
from octet._arguments import Path as AnyPath
from octet._arguments import count_of, list_of, optional_path_of, path_of, score_of, seconds_of, threads_of, whole_number, words_of
from octet._models import AnyModel, InferPrecision, infer_precision_of, model_of
from octet._results import Comparison, comparison_of, table
from octet._work import Progress, interruptible

if TYPE_CHECKING:
    import pandas as pd


@dataclasses.dataclass(frozen=True, slots=True)
class Latency:
    """Of one model, from the picture in the size of the network to its outputs."""

    name: str
    median_ms: float
    p90_ms: float
    p99_ms: float
    min_ms: float
    mean_ms: float
    throughput: float  # inferences a second
    latencies_ms: tuple[float, ...] = dataclasses.field(repr=False)  # of every inference, in the order measured

    def to_dict(self) -> dict[str, Any]:
        return dataclasses.asdict(self)


_COLUMNS = ("median_ms", "p90_ms", "p99_ms", "min_ms", "mean_ms", "throughput")


@dataclasses.dataclass(frozen=True, slots=True)
class Bench:
    """Latency of one model, or of several that were measured in turn."""

    models: tuple[Latency, ...]
    threads: int  # 0: all that the process may use

    @property
    def ratio(self) -> float | None:
        """Median of the first over the median of the second: how much faster the second is. None with one model."""
        return self.models[0].median_ms / self.models[1].median_ms if len(self.models) > 1 else None

    def to_dict(self) -> dict[str, Any]:
        return {"models": [one.to_dict() for one in self.models], "threads": self.threads, "ratio": self.ratio}

    def to_pandas(self) -> pd.DataFrame:
        """A row a model. Needs pandas."""
        import pandas as pd

        return pd.DataFrame([{column: getattr(one, column) for column in _COLUMNS} for one in self.models],
                            index=[one.name for one in self.models])

    def _repr_html_(self) -> str:
        rows = [[one.name, *(f"{getattr(one, column):.3f}" for column in _COLUMNS)] for one in self.models]
        ratio = "" if self.ratio is None else f"<p>the second is {self.ratio:.2f} times as fast as the first</p>"
        return table(["", *_COLUMNS], rows) + ratio


def bench(*models: AnyModel, threads: int = 1, streams: int = 1, seconds: float = 10.0, engine: str = "octet", require: str = "",
          infer_precision: InferPrecision = "f32", progress: Progress = None) -> Bench:
    """Latency of one model, or of several in turn within one run, so that whatever else the machine does meets all alike.

    models     of load(), convert() or quantize(), or paths of files that these read
    threads    in all; 0: all that this process may use
    streams    inferences at a time, each with its share of the threads
    seconds    of measuring, all models together; a day at most
    engine     what runs the models: "octet", or "openvino" or "onnxruntime" where it is installed (docs/engines.md)
    require    "min-speedup=1.2", of the second model over the first
    infer_precision   what layers of floats multiply: "f32", or "bf16" where that saves time, on CPUs that have it
    progress   True for a bar by tqdm, or called as progress(done, total), in milliseconds

    Raises ValueError; FileNotFoundError if the engine is not installed; Unsupported if it lacks an operation; RequirementNotMet; what load()
    and convert() raise. Ctrl-C ends it.
    """
    if not models:
        raise ValueError("bench takes one model or more")
    loaded = [model_of(model) for model in models]
    natives = [model._native for model in loaded]
    workers, at_a_time, duration = threads_of(threads), whole_number(streams, "streams", 1024), seconds_of(seconds, "seconds")
    by, asked, precision = words_of(engine, "engine"), words_of(require, "require"), infer_precision_of(infer_precision)
    measured = interruptible(lambda told, warn: _octet.bench(natives, workers, at_a_time, duration, by, asked, precision, told), progress, "bench")
    return Bench(tuple(Latency(name=model.name, **one) for model, one in zip(loaded, measured)), workers)


@dataclasses.dataclass(frozen=True, slots=True)
class Run:
    """What run() wrote and measured."""

    report: Path  # a page of HTML that loads nothing
    fp32: Path  # the IRs, .xml
    int8: Path
    comparison: Comparison
    bench: Bench

    def to_dict(self) -> dict[str, Any]:
        return {"report": str(self.report), "fp32": str(self.fp32), "int8": str(self.int8), "comparison": self.comparison.to_dict(),
                "bench": self.bench.to_dict()}

    def _repr_html_(self) -> str:
        page = html.escape(self.report.read_text(encoding="utf-8"), quote=True)
        return f'<iframe style="width:100%;height:800px;border:0" sandbox="allow-scripts" srcdoc="{page}"></iframe>'


def run(source: AnyPath, data: AnyPath, output: AnyPath, *, weights: AnyPath | None = None, model: AnyPath | None = None,
        labels: AnyPath | None = None, model_dir: AnyPath | None = None, annotations: AnyPath | None = None, exif: bool = False,
        score_threshold: float = 0.001, bench_seconds: float = 10.0, limit: int = 0, threads: int = 1, engines: Sequence[str] = ("octet",),
        require: str = "", infer_precision: InferPrecision = "f32", onnx: bool = False, progress: Progress = None) -> Run:
    """Converts, quantizes, and measures accuracy and latency before and after; writes both IRs and the report below `output`.

    source          a file as convert() takes it, or the name of a known model, which is fetched unless it lies in model_dir
    data            a folder in COCO's layout
    weights, model, labels   as of convert()
    annotations     in COCO's format, of the pictures in `data`, which is a folder of them then
    exif            turn pictures as their EXIF orientation says
    bench_seconds   of measuring latency
    limit           pictures to measure accuracy on, the first by id; 0: all
    threads         0: all that this process may use
    engines         what runs the models, as of bench(): the first one's figures are judged and returned, those of others stand beside them
                    in the report
    require         such as "max-drop=1.0@95%,min-fidelity=90,min-speedup=1.2", as --require of `octet run` has it
    infer_precision   of all engines, as of bench()
    onnx            write ONNX models beside the IRs
    progress        of each of the seven steps: True for a bar by tqdm, or called as progress(done, total)

    Raises what convert(), quantize(), evaluate() and bench() raise; where what is required is not met all is written. Ctrl-C ends it; a
    step that was not finished leaves nothing.
    """
    network, coco, folder = path_of(source, "source"), path_of(data, "data"), path_of(output, "output")
    beside, described = optional_path_of(weights, "weights") or b"", optional_path_of(model, "model") or b""
    named, known = optional_path_of(labels, "labels") or b"", optional_path_of(model_dir, "model_dir") or b""
    listed, by, asked = optional_path_of(annotations, "annotations") or b"", list_of(engines, "engines"), words_of(require, "require")
    score, most, workers, seconds = score_of(score_threshold), count_of(limit, "limit"), threads_of(threads), seconds_of(bench_seconds, "bench_seconds")
    precision = infer_precision_of(infer_precision)
    figures = interruptible(
        lambda told, warn: _octet.run(network, coco, folder, beside, described, named, known, listed, bool(exif), score, seconds, most, workers,
                                      by, asked, precision, bool(onnx), told, warn),
        progress, "run")
    comparison = comparison_of(figures["comparison"])
    latencies = tuple(Latency(name=name, **one) for name, one in zip(("FP32", "INT8"), figures["latencies"]))
    report, fp32, int8 = (Path(os.fsdecode(figures[name])) for name in ("report", "fp32", "int8"))
    return Run(report, fp32, int8, comparison, Bench(latencies, workers))
