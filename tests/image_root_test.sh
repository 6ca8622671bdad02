#!/usr/bin/env bash
# The file system of the container image has all that octet needs: within it, and seeing nothing else, octet quantizes and detects.
#   image_root_test.sh OCTET [ROOT]      ROOT: what scripts/image wrote, which must not be too large; else it is made of OCTET as it is
set -euo pipefail
source "$(dirname "$0")/helpers.sh"
octet=$(realpath "$1")

enter=(chroot)
[ "$(id -u)" -eq 0 ] || enter=(unshare --user --map-root-user chroot)
if [ $# -eq 2 ]; then
  cp -a "$2" "$work/root"
  packed=$(tar --directory "$work/root" --create . | gzip | wc -c)
  unpacked=$(du -sb "$work/root" | cut -f1)
  echo "$unpacked bytes, $packed packed"
  [ "$unpacked" -lt 40000000 ] || fail "the image has $unpacked bytes, not less than 40 MB"
else
  "$root/scripts/image_root" "$octet" "$work/root"
fi
"${enter[@]}" "$work/root" /usr/bin/octet --version >"$work/version" 2>"$work/error" || {
  grep -q -e 'Operation not permitted' -e 'unshare' "$work/error" || die "$(cat "$work/error")"
  skip "the root folder cannot be changed here: $(cat "$work/error")"
}
inside() { "${enter[@]}" "$work/root" "$@" 2>"$work/error" || die "$*: $(cat "$work/error")"; }

grep -q '^octet ' "$work/version" || die "octet says $(cat "$work/version")"
inside /usr/bin/omz_downloader --help | grep '^usage: omz_downloader' >/dev/null || die "omz_downloader does not know its name"
[ -z "$(find "$work/root" -name sh -o -name bash)" ] || die "there is a shell"
[ -s "$work/root/usr/share/doc/octet/LICENSE" ] || die "octet's licence is missing"
[ -s "$work/root/usr/share/doc/libc6/copyright" ] || die "the licence of libc6 is missing"

cp -r "$root/demo" "$work/root/data/demo"
inside /usr/bin/octet quantize /data/demo/yolo-fastest-1.1-xl/yolo-fastest-1.1-xl.cfg --data /data/demo/coco --subset 4 --recipe plain --output /data/out >/dev/null
inside /usr/bin/octet detect /data/out/public/yolo-fastest-1.1-xl/FP32-INT8/yolo-fastest-1.1-xl.xml --images /data/demo/coco/val2017/000000030213.jpg \
  --draw /data/drawn >"$work/found"
grep -q 'chair' "$work/found" || die "no chair is found: $(cat "$work/found")"
[ -s "$work/root/data/drawn/000000030213.jpg" ] || die "nothing is drawn: $(ls "$work/root/data")"
