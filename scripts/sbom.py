#!/usr/bin/env python3
"""The bill of materials of a build, as SPDX 2.3 JSON on standard output: octet, and each Debian package that is in it or that it loads.

    scripts/sbom.py VERSION FILE...
    scripts/sbom.py --linked BUILD

FILE is a program or library of the build. SOURCE_DATE_EPOCH sets the date. --linked prints the packages that programs of a build folder hold.
"""
import hashlib
import json
import os
import re
import subprocess
import sys
import time
from pathlib import Path

# Headers alone, which the build takes in; everything else is loaded and found in the files.
INCLUDED = ["libcli11-dev", "nlohmann-json3-dev", "libkainjow-mustache-dev"]


def output(*command):
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def loaded_libraries(file):
    """Where each library lies that is loaded with the file, by the name under which it is needed."""
    return {name: Path(path).resolve() for name, path in re.findall(r"^\s*(\S+) => (/\S+)", output("ldd", str(file)), re.MULTILINE)}


def libraries(file):
    """Where the libraries lie that the file names as needed."""
    needed, found = re.findall(r"NEEDED +(\S+)", output("objdump", "-p", str(file))), loaded_libraries(file)
    return [found[name] for name in needed if name in found]


def owner(library):
    """The Debian package of a file, whose database may know it below / or below /usr."""
    for path in (library, Path("/", library.relative_to("/usr")) if library.is_relative_to("/usr") else library):
        answer = subprocess.run(["dpkg-query", "--search", str(path)], capture_output=True, text=True)
        if answer.returncode == 0:
            return answer.stdout.split(":")[0]
    raise SystemExit(f"error: no Debian package has {library}")


def linked_packages(build):
    """The packages of all archives that something in a build folder is linked with, and of headers."""
    archives = {Path(file) for file in re.findall(r"(?<=[ =])/\S+\.a(?=\s)", (build / "build.ninja").read_text())}
    return {owner(file) for file in archives if not file.is_relative_to(build)} | set(INCLUDED)


def debian(name):
    package, version, architecture, homepage = output(
        "dpkg-query", "--show", "--showformat", "${Package}\t${Version}\t${Architecture}\t${Homepage}", name).split("\t")
    purl = f"pkg:deb/debian/{package}@{version.replace('+', '%2B').replace(':', '%3A')}?arch={architecture}"
    return {
        "SPDXID": "SPDXRef-" + re.sub(r"[^A-Za-z0-9.-]", "-", package),
        "name": package,
        "versionInfo": version,
        "supplier": "Organization: Debian",
        "downloadLocation": "NOASSERTION",
        **({"homepage": homepage} if homepage else {}),
        "filesAnalyzed": False,
        "licenseConcluded": "NOASSERTION",
        "licenseDeclared": "NOASSERTION",
        "licenseComments": f"/usr/share/doc/{package}/copyright",
        "copyrightText": "NOASSERTION",
        "externalRefs": [{"referenceCategory": "PACKAGE-MANAGER", "referenceType": "purl", "referenceLocator": purl}],
    }


def bill(version, files, linked, loaded, comment):
    """The document of files in which packages are linked, and which load others."""
    digests = "".join(hashlib.sha256(file.read_bytes()).hexdigest() for file in files)
    octet = {
        "SPDXID": "SPDXRef-octet",
        "name": "octet",
        "versionInfo": version,
        "downloadLocation": "NOASSERTION",
        "filesAnalyzed": False,
        "licenseConcluded": "Apache-2.0",
        "licenseDeclared": "Apache-2.0",
        "licenseComments": comment,
        "copyrightText": "NOASSERTION",
        "primaryPackagePurpose": "APPLICATION",
    }
    parts = [(debian(name), "STATIC_LINK") for name in sorted(linked)] + [(debian(name), "DYNAMIC_LINK") for name in sorted(loaded)]
    created = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(int(os.environ.get("SOURCE_DATE_EPOCH", time.time()))))
    return {
        "spdxVersion": "SPDX-2.3",
        "dataLicense": "CC0-1.0",
        "SPDXID": "SPDXRef-DOCUMENT",
        "name": f"octet-{version}",
        "documentNamespace": f"https://spdx.org/spdxdocs/octet-{version}-{hashlib.sha256(digests.encode()).hexdigest()}",
        "creationInfo": {"created": created, "creators": ["Tool: octet-scripts/sbom.py"]},
        "packages": [octet] + [package for package, _ in parts],
        "relationships": [{"spdxElementId": "SPDXRef-DOCUMENT", "relationshipType": "DESCRIBES", "relatedSpdxElement": "SPDXRef-octet"}]
        + [{"spdxElementId": "SPDXRef-octet", "relationshipType": how, "relatedSpdxElement": package["SPDXID"]} for package, how in parts],
    }


def main():
    if sys.argv[1] == "--linked":
        print(*sorted(linked_packages(Path(sys.argv[2]).absolute())), sep="\n")
        return
    version, files = sys.argv[1], [Path(name) for name in sys.argv[2:]]
    loaded = {owner(library) for file in files for library in libraries(file)}
    comment = "The demonstration inside has licences of its own: demo/ATTRIBUTION.md."
    json.dump(bill(version, files, INCLUDED, loaded, comment), sys.stdout, indent=2)
    print()


if __name__ == "__main__":
    main()
