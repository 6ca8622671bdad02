#!/usr/bin/env bash
# The Debian packages of a build: unpacked, they run; what they say of themselves is complete; lintian finds no error. The bill of
# materials of a release agrees with them.
#   debian_packages_test.sh BUILD VERSION
set -euo pipefail
source "$(dirname "$0")/helpers.sh"
build=$(realpath "$1")
version=$2

for tool in cpack dpkg-shlibdeps lintian; do
  command -v "$tool" >/dev/null || skip "$tool is not installed"
done
(cd "$build" && cpack -G DEB -B "$work/packages") >"$work/log" 2>&1 || die "cpack: $(cat "$work/log")"
soname=${version%.*}
for package in octet "liboctet$soname" liboctet-dev; do
  deb=$(echo "$work/packages/${package}_${version}_"*.deb)
  [ -f "$deb" ] || die "no $package among $(ls "$work/packages")"
  dpkg-deb --extract "$deb" "$work/root"
done
[ "$(find "$work/packages" -maxdepth 1 -name '*.deb' | wc -l)" -eq 3 ] || die "not three packages: $(ls "$work/packages")"

field() { dpkg-deb --field "$work/packages/$1"_*.deb "$2"; }
[[ $(field octet Depends) == *'libc6 (>= '*libopencv-core* ]] || die "octet depends on $(field octet Depends)"
[[ $(field liboctet-dev Depends) == "liboctet$soname (= $version)" ]] || die "liboctet-dev depends on $(field liboctet-dev Depends)"

lintian --fail-on error "$work/packages/"*.deb || die "lintian finds errors"

# What is where.
usr=$work/root/usr
library=$(echo "$usr"/lib/*/"liboctet.so.$soname")
for file in "$usr/bin/octet" "$library" "$(dirname "$library")/liboctet.so" "$(dirname "$library")/pkgconfig/octet.pc" \
  "$usr/include/octet/octet.h" "$usr/include/octet/octet_c.h" "$usr/share/man/man1/octet.1.gz" "$usr/share/man/man1/octet-quantize.1.gz" \
  "$usr/share/man/man1/omz_downloader.1.gz" "$usr/share/bash-completion/completions/octet" "$usr/share/zsh/vendor-completions/_octet" \
  "$usr/share/fish/vendor_completions.d/octet.fish" "$usr/share/doc/octet/copyright" "$usr/share/doc/octet/changelog.gz"; do
  [ -s "$file" ] || die "no $file"
done
[[ $(objdump -p "$library") == *"SONAME               liboctet.so.$soname"* ]] || die "the SONAME is not liboctet.so.$soname"

# The pages are those of the help texts.
page() { man --local-file --encoding=UTF-8 "$usr/share/man/man1/$1.1.gz" | col -b; }
if command -v man >/dev/null; then
  page octet-quantize | grep -- '--min-fidelity' >/dev/null || die "octet-quantize.1 lacks --min-fidelity"
  page octet-quantize | grep '^EXAMPLES' >/dev/null || die "octet-quantize.1 has no examples"
  zcat "$usr/share/man/man1/octet.1.gz" | grep 'octet-selftest' >/dev/null || die "octet.1 does not lead to octet-selftest.1"
fi

"$usr/bin/octet" --version | grep "^octet $version " >/dev/null || die "octet says $("$usr/bin/octet" --version)"
"$usr/bin/omz_downloader" --help | grep '^usage: omz_downloader' >/dev/null || die "omz_downloader does not know its name"
"$usr/bin/octet" data --demo "$work/demo" >/dev/null
"$usr/bin/octet" data "$work/demo/coco" --json | grep '"ok":true' >/dev/null || die "the demonstration is not whole"

# The bill of materials names what the package depends on, and refers to nothing that it does not name.
"$root/scripts/sbom.py" "$version" "$build/octet" "$build/liboctet.so" >"$work/sbom.json" || die "there is no bill of materials"
python3 - "$work/sbom.json" "$(field octet Depends)" <<'PYTHON' || die "the bill of materials is wrong"
import json
import re
import sys
bill = json.load(open(sys.argv[1]))
ids = [package["SPDXID"] for package in bill["packages"]] + [bill["SPDXID"]]
assert len(ids) == len(set(ids)), ids
assert all(end in ids for one in bill["relationships"] for end in (one["spdxElementId"], one["relatedSpdxElement"]))
missing = set(re.findall(r"([a-z0-9.+-]+)(?: \(|,|$)", sys.argv[2])) - {package["name"] for package in bill["packages"]}
assert not missing, f"not named: {missing}"
PYTHON
