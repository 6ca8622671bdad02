"""Models made ready to find things in pictures."""

from __future__ import annotations

import os
import threading
from collections import deque
from collections.abc import Iterable, Iterator
from queue import SimpleQueue
from typing import NoReturn

from octet import _octet
from octet._arguments import count_of, score_of, threads_of, words_of
from octet._models import AnyModel, InferPrecision, Model, infer_precision_of, model_of
from octet._pictures import Picture, array_of, pixels_of
from octet._results import Detection, Detections


class Detector:
    """A model made ready to run on this machine, with its threads and memory. Made by compile().

    Threads may share it: it serves one picture at a time, and the others wait.
    """

    def __init__(self, model: Model, threads: int, engine: str, infer_precision: InferPrecision = "f32") -> None:
        self.model = model
        self.engine = engine
        self.infer_precision = infer_precision
        self._native = _octet.Detector(model._native, threads, words_of(engine, "engine"), infer_precision_of(infer_precision))
        self._lock = threading.Lock()

    def detect(self, picture: Picture, *, score_threshold: float = 0.3, max_detections: int = 100, exif: bool = False) -> Detections:
        """What is in a picture, by falling score.

        picture           a path; bytes of the shape [height, width, 3] with channels B, G, R, in NumPy or whatever lends them by DLPack,
                          which are read where they lie unless there are gaps within a row; or a picture of Pillow
        score_threshold   0..1; a box is kept if its score is strictly above
        max_detections    so many of the best
        exif              turn the picture of a path as its EXIF orientation says; boxes are those of the turned one

        Raises FileNotFoundError for a path without a file; ValueError for a file that is no picture and for an array of another type or
        shape; TypeError for anything else.
        """
        pixels = pixels_of(picture, exif)
        score, most = score_of(score_threshold), count_of(max_detections, "max_detections")
        with self._lock:
            rows = self._native.detect(pixels, score, most)
        height, width = pixels.shape[:2]
        shown = array_of(pixels) if exif else picture  # what the boxes lie in
        return Detections(tuple(Detection(*row) for row in rows), width, height, self.model.labels, shown)

    def detect_many(self, pictures: Iterable[Picture], *, threads: int = 0, score_threshold: float = 0.3,
                    max_detections: int = 100, exif: bool = False) -> Iterator[Detections]:
        """What is in each picture, in their order, several at a time.

        pictures    of any kind that detect() takes; from a generator so many are taken as are worked on, twice the threads
        threads     each has a picture and a detector of its own; 0: all that this process may use

        Raises what detect() raises, at the picture that it is about, and what `pictures` raises, after those before; TypeError for a
        path or an array that is one picture.
        """
        if isinstance(pictures, (str, bytes, os.PathLike)) or getattr(pictures, "ndim", 0) == 3:
            raise TypeError("detect_many takes pictures, in a list or whatever yields them; detect() takes one")
        score, most = score_of(score_threshold), count_of(max_detections, "max_detections")
        count = threads_of(threads) or _octet.available_threads()
        return _detect_many(self, iter(pictures), count, score, most, exif)

    def __reduce__(self) -> NoReturn:
        raise TypeError("a detector is not pickled: save() its model, and compile() that by its path in the other process")

    def __repr__(self) -> str:
        return f"<octet.Detector of {self.model!r} by {self.engine}>"


def _detect_many(like: Detector, pictures: Iterator[Picture], threads: int, score: float, most: int, exif: bool) -> Iterator[Detections]:
    # Here and not above: it would be a fifth of what `import octet` takes.
    from concurrent.futures import Future, ThreadPoolExecutor

    idle: SimpleQueue[Detector] = SimpleQueue()
    for _ in range(threads):
        idle.put(Detector(like.model, 1, like.engine, like.infer_precision))

    def detect(picture: Picture) -> Detections:
        detector = idle.get()
        try:
            return detector.detect(picture, score_threshold=score, max_detections=most, exif=exif)
        finally:
            idle.put(detector)

    def begun() -> Iterator[Future[Detections]]:
        try:
            for picture in pictures:
                yield pool.submit(detect, picture)
        except Exception as raised:  # in its place, behind the pictures that were there before it
            failed: Future[Detections] = Future()
            failed.set_exception(raised)
            yield failed

    with ThreadPoolExecutor(threads, "octet") as pool:
        waiting: deque[Future[Detections]] = deque()
        try:
            for future in begun():
                waiting.append(future)
                if len(waiting) >= 2 * threads:
                    yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()
        finally:
            for left in waiting:
                left.cancel()


def compile(model: AnyModel, *, threads: int = 0, engine: str = "octet", infer_precision: InferPrecision = "f32") -> Detector:
    """A model made ready to run.

    model     of load(), convert() or quantize(), or the path of a file that these read
    threads   that share each picture; 0: all that this process may use
    engine    "octet", or "openvino" or "onnxruntime" where it is installed (docs/engines.md)
    infer_precision   what layers of floats multiply: "f32", or "bf16" where that saves time, on CPUs that have it

    Raises what those raise; ValueError for another engine; FileNotFoundError if it is not installed; Unsupported if it lacks an operation
    of the model.
    """
    return Detector(model_of(model), threads_of(threads), engine, infer_precision)
