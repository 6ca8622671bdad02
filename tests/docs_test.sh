#!/usr/bin/env bash
# The examples in docs/: what is fenced as sh runs as it stands there, page by page, each in an empty folder with octet in the path.
#   docs_test.sh OCTET
set -euo pipefail
source "$(dirname "$0")/helpers.sh"

mkdir "$work/bin"
ln -s "$(realpath "$1")" "$work/bin/octet"
export PATH=$work/bin:$PATH

# examples PAGE: its blocks, in their order.
examples() { awk '/^```/ { inside = $0 == "```sh"; next } inside' "$1"; }

pages=0
for page in "$root"/docs/*.md "$root/README.md"; do
  script=$work/$(basename "$page" .md).sh
  examples "$page" >"$script"
  [ -s "$script" ] || continue
  pages=$((pages + 1))
  mkdir "$work/folder"
  (cd "$work/folder" && bash -euxo pipefail "$script") >"$work/log" 2>&1 || fail "an example of $page: $(tail -n 4 "$work/log")"
  rm -rf "$work/folder"
done
[ "$pages" -ge 2 ] || fail "$pages pages have examples"
