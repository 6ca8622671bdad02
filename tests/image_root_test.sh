#!/usr/bin/env bash
# The file system of the container image has all that octet needs: within it, and seeing nothing else, octet quantizes and detects.
#   image_root_test.sh OCTET
set -euo pipefail
octet=$(realpath "$1")
scripts=$(realpath "$(dirname "$0")/../scripts")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

fail() {
  echo "FAILED: $*" >&2
  exit 1
}

enter=(chroot)
[ "$(id -u)" -eq 0 ] || enter=(unshare --user --map-root-user chroot)
"$scripts/image_root" "$octet" "$work/root"
"${enter[@]}" "$work/root" /usr/bin/octet --version >"$work/version" 2>"$work/error" || {
  grep -q -e 'Operation not permitted' -e 'unshare' "$work/error" || fail "$(cat "$work/error")"
  echo "SKIPPED: the root folder cannot be changed here: $(cat "$work/error")" >&2
  exit 77
}
inside() { "${enter[@]}" "$work/root" "$@" 2>"$work/error" || fail "$*: $(cat "$work/error")"; }

grep -q '^octet ' "$work/version" || fail "octet says $(cat "$work/version")"
inside /usr/bin/omz_downloader --help | grep -q '^usage: omz_downloader' || fail "omz_downloader does not know its name"
[ -z "$(find "$work/root" -name sh -o -name bash)" ] || fail "there is a shell"
[ -s "$work/root/usr/share/doc/octet/LICENSE" ] || fail "octet's licence is missing"
[ -s "$work/root/usr/share/doc/libc6/copyright" ] || fail "the licence of libc6 is missing"

inside /usr/bin/octet data --demo /data/demo >/dev/null
inside /usr/bin/octet quantize /data/demo/yolo-fastest-1.1-xl/yolo-fastest-1.1-xl.cfg --data /data/demo/coco --subset 4 --recipe plain --output /data/out >/dev/null
inside /usr/bin/octet detect /data/out/public/yolo-fastest-1.1-xl/FP32-INT8/yolo-fastest-1.1-xl.xml --images /data/demo/coco/val2017/000000030213.jpg \
  --draw /data/drawn >"$work/found"
grep -q 'chair' "$work/found" || fail "no chair is found: $(cat "$work/found")"
[ -s "$work/root/data/drawn/000000030213.jpg" ] || fail "nothing is drawn: $(ls "$work/root/data")"
echo "$(du -sm "$work/root" | cut -f1) MB"
