#!/usr/bin/env bash
# The notebooks: their outputs in the repository are whole, small and name no place of a machine; run from top to bottom, offline, they are
# still so. They need the Python package and more, which `make test-wheel` brings.
#   notebooks_test.sh        OCTET_NOTEBOOK_PYTHON names a Python with all of it, if python3 is none
set -euo pipefail
source "$(dirname "$0")/helpers.sh"

"$root/scripts/run_notebooks" --check || die "the outputs in the repository"
python=${OCTET_NOTEBOOK_PYTHON:-python3}
"$python" -c "import nbclient, ipykernel, matplotlib, octet" 2>"$work/why" || skip "THE NOTEBOOKS WERE NOT RUN: $(tail -n 1 "$work/why")"
"$python" "$root/scripts/run_notebooks" || die "the notebooks do not run"
