#!/usr/bin/env python3
"""The bill of materials of a build, as SPDX 2.3 JSON on standard output: octet, and each Debian package that is in it or that it loads.

    scripts/sbom.py VERSION FILE...
    scripts/sbom.py --linked BUILD

FILE is a program or library of the build. SOURCE_DATE_EPOCH sets the date. --linked prints the packages that programs of a build folder hold.
Functions take the root of the Debian system that the build was linked with: this one's, or the folder of one that scripts/sysroot unpacked.
"""
import hashlib
import json
import os
import re
import subprocess
import sys
import time
from pathlib import Path

THIS_SYSTEM = Path("/")

# The folder below usr/lib, by the machine that an ELF file's header has.
MULTIARCH = {62: "x86_64-linux-gnu", 183: "aarch64-linux-gnu"}

# Headers alone, which the build takes in; everything else is loaded and found in the files.
INCLUDED = ["libcli11-dev", "nlohmann-json3-dev", "libkainjow-mustache-dev"]


def output(*command):
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def dpkg_query(root):
    return ["dpkg-query", "--admindir", str(root / "var/lib/dpkg")]


def library_folder(file, root):
    """Where the system keeps libraries of the machine that an ELF file is for."""
    machine = int.from_bytes(file.read_bytes()[18:20], "little")
    return root / "usr/lib" / MULTIARCH[machine]


def needed(file):
    """The names of the libraries that a file asks for itself."""
    return re.findall(r"NEEDED +(\S+)", output("objdump", "-p", str(file)))


def loaded_libraries(file, root=THIS_SYSTEM):
    """Where each library lies that is loaded with the file, by the name under which it is needed."""
    folder, found, waiting = library_folder(file, root), {}, [file]
    while waiting:
        for name in needed(waiting.pop()):
            if name not in found:
                found[name] = (folder / name).resolve(strict=True)
                waiting.append(found[name])
    return found


def owner(library, root=THIS_SYSTEM):
    """The Debian package of a file, whose database may know it below / or below /usr."""
    path = library.relative_to(root)
    for known in (path, path.relative_to("usr") if path.is_relative_to("usr") else path):
        answer = subprocess.run([*dpkg_query(root), "--search", str("/" / known)], capture_output=True, text=True)
        if answer.returncode == 0:
            return answer.stdout.split(":")[0]
    raise SystemExit(f"error: no Debian package has {library}")


def linked_packages(build, root=THIS_SYSTEM):
    """The packages of all archives that something in a build folder is linked with, and of headers."""
    archives = {Path(file) for file in re.findall(r"(?<=[ =])/\S+\.a(?=\s)", (build / "build.ninja").read_text())}
    return {owner(file, root) for file in archives if not file.is_relative_to(build)} | set(INCLUDED)


def debian(name, root):
    package, version, architecture, homepage = output(
        *dpkg_query(root), "--show", "--showformat", "${Package}\t${Version}\t${Architecture}\t${Homepage}", name).split("\t")
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


def bill(version, files, linked, loaded, comment, root=THIS_SYSTEM):
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
    parts = [(debian(name, root), how) for names, how in ((linked, "STATIC_LINK"), (loaded, "DYNAMIC_LINK")) for name in sorted(names)]
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
    loaded = {owner(loaded_libraries(file)[name]) for file in files for name in needed(file)}
    comment = "The demonstration inside has licences of its own: demo/ATTRIBUTION.md."
    json.dump(bill(version, files, INCLUDED, loaded, comment), sys.stdout, indent=2)
    print()


if __name__ == "__main__":
    main()
