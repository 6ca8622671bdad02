#!/usr/bin/env bash
# Opens the report of a short `octet run` in a browser without a window: its script raises nothing on the console, the accuracy
# that the JSON holds is on the page as text, and the page loads nothing from the network.
#   report_in_browser.sh OCTET
set -euo pipefail

octet=$(realpath "$1")
demo=$(realpath "$(dirname "$0")/../demo")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

fail() {
  echo "FAILED: $*" >&2
  exit 1
}

browser=$(command -v chromium || command -v chromium-browser || command -v google-chrome || true)
if [ -z "$browser" ]; then
  echo "SKIPPED: THE REPORT WAS NOT OPENED IN A BROWSER, since there is no chromium (apt-get install chromium)" >&2
  exit 77
fi

# dom_of PAGE: the page after its script ran; the browser's log goes to $work/log.
dom_of() {
  timeout 120 "$browser" --headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking \
    --disable-component-update --disable-sync --user-data-dir="$(mktemp -d -p "$work")" --enable-logging=stderr --dump-dom \
    "file://$1" 2>"$work/log"
}

# A page that octet wrote has nothing to tell the console; a local page's errors appear there at level INFO, so every line counts.
console_lines() { grep -E '[A-Z]+:CONSOLE[:(]' "$work/log" || true; }

# The check itself can fail: an error that nothing catches must appear in the log.
echo '<!doctype html><script>throw new Error("seen by the test")</script>' >"$work/broken.html"
dom_of "$work/broken.html" >/dev/null || fail "$browser does not run"
console_lines | grep -q "seen by the test" || fail "$browser does not report an uncaught exception"

"$octet" run "$demo/yolo-fastest-1.1-xl/yolo-fastest-1.1-xl.cfg" --data "$demo/coco" --output "$work/out" --limit 8 --seconds 1 --json \
  >"$work/json" 2>"$work/progress" || fail "octet run: $(cat "$work/progress")"
page=$work/out/report.html
dom_of "$page" >"$work/dom.html" || fail "$browser does not open the report"

[ -z "$(console_lines)" ] || fail "the page says on the console: $(console_lines)"
grep -q '</html>' "$work/dom.html" || fail "the page is cut off"

# Script, style and markup are not text that one reads.
tr '\n' ' ' <"$work/dom.html" | sed -e 's/<script/\n<script/g; s/<\/script>/&\n/g; s/<style/\n<style/g; s/<\/style>/&\n/g' |
  sed -e '/^<script/d; /^<style/d' -e 's/<[^>]*>/ /g' >"$work/text"

aps=$(tail -n 1 "$work/json" | grep -oE '"AP":-?[0-9.e+-]+' | cut -d: -f2)
[ "$(echo "$aps" | wc -l)" -eq 2 ] || fail "the JSON holds no two APs: $(tail -n 1 "$work/json")"
for ap in $aps; do
  percent=$(awk -v ap="$ap" 'BEGIN { printf "%.1f", ap * 100 }')
  grep -qE "(^|[^0-9.])${percent//./\\.}([^0-9]|$)" "$work/text" || fail "AP $percent % is not in the page's text"
done

loads=$(grep -aoE '(src|href|srcset|poster)="?(https?:)?//[^" >]*' "$page" "$work/dom.html" || true)
[ -z "$loads" ] || fail "the page would load $loads"
loads=$(grep -aoE '(@import|url\() *["'\'']?(https?:)?//[^"'\'') ]*' "$page" || true)
[ -z "$loads" ] || fail "the page's style would load $loads"
echo "passed: APs $(echo $aps) are on the page, the console is silent, nothing is loaded"
