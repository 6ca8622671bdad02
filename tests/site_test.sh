#!/usr/bin/env bash
# The documentation site is built without a warning, has all verbs, and no link of it leads nowhere.
#   site_test.sh OCTET
set -euo pipefail
source "$(dirname "$0")/helpers.sh"

octet=$(realpath "$1")
command -v mkdocs >/dev/null || skip "THE DOCUMENTATION SITE WAS NOT BUILT, since there is no mkdocs (apt-get install mkdocs-material)"

sed 's,build/site/pages,pages,; s,out/site,site,' "$root/mkdocs.yml" >"$work/mkdocs.yml"
"$root/scripts/site/pages" "$octet" "$work/pages" || die "there are no pages"
mkdocs --quiet build --config-file "$work/mkdocs.yml" >"$work/log" 2>&1 || die "mkdocs: $(cat "$work/log")"
"$root/scripts/site/check_links" "$work/site" || fail "links lead nowhere"
for verb in quantize check bench completion; do
  grep -q "id=\"octet-$verb\"" "$work/site/reference/verbs/index.html" || fail "the page of verbs lacks $verb"
done
grep -q 'octet::Detector detector' <(sed 's/<[^>]*>//g' "$work/site/reference/cpp/index.html") || fail "the page of C++ lacks the header"
grep -q 'id="octetquantize"' "$work/site/reference/python/index.html" || fail "the page of Python lacks octet.quantize"

# The check of links can fail.
mkdir "$work/broken"
echo '<a href="there.html#no-place">a</a><a href="nowhere.html">b</a><a id="top" href="there.html#place">c</a>' >"$work/broken/index.html"
echo '<a id="place" href="https://example.org/#any">d</a>' >"$work/broken/there.html"
if "$root/scripts/site/check_links" "$work/broken" 2>"$work/found"; then fail "links that lead nowhere pass"; fi
[ "$(cat "$work/found")" = "error: index.html: there.html#no-place leads to no place in its page
error: index.html: nowhere.html leads to no file" ] || fail "found: $(cat "$work/found")"
