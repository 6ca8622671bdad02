#!/usr/bin/env bash
# The library exports what cmake/liboctet.abi describes: the symbols of both interfaces, and the types of the C interface.
#   abi_test.sh LIBRARY [--accept]      --accept: writes the description anew, for what was added on purpose
set -euo pipefail
library=$1
root=$(realpath "$(dirname "$0")/..")
kept=$root/cmake/liboctet.abi

command -v abidiff >/dev/null || { echo "SKIPPED: abidiff is not installed (abigail-tools)" >&2; exit 77; }
if [ "${2:-}" = --accept ]; then
  abidw --headers-dir "$root/include" --drop-private-types --exported-interfaces-only --no-corpus-path --no-comp-dir-path --no-elf-needed \
    --no-write-default-sizes --out-file "$kept" "$library"
  exit 0
fi
abidiff --headers-dir1 "$root/include" --headers-dir2 "$root/include" "$kept" "$library" || {
  echo "error: the binary interface changed. What breaks programs needs another SONAME, which is the second number of the version;" >&2
  echo "what was added is accepted by tests/abi_test.sh LIBRARY --accept" >&2
  exit 1
}
