"""Models: loaded, converted, quantized, compared."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import Literal, NoReturn, Union

from octet import _octet
from octet._arguments import (Path, areas_of, choice_of, count_of, detections_of, list_of, optional_path_of, path_of, points_of, score_of,
                              threads_of, whole_number, words_of)
from octet._results import Accuracy, Comparison, accuracy_of, comparison_of
from octet._work import Progress, interruptible


# What layers of floats multiply.
InferPrecision = Literal["f32", "bf16"]


def infer_precision_of(value: str) -> int:
    return choice_of(value, "infer_precision", _octet.INFER_PRECISIONS)


class Model:
    """A network and what it says of itself: how a picture enters it and how its outputs become boxes.

    Made by load(), convert() and quantize(); nothing changes it, and threads may share it.
    """

    def __init__(self, native: _octet.Model) -> None:
        self._native = native
        self.name: str = native.name
        self.input_width: int
        self.input_height: int  # pixels that a picture of any size is scaled to
        self.input_width, self.input_height = native.input_size
        self.labels: tuple[str, ...] = tuple(native.labels)  # by class index; may be empty

    def save(self, xml: Path, *, fp16: bool = False) -> None:
        """Writes an OpenVINO IR, version 11: `xml` and the .bin file beside it, both or none. Raises OSError.

        fp16    store floats as FP16, in half the space; they are computed with as FP32
        """
        self._native.save(path_of(xml, "xml"), bool(fp16))

    def save_onnx(self, onnx: Path, *, fp16: bool = False) -> None:
        """Writes an ONNX model; what is quantized as QuantizeLinear and DequantizeLinear. Raises OSError, Unsupported for what ONNX cannot
        express, ValueError for a name that does not end in .onnx. `fp16` as of save()."""
        self._native.save_onnx(path_of(onnx, "onnx"), bool(fp16))

    def __copy__(self) -> Model:
        return self

    def __deepcopy__(self, memo: object) -> Model:
        return self

    def __reduce__(self) -> NoReturn:
        raise TypeError("a model is not pickled: save() it, and give the other process its path")

    def __repr__(self) -> str:
        return f"<octet.Model {self.name}: {self.input_width}x{self.input_height}, {len(self.labels)} classes>"


# A model, or the path of one: an IR as load() reads it, or a file as convert() takes it.
AnyModel = Union[Model, str, "os.PathLike[str]"]


def load(xml: Path) -> Model:
    """Reads an IR that octet wrote, FP32 or INT8, or another one whose rt_info says how it is decoded.

    Raises FileNotFoundError; ValueError for a file that is no IR; Unsupported if it has an unknown operation or does not say how it is decoded.
    """
    native = _octet.load(path_of(xml, "xml"))
    return Model(native)


def known_models() -> list[str]:
    """The names of the models whose files and descriptions octet knows, such as "ssdlite_mobilenet_v2_coco", sorted."""
    return _octet.known_models()


def convert(source: Path, *, weights: Path | None = None, model: Path | None = None, labels: Path | None = None,
            model_dir: Path | None = None, outputs: Sequence[str] = ()) -> Model:
    """A published file as a model, in FP32 unless it is quantized, which keeps its scales.

    source      a Darknet network (.cfg), an ONNX model (.onnx), a frozen TensorFlow graph (.pb), a TensorFlow.js graph model (.json), a
                TensorFlow SavedModel (folder), a TensorFlow Lite model (.tflite), an OpenVINO IR of another program (.xml); or, with
                model_dir, the name of a known model
    weights     of a Darknet network; default: beside it, with its name
    model       what the source cannot tell: the name of a known model, or a .yml file (docs/model_info.md)
    labels      file with the names of the classes, one a line
    model_dir   folder with the published files of a known model; size and SHA-384 are checked
    outputs     values of an ONNX model, by their names in the file, at which the graph is to end; none: its own outputs

    Raises FileNotFoundError; ValueError for a file that is not what it claims to be; Unsupported for an operation, a format or a head
    that octet lacks. What is no failure is a warning of Python's.
    """
    name = path_of(source, "source")
    if model_dir is not None:
        if not (weights is None and model is None and labels is None and not outputs):
            raise ValueError("model_dir is for a known model, which has its weights, description, labels and outputs")
        folder = path_of(model_dir, "model_dir")
        return Model(interruptible(lambda progress, warn: _octet.convert_known(name, folder, progress, warn), None, "convert"))
    beside, described, named = optional_path_of(weights, "weights"), optional_path_of(model, "model"), optional_path_of(labels, "labels")
    ends = list_of(outputs, "outputs")
    return Model(interruptible(lambda progress, warn: _octet.convert(name, beside, described, named, ends, progress, warn), None, "convert"))


def model_of(model: AnyModel, name: str = "model") -> Model:
    """The model itself, or that of a file."""
    if isinstance(model, Model):
        return model
    path = os.fsdecode(path_of(model, name))
    return load(path) if path.endswith(".xml") else convert(path)


def quantize(model: AnyModel, data: Path, *, annotations: Path | None = None, exif: bool = False, subset: int = 0, seed: int = 0,
             all_pictures: bool = False, recipe: Literal["default", "plain"] = "default",
             preset: Literal["mixed", "performance", "accuracy"] = "mixed", target: Literal["any", "avx2"] = "any",
             range_estimator: str | None = None, strict_int8: bool = False, min_fidelity: float | None = None,
             max_drop: float | None = None, explain: Path | None = None, threads: int = 0, progress: Progress = None) -> Model:
    """An FP32 model in INT8, as `octet quantize` makes it with the options of the same names.

    data          pictures to measure ranges on: a folder of them, or COCO's layout, of which train2017 is taken where there is one
    annotations   in COCO's format, of the pictures in the folder, for max_drop
    exif          turn pictures as their EXIF orientation says
    subset        pictures drawn at random; 0: all
    seed          of the draw
    all_pictures  also those of more than 512 that would move no range by a step
    recipe        "default": the layers that lose the most for the time that they save stay in float, 5 % of the model's at most; "plain":
                  every layer in integers, no search
    preset        limits of activations about zero: "performance": symmetric; "mixed": as the values lie; "accuracy": as "mixed", on CPUs
    target        weights that are fastest on any CPU, or on those with AVX2 alone, a little less exact
    range_estimator   of activations, by the names of the Open Model Zoo's tools: "default", "quantile", "max.aggregator=median", ...,
                  separated by commas (docs/quantization.md); None: octet's own way
    strict_int8   no layer that integers can compute stays in float
    min_fidelity  as many layers in float as this fidelity AP takes, in points (0..100), in pictures that are held out; takes long
    max_drop      the same until no more points of AP are lost, against annotations where there are some, else against what FP32 finds
    explain       a page of HTML to write, of what each layer costs, which is measured after the quantization
    threads       0: all that this process may use; the answer does not depend on them
    progress      thousandths of the work: True for a bar by tqdm, or called as progress(done, total)

    One of min_fidelity and max_drop at most, and then neither strict_int8 nor "plain".

    Raises FileNotFoundError if no picture could be read; ValueError, also if the model is in INT8 already; RequirementNotMet, with what can
    be reached, if min_fidelity or max_drop cannot. Ctrl-C ends it. A picture that cannot be read is a warning.
    """
    fp32 = model_of(model)._native
    pictures, of_all, draw = path_of(data, "data"), count_of(subset, "subset"), whole_number(seed, "seed", 2**64 - 1)
    listed = optional_path_of(annotations, "annotations")
    estimator = None if range_estimator is None else words_of(range_estimator, "range_estimator")
    how = choice_of(recipe, "recipe", _octet.RECIPES), choice_of(preset, "preset", _octet.PRESETS), choice_of(target, "target", _octet.TARGETS)
    page = optional_path_of(explain, "explain")
    goals, workers = (points_of(min_fidelity, "min_fidelity"), points_of(max_drop, "max_drop")), threads_of(threads)
    return Model(interruptible(
        lambda told, warn: _octet.quantize(fp32, pictures, listed, bool(exif), of_all, draw, bool(all_pictures), *how, estimator,
                                           bool(strict_int8), *goals, page, workers, told, warn),
        progress, "quantize"))


def _judging(annotations: Path | None, exif: bool, score_threshold: float, limit: int, threads: int, engine: str, require: str,
             infer_precision: str, max_detections: Sequence[int], area_limits: Sequence[float]) -> _octet.Judging:
    return _octet.Judging(optional_path_of(annotations, "annotations"), bool(exif), score_of(score_threshold), count_of(limit, "limit"),
                          threads_of(threads), words_of(engine, "engine"), words_of(require, "require"), infer_precision_of(infer_precision),
                          detections_of(max_detections), areas_of(area_limits))


def evaluate(model: AnyModel, data: Path, *, annotations: Path | None = None, exif: bool = False, score_threshold: float = 0.001,
             limit: int = 0, threads: int = 0, engine: str = "octet", require: str = "", infer_precision: InferPrecision = "f32",
             max_detections: Sequence[int] = (1, 10, 100), area_limits: Sequence[float] = (1024, 9216),
             progress: Progress = None) -> Accuracy:
    """COCO's 12 numbers of a model.

    data              a folder in COCO's layout: val2017/ and annotations/instances_val2017.json
    annotations       in COCO's format, of the pictures in `data`, which is a folder of them then
    exif              turn pictures as their EXIF orientation says
    score_threshold   0..1; what scores higher counts
    limit             the first pictures by id; 0: all
    engine            what runs the model: "octet", or "openvino" or "onnxruntime" where it is installed (docs/engines.md)
    require           such as "min-ap=30", as --require of `octet check` has it
    infer_precision   what layers of floats multiply: "f32", or "bf16" where that saves time, on CPUs that have it
    max_detections    of one class in a picture, three numbers that rise: of ar1, ar10 and everything else
    area_limits       between small, medium and large objects, in square pixels
    progress          pictures: True for a bar by tqdm, or called as progress(done, total)

    Raises FileNotFoundError, ValueError, Unsupported; RequirementNotMet, with every figure and bound, if what is required is not met.
    Ctrl-C ends it. A picture that cannot be read is a warning.
    """
    native, coco = model_of(model)._native, path_of(data, "data")
    how = _judging(annotations, exif, score_threshold, limit, threads, engine, require, infer_precision, max_detections, area_limits)
    return accuracy_of(interruptible(lambda told, warn: _octet.evaluate(native, coco, how, told, warn), progress, "evaluate"))


def compare(first: AnyModel, second: AnyModel, data: Path, *, annotations: Path | None = None, exif: bool = False,
            score_threshold: float = 0.001, limit: int = 0, threads: int = 0, engine: str = "octet", require: str = "",
            infer_precision: InferPrecision = "f32", max_detections: Sequence[int] = (1, 10, 100),
            area_limits: Sequence[float] = (1024, 9216), progress: Progress = None) -> Comparison:
    """Two models, such as FP32 and INT8, on the same pictures. Arguments and errors are those of evaluate(); of two models the drop can
    be required, too, such as "max-drop=1.0@95%,min-fidelity=90"."""
    one, other, coco = model_of(first, "first")._native, model_of(second, "second")._native, path_of(data, "data")
    how = _judging(annotations, exif, score_threshold, limit, threads, engine, require, infer_precision, max_detections, area_limits)
    return comparison_of(interruptible(lambda told, warn: _octet.compare(one, other, coco, how, told, warn), progress, "compare"))
