"""The build backend: scikit-build-core's, whose wheel auditwheel then makes independent of the system's libraries (manylinux)."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from scikit_build_core import build as backend
from scikit_build_core.build import build_sdist, get_requires_for_build_sdist, get_requires_for_build_wheel

__all__ = ["build_sdist", "build_wheel", "get_requires_for_build_sdist", "get_requires_for_build_wheel"]


def build_wheel(wheel_directory: str, config_settings: dict[str, Any] | None = None, metadata_directory: str | None = None) -> str:
    with tempfile.TemporaryDirectory(prefix="octet-wheel-") as folder:
        plain = Path(folder) / backend.build_wheel(folder, config_settings, metadata_directory)
        repaired = Path(folder) / "repaired"
        subprocess.run([sys.executable, "-m", "auditwheel", "repair", "--wheel-dir", repaired, plain], check=True)
        wheel = next(repaired.glob("*.whl"))
        target = Path(wheel_directory) / wheel.name
        target.write_bytes(wheel.read_bytes())
    return target.name
