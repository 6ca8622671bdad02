"""The one binary module; python/octet/_octet.pyx says what each function does."""

from collections.abc import Callable, Sequence
from typing import Any

_Progress = Callable[[int, int], bool]
_Warn = Callable[[str], None]
_Row = tuple[str, int, float, float, float, float, float]

class Unsupported(Exception): ...
class RequirementNotMet(Exception): ...
class Cancelled(Exception): ...

RECIPES: dict[str, int]
PRESETS: dict[str, int]
TARGETS: dict[str, int]
INFER_PRECISIONS: dict[str, int]

class Picture:
    @property
    def shape(self) -> tuple[int, int, int]: ...
    def copy_to(self, target: Any) -> None: ...
    def write(self, path: bytes) -> None: ...

class Model:
    @property
    def name(self) -> str: ...
    @property
    def input_size(self) -> tuple[int, int]: ...
    @property
    def labels(self) -> list[str]: ...
    def save(self, xml: bytes, fp16: bool) -> None: ...
    def save_onnx(self, onnx: bytes, fp16: bool) -> None: ...

class Detector:
    def __init__(self, model: Model, threads: int, engine: bytes, infer_precision: int) -> None: ...
    def detect(self, picture: Any, score_threshold: float, max_detections: int) -> list[_Row]: ...

def version() -> str: ...
def available_threads() -> int: ...
def known_models() -> list[str]: ...
def run_program(arguments: list[str]) -> int: ...
def read_image(path: bytes, exif: bool) -> Picture: ...
def copy_image(pixels: Any) -> Picture: ...
def draw(picture: Picture, detections: Sequence[_Row]) -> None: ...
def load(xml: bytes) -> Model: ...
def convert(
    source: bytes,
    weights: bytes | None,
    description: bytes | None,
    labels: bytes | None,
    outputs: list[bytes],
    progress: _Progress,
    warn: _Warn,
) -> Model: ...
def convert_known(name: bytes, model_dir: bytes, progress: _Progress, warn: _Warn) -> Model: ...
def quantize(
    model: Model,
    pictures: bytes,
    annotations: bytes | None,
    exif: bool,
    subset: int,
    seed: int,
    all_pictures: bool,
    recipe: int,
    preset: int,
    target: int,
    range_estimator: bytes | None,
    strict_int8: bool,
    min_fidelity: float,
    max_drop: float,
    explain: bytes | None,
    threads: int,
    progress: _Progress,
    warn: _Warn,
) -> Model: ...

class Judging:
    def __init__(
        self,
        annotations: bytes | None,
        exif: bool,
        score_threshold: float,
        limit: int,
        threads: int,
        engine: bytes,
        require: bytes,
        infer_precision: int,
        max_detections: tuple[int, int, int],
        area_limits: tuple[float, float],
    ) -> None: ...

def evaluate(model: Model, coco: bytes, how: Judging, progress: _Progress, warn: _Warn) -> dict[str, Any]: ...
def compare(first: Model, second: Model, coco: bytes, how: Judging, progress: _Progress, warn: _Warn) -> dict[str, Any]: ...
def bench(
    models: list[Model],
    threads: int,
    streams: int,
    seconds: float,
    engine: bytes,
    require: bytes,
    infer_precision: int,
    progress: _Progress,
) -> list[dict[str, Any]]: ...
def run(
    source: bytes,
    coco: bytes,
    output: bytes,
    weights: bytes,
    description: bytes,
    labels: bytes,
    model_dir: bytes,
    annotations: bytes,
    exif: bool,
    score_threshold: float,
    bench_seconds: float,
    limit: int,
    threads: int,
    engines: list[bytes],
    require: bytes,
    infer_precision: int,
    onnx: bool,
    progress: _Progress,
    warn: _Warn,
) -> dict[str, Any]: ...
def read_coco_annotations(text: bytes) -> tuple[list[int], list[int], bytearray] | None: ...
def read_coco_results(text: bytes) -> bytearray | None: ...
def fill_results(entries: list[Any], rows: Any) -> bool: ...
def fill_annotations(entries: list[Any], are_scored: bool, rows: Any) -> bool: ...
def accumulate(
    images: Any,
    categories: Any,
    has_categories: bool,
    truth: Any,
    found: Any,
    thresholds: Any,
    recall_points: Any,
    areas: Any,
    max_detections: Any,
    precision: Any,
    recall: Any,
    scores: Any,
) -> None: ...
def sort_pairs(
    images: Any, categories: Any, has_categories: bool, truth: Any, found: Any, max_detections: Any
) -> tuple[bytearray, bytearray, bytearray, bytearray, bytearray]: ...
def match_pairs(
    truth: Any,
    truth_begin: Any,
    found: Any,
    found_begin: Any,
    thresholds: Any,
    areas: Any,
    order: Any,
    met: Any,
    taken: Any,
    met_uncounted: Any,
) -> None: ...
