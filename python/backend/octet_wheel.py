"""The build backend: scikit-build-core's, whose wheel auditwheel then makes independent of the system's libraries (manylinux), with the
licences of all that came into it from Debian, and a bill of that."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import sbom  # scripts/
from auditwheel.wheeltools import InWheelCtx
from scikit_build_core import build as backend
from scikit_build_core.build import build_sdist, get_requires_for_build_sdist, get_requires_for_build_wheel

__all__ = ["build_sdist", "build_wheel", "get_requires_for_build_sdist", "get_requires_for_build_wheel"]

BUILD = Path("build/wheel").absolute()  # build-dir of pyproject.toml
COMMON = Path("/usr/share/common-licenses")


def bundled_packages(unpacked: Path) -> set[str]:
    """The Debian packages whose libraries auditwheel took, with a digest in their names."""
    there = {file.name: file for file in sbom.loaded_libraries(next(BUILD.glob("python/octet/_octet*.so"))).values()}
    taken = [re.sub(r"-[0-9a-f]{8}(?=\.so)", "", file.name) for file in unpacked.glob("*.libs/*.so*")]
    return {sbom.owner(there[name]) for name in taken}


def add_licences(folder: Path, packages: set[str]) -> None:
    """What Debian says of each package's licence, and the licences that this refers to."""
    for package in packages:
        text = Path("/usr/share/doc", package, "copyright").read_bytes()
        (folder / f"{package}.copyright").write_bytes(text)
        for name in re.findall(rf"{COMMON}/([\w.-]*[\w-])", text.decode("utf-8", "replace")):
            if (COMMON / name).is_file():
                (folder / name).write_bytes((COMMON / name).read_bytes())


def complete(wheel: Path, target: Path) -> None:
    """The wheel with licences and bill, in which all that is inside is named by its digest."""
    with InWheelCtx(wheel, target) as inside:
        linked, bundled = sbom.linked_packages(BUILD), bundled_packages(inside.path)
        metadata = next(inside.path.glob("*.dist-info"))
        licences = metadata / "licenses" / "third_party"
        licences.mkdir(parents=True)
        add_licences(licences, linked | bundled)
        version = metadata.name.removesuffix(".dist-info").split("-")[1]
        bill = sbom.bill(version, sorted(inside.path.glob("octet/*.so")), linked, bundled, "Of the packages: licenses/third_party.")
        (metadata / "sboms").mkdir(exist_ok=True)
        (metadata / "sboms" / "octet.spdx.json").write_text(json.dumps(bill, indent=1))


def build_wheel(wheel_directory: str, config_settings: dict[str, Any] | None = None, metadata_directory: str | None = None) -> str:
    with tempfile.TemporaryDirectory(prefix="octet-wheel-") as folder:
        plain = Path(folder) / backend.build_wheel(folder, config_settings, metadata_directory)
        repaired = Path(folder) / "repaired"
        subprocess.run([sys.executable, "-m", "auditwheel", "repair", "--wheel-dir", repaired, plain], check=True)
        wheel = next(repaired.glob("*.whl"))
        complete(wheel, Path(wheel_directory) / wheel.name)
    return wheel.name
