#!/usr/bin/env bash
# Opens the report of a short `octet run`, and the page of `octet quantize --explain`, in a browser without a window: their script raises
# nothing on the console, the figures that the JSON holds are on the page as text, and the pages load nothing from the network.
#   report_in_browser.sh OCTET
set -euo pipefail
source "$(dirname "$0")/helpers.sh"

octet=$(realpath "$1")

browser=$(command -v chromium || command -v chromium-browser || command -v google-chrome || true)
if [ -z "$browser" ]; then
  skip "THE REPORT WAS NOT OPENED IN A BROWSER, since there is no chromium (apt-get install chromium)"
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
dom_of "$work/broken.html" >/dev/null || die "$browser does not run"
console_lines | grep "seen by the test" >/dev/null || die "$browser does not report an uncaught exception"

"$octet" run "$cfg" --data "$demo/coco" --output "$work/out" --limit 8 --seconds 1 --json \
  >"$work/json" 2>"$work/progress" || die "octet run: $(cat "$work/progress")"

# open_page PAGE: it opens, says nothing on the console and loads nothing; $work/text is what one reads of it.
open_page() {
  local page=$1 loads
  dom_of "$page" >"$work/dom.html" || die "$browser does not open $page"
  [ -z "$(console_lines)" ] || die "the page says on the console: $(console_lines)"
  grep -q '</html>' "$work/dom.html" || die "the page is cut off"
  # Script, style and markup are not text that one reads.
  tr '\n' ' ' <"$work/dom.html" | sed -e 's/<script/\n<script/g; s/<\/script>/&\n/g; s/<style/\n<style/g; s/<\/style>/&\n/g' |
    sed -e '/^<script/d; /^<style/d' -e 's/<[^>]*>/ /g' >"$work/text"
  loads=$(grep -aoE '(src|href|srcset|poster)="?(https?:)?//[^" >]*' "$page" "$work/dom.html" || true)
  [ -z "$loads" ] || die "the page would load $loads"
  loads=$(grep -aoE '(@import|url\() *["'\''"]?(https?:)?//[^"'\'') ]*' "$page" || true)
  [ -z "$loads" ] || die "the page's style would load $loads"
}

open_page "$work/out/report.html"
# Over all categories, which AP75 tells from those of one.
aps=$(tail -n 1 "$work/json" | grep -oE '"AP":-?[0-9.e+-]+,"AP50":-?[0-9.e+-]+,"AP75"' | sed -E 's/"AP":([^,]*),.*/\1/')
[ "$(echo "$aps" | wc -l)" -eq 2 ] || die "the JSON holds no two APs: $(tail -n 1 "$work/json")"
for ap in $aps; do
  percent=$(awk -v ap="$ap" 'BEGIN { printf "%.1f", ap * 100 }')
  grep -qE "(^|[^0-9.])${percent//./\\.}([^0-9]|$)" "$work/text" || die "AP $percent % is not in the page's text"
done

"$octet" quantize "$cfg" --data "$demo/coco" --subset 8 --explain "$work/why.html" \
  --output "$work/explained" --json >"$work/json" 2>"$work/progress" || die "octet quantize --explain: $(cat "$work/progress")"
open_page "$work/why.html"
layers=$(tail -n 1 "$work/json" | grep -oE '"operation"' | wc -l)
[ "$layers" -gt 50 ] || die "the JSON holds $layers layers: $(tail -n 1 "$work/json")"
[ "$(grep -oE 'class="share"' "$work/why.html" | wc -l)" -eq "$layers" ] || die "not every layer of the JSON is on the page"
grep -q 'Show all '"$layers"' layers' "$work/text" || die "the page does not offer all $layers layers"
for word in conv_0 'standard deviations' 'make half of the error' 'Gained in float' 'What both models find in 8 pictures' 'on average; one score moves'; do grep -q "$word" "$work/text" || die "'$word' is not in the page's text"; done
echo "passed: APs $(echo $aps) and $layers layers are on the pages, the console is silent, nothing is loaded"
