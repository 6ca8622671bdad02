#!/usr/bin/env bash
# The notebooks: their outputs in the repository are whole, small and name no place of a machine; run from top to bottom, offline, they are
# still so.
#   notebooks_test.sh OCTET        OCTET_NOTEBOOK_PYTHON names a Python with what they need, if neither python3 nor Debian's is one
set -euo pipefail
source "$(dirname "$0")/helpers.sh"

build=$(dirname "$(realpath "$1")")
"$root/scripts/run_notebooks" --check || fail "the outputs in the repository"

export PYTHONPATH=$build/python PATH=$build:$PATH PYTHONDONTWRITEBYTECODE=1
needed="import nbclient, ipykernel, matplotlib, yaml, octet"
for python in ${OCTET_NOTEBOOK_PYTHON:-python3 /usr/bin/python3}; do
  if "$python" -c "$needed" 2>"$work/why"; then
    "$python" "$root/scripts/run_notebooks" || fail "the notebooks do not run"
    exit 0
  fi
done
skip "THE NOTEBOOKS WERE NOT RUN: $(tail -n 1 "$work/why")"
