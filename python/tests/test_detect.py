"""Pictures of every kind that detect() takes, and what it refuses."""

from __future__ import annotations

import itertools
import os
import threading
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as nps
from PIL import Image

import octet


def test_finds_the_same_in_a_file_and_in_its_pixels(detector: octet.Detector, picture: Path, pixels: np.ndarray) -> None:
    found = detector.detect(picture)
    assert len(found) > 0
    assert [one.score for one in found] == sorted((one.score for one in found), reverse=True)
    assert (found.height, found.width, 3) == pixels.shape
    assert detector.detect(str(picture)) == found
    assert detector.detect(pixels) == found


def test_takes_rows_with_gaps_where_they_lie(detector: octet.Detector, pixels: np.ndarray) -> None:
    height, width, _ = pixels.shape
    wide = np.full((height, width + 7, 3), 99, np.uint8)
    wide[:, :width] = pixels
    part = wide[:, :width]
    assert octet._pictures.pixels_of(part) is part
    assert detector.detect(part) == detector.detect(pixels)


@pytest.mark.parametrize("turned", [np.s_[::-1], np.s_[:, ::-1], np.s_[:, :, ::-1], np.s_[::2, ::3]])
def test_follows_any_strides(detector: octet.Detector, pixels: np.ndarray, turned: tuple[slice, ...]) -> None:
    view = pixels[turned]
    assert detector.detect(view) == detector.detect(view.copy())


def test_takes_read_only_arrays_and_leaves_them(detector: octet.Detector, pixels: np.ndarray) -> None:
    frozen = pixels.copy()
    frozen.flags.writeable = False
    assert detector.detect(frozen) == detector.detect(pixels)
    assert (frozen == pixels).all()


def test_takes_a_picture_of_pillow(detector: octet.Detector, tmp_path: Path, pixels: np.ndarray) -> None:
    rgb = Image.fromarray(pixels[:, :, ::-1])
    assert detector.detect(rgb) == detector.detect(pixels)
    grey = rgb.convert("L")
    grey.save(tmp_path / "grey.png")
    assert detector.detect(grey) == detector.detect(tmp_path / "grey.png")
    with pytest.raises(ValueError, match="this one is 0x5"):
        detector.detect(Image.new("RGB", (0, 5)))


def test_takes_sixteen_bits_of_pillow_as_of_a_file(tmp_path: Path, pixels: np.ndarray) -> None:
    ramp = (np.arange(200 * 300) * 65535 // (200 * 300 - 1)).astype(np.uint16).reshape(200, 300)
    Image.fromarray(ramp).save(tmp_path / "ramp.png")
    with Image.open(tmp_path / "ramp.png") as picture:
        np.testing.assert_array_equal(octet._pictures.pixels_of(picture), octet.read_image(tmp_path / "ramp.png"))
    for kind in (np.int32, np.float32):
        with pytest.raises(ValueError, match="mode . has no greatest value"):
            octet._pictures.pixels_of(Image.fromarray(ramp.astype(kind)))


def test_turns_a_picture_where_that_is_asked_for(detector: octet.Detector, tmp_path: Path, pixels: np.ndarray) -> None:
    lying = Image.Exif()
    lying[0x0112] = 6
    Image.fromarray(pixels[:, :, ::-1]).save(tmp_path / "lying.jpg", exif=lying)
    stored, upright = octet.read_image(tmp_path / "lying.jpg"), octet.read_image(tmp_path / "lying.jpg", exif=True)
    assert stored.shape == pixels.shape and (upright == np.rot90(stored, -1)).all()
    found = detector.detect(tmp_path / "lying.jpg", exif=True)
    assert (found.width, found.height) == (pixels.shape[0], pixels.shape[1]) and list(found) == list(detector.detect(upright))
    many, = detector.detect_many([tmp_path / "lying.jpg"], threads=1, exif=True)
    assert many.to_dict() == found.to_dict() and "<img" in found._repr_html_()


class OnlyDLPack:
    def __init__(self, array: np.ndarray) -> None:
        self._array = array

    def __dlpack__(self, **options: object) -> object:
        return self._array.__dlpack__(**options)

    def __dlpack_device__(self) -> tuple[int, int]:
        return self._array.__dlpack_device__()


def test_takes_what_has_dlpack(detector: octet.Detector, pixels: np.ndarray) -> None:
    assert detector.detect(OnlyDLPack(pixels)) == detector.detect(pixels)
    with pytest.raises(ValueError, match="uint8"):
        detector.detect(OnlyDLPack(pixels.astype(np.float32)))


@pytest.mark.parametrize(("array", "says"), [
    (np.zeros((4, 4, 3), np.float32), "bytes"),
    (np.zeros((4, 4, 3), np.int8), "bytes"),
    (np.zeros((4, 4, 3), object), "bytes"),
    (np.zeros((4, 4), np.uint8), "shape"),
    (np.zeros((4, 4, 4), np.uint8), "shape"),
    (np.zeros((3, 4, 4), np.uint8), "shape"),
    (np.zeros((1, 4, 4, 3), np.uint8), "shape"),
    (np.zeros((0, 4, 3), np.uint8), "pixels"),
    (np.zeros((4, 0, 3), np.uint8), "pixels"),
    (np.array(1, np.uint8), "shape"),
])
def test_refuses_other_arrays(detector: octet.Detector, array: np.ndarray, says: str) -> None:
    with pytest.raises(ValueError, match=says):
        detector.detect(array)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_never_crashes(detector: octet.Detector, data: st.DataObject) -> None:
    """An array of any type and shape, seen by any strides: a result, or ValueError."""
    array = data.draw(nps.arrays(st.sampled_from([np.uint8, np.uint8, np.uint8, np.int16, np.float64, np.bool_]),
                                 nps.array_shapes(min_dims=0, max_dims=4, min_side=0, max_side=6) | st.tuples(
                                     st.integers(0, 9), st.integers(0, 9), st.just(3))))
    if array.ndim and data.draw(st.booleans()):
        array = array[data.draw(nps.basic_indices(array.shape, min_dims=array.ndim, max_dims=array.ndim))]
    try:
        found = detector.detect(array)
    except ValueError:
        assert not isinstance(array, np.ndarray) or array.dtype != np.uint8 or array.ndim != 3 or array.shape[2] != 3 or array.size == 0
    except TypeError:
        assert not isinstance(array, np.ndarray)
    else:
        assert (found.height, found.width) == array.shape[:2]


@pytest.mark.parametrize("other", [None, 3, b"bytes", [[1, 2], [3, 4]], object()])
def test_refuses_other_things(detector: octet.Detector, other: object) -> None:
    with pytest.raises(TypeError):
        detector.detect(other)  # type: ignore[arg-type]


def test_refuses_files_that_are_no_pictures(detector: octet.Detector, tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="none.jpg"):
        detector.detect(tmp_path / "none.jpg")
    (tmp_path / "text.jpg").write_text("no picture")
    with pytest.raises(ValueError, match="text.jpg"):
        octet.read_image(tmp_path / "text.jpg")


def test_refuses_a_path_with_a_null_byte(detector: octet.Detector, picture: Path) -> None:
    """The system would read the file whose name ends before it."""
    for call in (octet.read_image, detector.detect):
        with pytest.raises(ValueError, match="no path"):
            call(f"{picture}\0.jpg")


def test_checks_its_options(detector: octet.Detector, pixels: np.ndarray) -> None:
    assert len(detector.detect(pixels, score_threshold=0.01, max_detections=2)) == 2
    assert len(detector.detect(pixels, score_threshold=1)) == 0
    for threshold in (float("nan"), -0.1, 1.5):
        with pytest.raises(ValueError, match="score_threshold is .*, not 0 to 1"):
            detector.detect(pixels, score_threshold=threshold)
    with pytest.raises(TypeError, match="score_threshold is a number, not 'high'"):
        detector.detect(pixels, score_threshold="high")  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="max_detections is -1"):
        detector.detect(pixels, max_detections=-1)
    with pytest.raises(TypeError, match="max_detections"):
        detector.detect(pixels, max_detections=1.5)  # type: ignore[arg-type]


def test_detects_many_in_order_from_a_generator(detector: octet.Detector, coco: Path) -> None:
    files = sorted((coco / "val2017").glob("*.jpg"))[:6]
    alone = [detector.detect(file) for file in files]
    taken = itertools.count()
    last = -1

    def pictures():
        nonlocal last
        for file in files:
            last = next(taken)
            yield file

    many = detector.detect_many(pictures(), threads=2)
    assert last == -1, "nothing is taken before it is asked for"
    assert next(many) == alone[0]
    assert last < len(files) - 1, "no more is taken than is worked on"
    assert list(many) == alone[1:]


def test_raises_at_the_picture_that_is_wrong(detector: octet.Detector, picture: Path) -> None:
    many = detector.detect_many([picture, "no-such.jpg", picture], threads=1)
    assert len(next(many)) > 0
    with pytest.raises(FileNotFoundError, match="no-such.jpg"):
        next(many)


def test_is_shared_by_threads(detector: octet.Detector, pixels: np.ndarray) -> None:
    alone = detector.detect(pixels)
    found: list[octet.Detections] = []
    threads = [threading.Thread(target=lambda: found.append(detector.detect(pixels))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [alone] * 8


def test_eight_threads_have_detectors_of_their_own(fp32: octet.Model, detector: octet.Detector, pixels: np.ndarray) -> None:
    alone = detector.detect(pixels)
    found: list[octet.Detections] = []

    def detect() -> None:
        own = octet.compile(fp32, threads=2)
        found.extend(own.detect(pixels) for _ in range(3))

    threads = [threading.Thread(target=detect) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [alone] * 24


def resident_bytes() -> int:
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


@pytest.mark.skipif("LD_PRELOAD" in os.environ, reason="sanitizers keep what is freed")
def test_memory_does_not_grow(detector: octet.Detector, pixels: np.ndarray) -> None:
    small = np.ascontiguousarray(pixels[:64, :64])

    def detect(times: int) -> None:
        for _ in range(times):
            detector.detect(small, score_threshold=0, max_detections=100)

    detect(200)
    before = resident_bytes()
    detect(1000)  # results alone are 10 MB
    assert resident_bytes() - before < 3_000_000


def test_gives_what_was_found_before_a_generator_fails(detector: octet.Detector, picture: Path) -> None:
    def pictures():
        yield from [picture] * 3
        raise RuntimeError("no more pictures")

    found = []
    with pytest.raises(RuntimeError, match="no more pictures"):
        for one in detector.detect_many(pictures(), threads=2):
            found.append(one)
    assert found == [detector.detect(picture)] * 3


@pytest.mark.parametrize("one", [str, Path, octet.read_image])
def test_tells_one_picture_from_many(detector: octet.Detector, picture: Path, one: Any) -> None:
    with pytest.raises(TypeError, match="detect\\(\\) takes one"):
        detector.detect_many(one(picture))
