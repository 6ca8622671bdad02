"""The build backend: scikit-build-core's, whose wheel auditwheel then makes independent of the system's libraries (manylinux), with the
licences of all that came into it from Debian, and a bill of that. With the setting cmake.define.CMAKE_SYSROOT, and a build-dir of its own, it is
that of another architecture, whose Debian system lies in that folder (scripts/sysroot, `make wheel-aarch64`)."""

from __future__ import annotations

import contextlib
import json
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import sbom  # scripts/
from auditwheel.wheeltools import InWheelCtx
from scikit_build_core import build as backend
from scikit_build_core.build import build_sdist, get_requires_for_build_sdist, get_requires_for_build_wheel

__all__ = ["build_sdist", "build_wheel", "get_requires_for_build_sdist", "get_requires_for_build_wheel"]

COMMON = Path("/usr/share/common-licenses")


class Build:
    """Where the module was built, and the root of the system that it was linked with."""

    def __init__(self, settings: dict[str, Any]) -> None:
        self.folder = Path(settings.get("build-dir", "build/wheel")).absolute()  # build-dir of pyproject.toml
        self.root = Path(settings.get("cmake.define.CMAKE_SYSROOT", "/")).absolute()
        self.module = self.folder / "python/octet/_octet.abi3.so"


def bundled_packages(unpacked: Path, build: Build) -> set[str]:
    """The Debian packages whose libraries auditwheel took, with a digest in their names."""
    there = {file.name: file for file in sbom.loaded_libraries(build.module, build.root).values()}
    taken = [re.sub(r"-[0-9a-f]{8}(?=\.so)", "", file.name) for file in unpacked.glob("*.libs/*.so*")]
    return {sbom.owner(there[name], build.root) for name in taken}


def add_licences(folder: Path, packages: set[str], root: Path) -> None:
    """What Debian says of each package's licence, and the licences that this refers to."""
    for package in packages:
        text = (root / "usr/share/doc" / package / "copyright").read_bytes()
        (folder / f"{package}.copyright").write_bytes(text)
        for name in re.findall(rf"{COMMON}/([\w.-]*[\w-])", text.decode("utf-8", "replace")):
            if (COMMON / name).is_file():
                (folder / name).write_bytes((COMMON / name).read_bytes())


def complete(wheel: Path, target: Path, build: Build) -> None:
    """The wheel with licences and bill, in which all that is inside is named by its digest."""
    with InWheelCtx(wheel, target) as inside:
        linked, bundled = sbom.linked_packages(build.folder, build.root), bundled_packages(inside.path, build)
        metadata = next(inside.path.glob("*.dist-info"))
        licences = metadata / "licenses" / "third_party"
        licences.mkdir(parents=True)
        add_licences(licences, linked | bundled, build.root)
        version = metadata.name.removesuffix(".dist-info").split("-")[1]
        bill = sbom.bill(version, sorted(inside.path.glob("octet/*.so")), linked, bundled, "Of the packages: licenses/third_party.", build.root)
        (metadata / "sboms").mkdir(exist_ok=True)
        (metadata / "sboms" / "octet.spdx.json").write_text(json.dumps(bill, indent=1))


@contextlib.contextmanager
def platform_of_wheel() -> Iterator[None]:
    """Names the wheel by OCTET_WHEEL_PLATFORM. Not for all of the build: pip would fetch its tools for that platform, too."""
    platform = os.environ.get("OCTET_WHEEL_PLATFORM")
    if platform:
        os.environ["_PYTHON_HOST_PLATFORM"] = platform
    try:
        yield
    finally:
        if platform:
            del os.environ["_PYTHON_HOST_PLATFORM"]


def build_wheel(wheel_directory: str, config_settings: dict[str, Any] | None = None, metadata_directory: str | None = None) -> str:
    build = Build(config_settings or {})
    with tempfile.TemporaryDirectory(prefix="octet-wheel-") as folder:
        with platform_of_wheel():
            plain = Path(folder) / backend.build_wheel(folder, config_settings, metadata_directory)
        repaired = Path(folder) / "repaired"
        libraries = sbom.library_folder(build.module, build.root)
        subprocess.run([sys.executable, "-m", "auditwheel", "repair", "--ldpaths", libraries, "--wheel-dir", repaired, plain], check=True)
        wheel = next(repaired.glob("*.whl"))
        complete(wheel, Path(wheel_directory) / wheel.name, build)
    return wheel.name
