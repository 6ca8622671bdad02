"""The package in several interpreters of one process that share a lock, with threads in each (Py_NewInterpreter(); Apache's mod_wsgi does so)."""

from __future__ import annotations

import importlib
import json
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Callable

import pytest

import octet

# What both interpreters do at once. NumPy is for one interpreter a process alone, hence pictures by their paths.
WORK = """
import json, threading, warnings
import octet

def work(source, coco, pictures, threads, answer):
    fp32 = octet.convert(source)
    model, seen, asked = octet.compile(fp32, threads=2), [[] for _ in range(threads)], []

    def detect(mine):
        mine.extend([found.to_dict()["detections"] for found in map(model.detect, pictures)])

    workers = [threading.Thread(target=detect, args=(mine,)) for mine in seen]
    for worker in workers:
        worker.start()
    figures = octet.evaluate(fp32, coco, limit=4, threads=2, progress=lambda done, total: asked.append((done, total))).to_dict()
    for worker in workers:
        worker.join()
    with open(answer, "w") as file:
        json.dump({"seen": seen, "asked": asked, "figures": figures}, file)
"""

Run = Callable[[str], None]


@pytest.fixture
def second() -> Iterator[Run]:
    """Runs code in a second interpreter, in the thread that calls."""
    try:
        module: Any = importlib.import_module("_interpreters" if sys.version_info >= (3, 13) else "_xxsubinterpreters")
    except ImportError as error:
        pytest.skip(str(error))
    interpreter = module.create("legacy") if sys.version_info >= (3, 13) else module.create(isolated=False)

    def run(code: str) -> None:
        wrong = module.run_string(interpreter, f"import sys; sys.path[:0] = {sys.path!r}\n{code}")
        assert wrong is None, wrong  # older versions raise it

    yield run
    module.destroy(interpreter)


def test_two_interpreters_and_eight_threads_at_once(second: Run, source: Path, coco: Path, picture: Path, tmp_path: Path) -> None:
    def call(answer: str) -> str:
        return f"work({str(source)!r}, {str(coco)!r}, {[str(picture)] * 3!r}, 3, {str(tmp_path / answer)!r})"

    other = threading.Thread(target=exec, args=(f"{WORK}\n{call('first')}", {}))  # with evaluate's own, four threads each
    other.start()
    second(f"{WORK}\n{call('second')}")  # here, as an interpreter is to be destroyed by the thread that it began with
    other.join()
    first, of_second = (json.loads((tmp_path / answer).read_text()) for answer in ("first", "second"))
    assert of_second == first
    assert first["asked"][-1] == [4, 4] and all(one == first["seen"][0] for one in first["seen"]) and first["seen"][0][0]


def test_errors_and_warnings_are_those_of_their_interpreter(second: Run, source: Path, coco: Path, tmp_path: Path) -> None:
    second(f"""
import warnings, octet
try:
    octet.convert("none.cfg")
except FileNotFoundError as error:
    assert "none.cfg" in str(error)
try:
    octet.evaluate(octet.convert({str(source)!r}), {str(coco)!r}, progress=lambda done, total: 1 // 0)
except ZeroDivisionError:
    pass
with warnings.catch_warnings(record=True) as told:
    warnings.simplefilter("always")
    octet.quantize(octet.convert({str(source)!r}), {str(coco)!r}, subset=3, recipe="plain").save({str(tmp_path / "int8.xml")!r})
assert "only 3 pictures" in str(told[0].message), told
open({str(tmp_path / "done")!r}, "w").close()
""")
    assert (tmp_path / "done").exists() and octet.load(tmp_path / "int8.xml").labels[0] == "person"


def test_arrays_are_for_the_interpreter_that_has_numpy(second: Run, picture: Path, tmp_path: Path) -> None:
    """NumPy is there for one interpreter, by its own word: an ImportError."""
    import numpy  # noqa: F401 - the main interpreter has it

    second(f"""
import octet
try:
    octet.read_image({str(picture)!r})
except ImportError as error:
    open({str(tmp_path / "why")!r}, "w").write(str(error))
""")
    assert "once per process" in (tmp_path / "why").read_text()
