"""What is installed: the wheel's own files, and how it is imported."""

from __future__ import annotations

import json
import subprocess
import sys
from importlib import metadata

import pytest

import octet


@pytest.fixture(scope="module")
def files() -> dict[str, metadata.PackagePath]:
    try:
        distribution = metadata.distribution("octet-detect")
    except metadata.PackageNotFoundError:
        pytest.skip("the package is not installed")
    assert distribution.version == octet.__version__
    return {str(file): file for file in distribution.files or []}


def test_has_the_licence_of_all_that_it_bundles(files: dict[str, metadata.PackagePath]) -> None:
    bill = json.loads(next(file for name, file in files.items() if name.endswith("sboms/octet.spdx.json")).read_text())
    packages = {package["name"] for package in bill["packages"]} - {"octet"}
    texts = {name.rpartition("/")[2] for name in files if "/licenses/third_party/" in name}
    assert {f"{package}.copyright" for package in packages} <= texts
    assert {"Apache-2.0", "LGPL-2.1"} <= texts, "what Debian's texts refer to"
    loaded = [one for one in bill["relationships"] if one["relationshipType"] == "DYNAMIC_LINK"]
    assert 0 < len(loaded) <= len([name for name in files if name.startswith("octet_detect.libs/")])
    assert {"libarchive-dev", "libopencv-core-dev", "libcli11-dev"} <= packages, "what is linked"


def test_needs_numpy_alone() -> None:
    """And that not before there is a picture: the program and `import octet` begin at once."""
    code = "import sys, octet; sys.exit(bool({'numpy', 'PIL', 'pandas', 'tqdm'} & set(sys.modules)))"
    assert subprocess.run([sys.executable, "-c", code]).returncode == 0
