from __future__ import annotations

import os
import tempfile
from pathlib import Path

# Before Hypothesis is imported: what it keeps is no part of the sources.
os.environ.setdefault("HYPOTHESIS_STORAGE_DIRECTORY", tempfile.mkdtemp(prefix="octet-hypothesis-"))

import numpy as np
import pytest

import octet

DEMO = Path(__file__).resolve().parents[2] / "demo"


@pytest.fixture(scope="session")
def coco() -> Path:
    return DEMO / "coco"


@pytest.fixture(scope="session")
def picture(coco: Path) -> Path:
    return coco / "val2017" / "000000030213.jpg"


@pytest.fixture(scope="session")
def source() -> Path:
    return DEMO / "yolo-fastest-1.1-xl" / "yolo-fastest-1.1-xl.cfg"


@pytest.fixture(scope="session")
def fp32(source: Path) -> octet.Model:
    return octet.convert(source)


@pytest.fixture(scope="session")
def int8(fp32: octet.Model, coco: Path) -> octet.Model:
    with pytest.warns(UserWarning, match="only 8 pictures"):
        return octet.quantize(fp32, coco, subset=8)


@pytest.fixture(scope="session")
def detector(fp32: octet.Model) -> octet.Detector:
    return octet.compile(fp32, threads=1)


@pytest.fixture(scope="session")
def pixels(picture: Path) -> np.ndarray:
    return octet.read_image(picture)
