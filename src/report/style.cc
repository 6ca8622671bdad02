#include "report/sections.h"

namespace octet::report {

// First model blue, second model orange, everywhere on the page.
std::string_view style_sheet() {
  return R"css(:root {
  --ground: #f6f5f1; --card: #fffefb; --ink: #1d1f23; --soft: #5d6068; --line: #dedcd4; --track: #ebe9e2;
  --first: #2f62c9; --second: #b9540a; --good: #14703f; --bad: #b3261e; --good-wash: #e2f2e8; --bad-wash: #fbe6e3;
}
@media (prefers-color-scheme: dark) {
  :root {
    --ground: #131518; --card: #1c1f24; --ink: #ecebe6; --soft: #a3a6ae; --line: #33373f; --track: #2b2f36;
    --first: #86abff; --second: #ff9f56; --good: #6fd69a; --bad: #ff8f84; --good-wash: #17301f; --bad-wash: #3a1d1a;
  }
}
* { box-sizing: border-box; }
html { scroll-behavior: smooth; -webkit-text-size-adjust: 100%; }
@media (prefers-reduced-motion: reduce) { html { scroll-behavior: auto; } }
body { margin: 0; background: var(--ground); color: var(--ink); font: 16px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "DejaVu Sans", sans-serif; }
main { max-width: 1160px; margin: 0 auto; padding: 28px 20px 64px; }
h1, h2, h3, p { margin: 0; }
h2 { font-size: 1.5rem; letter-spacing: -.01em; }
section { margin-top: 56px; scroll-margin-top: 16px; }
.card { background: var(--card); border: 1px solid var(--line); border-radius: 12px; padding: 18px 20px; }
.card + .card { margin-top: 14px; }
.lead { color: var(--soft); max-width: 46rem; margin: 6px 0 14px; }
.lead b { color: var(--ink); }
.remark { color: var(--soft); font-size: .85rem; }
.vh { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
button, input { font: inherit; color: inherit; }
:focus-visible { outline: 3px solid var(--first); outline-offset: 2px; }

.verdict { border-radius: 16px; padding: 22px 26px; background: var(--card); border: 1px solid var(--line); }
.verdict.ship { background: var(--good-wash); border-color: transparent; }
.verdict.stop { background: var(--bad-wash); border-color: transparent; }
.subject { color: var(--soft); overflow-wrap: anywhere; }
.subject b { color: var(--ink); }
.sentence { display: flex; gap: 16px; align-items: flex-start; margin-top: 8px; }
.sentence svg { width: 46px; height: 46px; flex: none; margin-top: 2px; }
.sentence circle { fill: var(--soft); }
.sentence path { fill: none; stroke: var(--card); stroke-width: 3; stroke-linecap: round; stroke-linejoin: round; }
.ship .sentence circle { fill: var(--good); }
.stop .sentence circle { fill: var(--bad); }
h1 { font-size: clamp(1.45rem, 3.1vw, 2.3rem); line-height: 1.18; letter-spacing: -.02em; text-wrap: balance; }
.checks { list-style: none; display: flex; flex-wrap: wrap; gap: 6px 22px; padding: 0; margin: 16px 0 0; font-size: .93rem; }
.check { display: flex; gap: 8px; }
.mark { font-weight: 700; }
.check.good .mark { color: var(--good); }
.check.bad .mark { color: var(--bad); }

.figures { display: grid; grid-template-columns: repeat(auto-fit, minmax(270px, 1fr)); gap: 14px; margin-top: 14px; }
.figures .card { margin: 0; }
.figure h2 { font-size: .95rem; font-weight: 600; color: var(--soft); letter-spacing: 0; }
.big { font-size: 2.5rem; font-weight: 700; letter-spacing: -.03em; line-height: 1.15; margin: 2px 0 12px; }
.big small { font-size: 1rem; font-weight: 500; letter-spacing: 0; color: var(--soft); }
.bar { display: grid; grid-template-columns: 3.2em 1fr 5.2em; gap: 10px; align-items: center; margin: 5px 0; font-size: .93rem; }
.bar .name { overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
.bar .value { text-align: right; font-variant-numeric: tabular-nums; font-weight: 600; white-space: nowrap; }
.track { background: var(--track); border-radius: 5px; height: 16px; overflow: hidden; }
.fill { display: block; height: 100%; border-radius: 5px; }
.fill.first { background: var(--first); }
.fill.second { background: var(--second); }
.figure .remark { margin-top: 10px; }

.notes { margin-top: 14px; padding: 2px 0 2px 16px; border-left: 4px solid var(--second); }
.notes p { margin: 4px 0; max-width: 60rem; }
nav { display: flex; flex-wrap: wrap; gap: 4px 22px; margin-top: 22px; }
nav a { color: var(--first); text-underline-offset: 3px; padding: 4px 0; }

.controls { position: sticky; top: 0; z-index: 2; display: flex; flex-wrap: wrap; gap: 10px 24px; align-items: center; padding: 10px 0; background: var(--ground); }
.segments { display: inline-flex; border: 1px solid var(--line); border-radius: 10px; overflow: hidden; background: var(--card); }
.segments button { border: 0; background: none; padding: 8px 18px; cursor: pointer; }
.segments button + button { border-left: 1px solid var(--line); }
.segments button[aria-pressed="true"] { background: var(--ink); color: var(--card); font-weight: 600; }
.segments button:focus-visible { outline-offset: -4px; }
.slider { display: inline-flex; align-items: center; gap: 8px; font-size: .93rem; }
.slider input { width: 120px; accent-color: var(--ink); }
.slider output { font-variant-numeric: tabular-nums; min-width: 2.4em; }
.hint { color: var(--soft); font-size: .88rem; }
kbd { border: 1px solid var(--line); border-bottom-width: 2px; border-radius: 5px; padding: 0 6px; font: inherit; background: var(--card); }
.gallery { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 500px), 1fr)); gap: 22px 18px; margin-top: 6px; align-items: start; }
.picture { margin: 0; }
.frame { position: relative; display: block; width: 100%; aspect-ratio: 4 / 3; padding: 0; border: 0; border-radius: 10px; overflow: hidden; background: var(--track); cursor: pointer; line-height: 0; }
.frame img { width: 100%; height: 100%; object-fit: contain; display: block; }
.frame svg { position: absolute; inset: 0; width: 100%; height: 100%; }
.layer rect { fill: none; pointer-events: all; stroke-width: calc(var(--unit) * .17); }
.layer text { font: 600 var(--unit)/1 system-ui, "DejaVu Sans", sans-serif; fill: #fff; paint-order: stroke; stroke-width: calc(var(--unit) * .28); stroke-linejoin: round; }
.layer.first rect { stroke: #5b93ff; }
.layer.first text { stroke: #123a8c; }
.layer.second rect { stroke: #ff8a2b; }
.layer.second text { stroke: #8a3a00; }
.box.lost rect, .box.new rect { stroke-width: calc(var(--unit) * .3); stroke-dasharray: calc(var(--unit) * .7) calc(var(--unit) * .4); }
.gallery[data-show="first"] .picture:not([data-flip]) .layer.second, .gallery[data-show="second"] .picture:not([data-flip]) .layer.first,
.picture[data-flip="first"] .layer.second, .picture[data-flip="second"] .layer.first { display: none; }
.gallery[data-show="both"] .picture:not([data-flip]) .layer.first .box:not(.lost) text { display: none; }
.badge { position: absolute; left: 10px; bottom: 10px; padding: 3px 10px; border-radius: 99px; font-size: .82rem; font-weight: 600; line-height: 1.4; color: #fff; }
.badge.first { background: #123a8c; }
.badge.second { background: #8a3a00; }
.gallery[data-show="first"] .picture:not([data-flip]) .badge.second, .gallery[data-show="second"] .picture:not([data-flip]) .badge.first,
.picture[data-flip="first"] .badge.second, .picture[data-flip="second"] .badge.first { display: none; }
.gallery[data-show="both"] .picture:not([data-flip]) .badge.second { left: auto; right: 10px; }
figcaption { display: flex; flex-wrap: wrap; gap: 5px 8px; align-items: baseline; margin-top: 7px; font-size: .88rem; }
figcaption .name { font-weight: 600; overflow-wrap: anywhere; }
.tag { border: 1px solid var(--line); border-radius: 99px; padding: 0 9px; color: var(--soft); overflow-wrap: anywhere; }
.tag.lost { color: var(--first); border-color: currentColor; }
.tag.new { color: var(--second); border-color: currentColor; }
.credit { flex-basis: 100%; color: var(--soft); font-size: .8rem; overflow-wrap: anywhere; }

.scroll { overflow-x: auto; }
table { width: 100%; border-collapse: collapse; font-variant-numeric: tabular-nums; }
th, td { padding: 7px 10px; text-align: right; border-top: 1px solid var(--line); white-space: nowrap; }
thead th { border-top: 0; color: var(--soft); font-weight: 600; font-size: .88rem; }
th:first-child { text-align: left; padding-left: 0; white-space: normal; }
td:last-child, th:last-child { padding-right: 0; }
tbody th { font-weight: 600; overflow-wrap: break-word; }
.meaning { font-weight: 400; color: var(--soft); font-size: .88rem; margin-left: 6px; }
.up { color: var(--good); }
.down { color: var(--bad); }
#accuracy .card, #latency .card { margin-top: 12px; }
.classes td.plot, .classes th.plot { width: 40%; }
.classes thead button { border: 0; background: none; padding: 2px 0; font-weight: 600; cursor: pointer; white-space: nowrap; }
.classes th[aria-sort="ascending"] button::after { content: " \25B2"; }
.classes th[aria-sort="descending"] button::after { content: " \25BC"; }
.scale { position: relative; display: flex; justify-content: space-between; font-weight: 400; }
.scale i { font-style: normal; }
.dumbbell { position: relative; display: block; height: 14px; background: linear-gradient(var(--track), var(--track)) center/100% 2px no-repeat; }
.dumbbell i { position: absolute; top: 50%; }
.rod { height: 4px; margin-top: -2px; background: var(--soft); }
.dot { width: 12px; height: 12px; margin: -6px 0 0 -6px; border-radius: 50%; border: 2px solid var(--card); }
.dot.first { background: var(--first); }
.dot.second { background: var(--second); }
.scripted .classes.short .extra { display: none; }
.more { display: none; margin-top: 12px; padding: 8px 18px; border: 1px solid var(--line); border-radius: 10px; background: var(--card); cursor: pointer; }
.scripted .more { display: inline-block; }

.histogram h3 { font-size: .95rem; display: flex; gap: 8px; align-items: center; margin: 6px 0; }
.key { width: 12px; height: 12px; border-radius: 3px; background: var(--first); }
.key.second { background: var(--second); }
.plot-area { position: relative; height: 104px; border-bottom: 1px solid var(--soft); margin-top: 20px; }
.plot-area svg { width: 100%; height: 100%; display: block; }
.plot-area path.first { fill: var(--first); }
.plot-area path.second { fill: var(--second); }
.marker { position: absolute; top: 0; bottom: 0; border-left: 2px solid var(--ink); }
.marker i { position: absolute; bottom: 100%; left: 0; transform: translateX(-50%); font-style: normal; font-size: .78rem; color: var(--soft); }
.marker.p90, .marker.p99 { border-left: 1px dashed var(--soft); }
.ticks { position: relative; height: 1.6em; margin: 4px 0 8px; font-size: .78rem; color: var(--soft); font-variant-numeric: tabular-nums; }
.ticks span { position: absolute; transform: translateX(-50%); white-space: nowrap; }
.ticks span:first-child { transform: none; }
.ticks span:last-child { transform: translateX(-100%); }

.fact-grid { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 460px), 1fr)); gap: 14px; margin-top: 12px; align-items: start; }
.facts { margin: 0 !important; }
.facts h3 { font-size: 1rem; margin-bottom: 6px; }
dl { margin: 0; font-size: .9rem; }
dl div { display: grid; grid-template-columns: minmax(7.5em, 30%) 1fr; gap: 12px; padding: 5px 0; border-top: 1px solid var(--line); }
dt { color: var(--soft); }
dd { margin: 0; overflow-wrap: anywhere; }

@media (max-width: 640px) {
  main { padding: 14px 14px 48px; }
  section { margin-top: 44px; }
  .verdict { padding: 16px; }
  .sentence { gap: 12px; }
  .sentence svg { width: 34px; height: 34px; }
  .card { padding: 14px; }
  .figures { gap: 10px; }
  .figure { padding: 12px 14px; }
  .big { font-size: 1.9rem; margin: 0 0 6px; }
  .bar { margin: 3px 0; }
  .figure .remark { margin-top: 6px; }
  .layer text { font-size: calc(var(--unit) * 1.25); }
  .hint { display: none; }
  .meaning { display: block; margin: 0; }
  table { font-size: .92rem; }
  th, td { padding: 7px 5px; }
  .classes .plot, .classes .objects, .ticks span:nth-child(even) { display: none; }
}
@media print {
  .controls, nav, .more { display: none; }
  .scripted .classes.short .extra { display: table-row; }
  .picture, .card { break-inside: avoid; }
}
)css";
}

}  // namespace octet::report
