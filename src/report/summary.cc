// What a reader sees first, and how it was made: verdict, headline figures, notes, facts.
#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "report/html.h"
#include "report/views.h"

namespace octet::report {
namespace {

// Below these, the numbers are no benchmark.
constexpr std::int64_t kDemonstration = 100, kSmallSample = 1000;

// Class and shape of the mark beside the sentence, by Outcome.
constexpr std::pair<const char*, const char*> kOutcomes[] = {
    {"ship", "M9 17l5 5L24 11"}, {"stop", "M10.5 10.5l11 11M21.5 10.5l-11 11"}, {"unknown", "M9 16h14"}};

std::string subject(const ReportInput& input) {
  std::string text;
  if (input.images > 0) text += " on " + count_of(input.images, "picture", "pictures");
  if (!input.data_name.empty()) text += " of " + input.data_name;
  return text;
}

// One quantity before and after: the bars are as long as their values.
struct Pair {
  double first = 0, second = 0;
  std::string first_text, second_text;
};

Json bar(const std::string& label, const char* kind, double value, double longest, const std::string& text) {
  const double width = longest > 0 ? std::clamp(100 * value / longest, 0.5, 100.0) : 0;
  return {{"label", label}, {"kind", kind}, {"width", fmt::format("{:.2f}", width)}, {"value", text}};
}

Json card(const ReportInput& input, const char* title, const std::string& figure, const char* unit, const Pair& pair,
          const std::string& remark) {
  const double longest = std::max(pair.first, pair.second);
  const Json bars = {bar(input.first.label, "first", pair.first, longest, pair.first_text),
                     bar(input.second.label, "second", pair.second, longest, pair.second_text)};
  return {{"title", title}, {"figure", figure}, {"unit", unit}, {"bars", bars}, {"remark", remark}};
}

// "0.4 points gained to 1.1 lost".
std::string interval_words(const std::pair<double, double>& drop) {
  const auto words = [](double points) { return fmt::format("{:.1f} {}", std::abs(points), points < 0 ? "gained" : "lost"); };
  return fmt::format("95 % interval over the pictures: {} to {}.", words(100 * drop.first), words(100 * drop.second));
}

Json accuracy_card(const ReportInput& input) {
  const double before = (*input.first.coco)[0], after = (*input.second.coco)[0];
  return card(input, "Accuracy", signed_points(before, after, 1), "points of AP", {before, after, percent(before, 1), percent(after, 1)},
              input.drop_interval ? interval_words(*input.drop_interval) : "COCO AP, mean over IoU 0.50 to 0.95.");
}

Json fidelity_card(const ReportInput& input) {
  const std::string fidelity = percent(*input.fidelity, 1);
  return card(input, "Fidelity", fidelity, "AP", {1, *input.fidelity, "100.0", fidelity},
              "Where the boxes of " + input.first.label + " are the truth; there are no annotations.");
}

// How far the figure can be trusted: a wide range says that something else ran on the machine.
std::string speed_remark(const ReportInput& input) {
  if (!input.speedup_range) return "Median time of one picture; shorter is better.";
  return fmt::format("Median time of one picture; eight of ten rounds in turn have {:.2f} to {:.2f} times the speed.",
                     input.speedup_range->first, input.speedup_range->second);
}

Json speed_card(const ReportInput& input, double ratio) {
  const double before = input.first.latency->median_ms, after = input.second.latency->median_ms;
  return card(input, "Speed", times(std::max(ratio, 1 / ratio)), ratio >= 1 ? "faster" : "slower",
              {before, after, milliseconds(before), milliseconds(after)}, speed_remark(input));
}

Json size_card(const ReportInput& input, double ratio) {
  const std::int64_t before = input.first.size_bytes, after = input.second.size_bytes;
  return card(input, "Size", times(std::max(ratio, 1 / ratio)), ratio >= 1 ? "smaller" : "larger",
              {static_cast<double>(before), static_cast<double>(after), megabytes(before), megabytes(after)},
              "On disk; shorter is better.");
}

std::string size_note(std::int64_t images) {
  const std::string pictures = count_of(images, "picture is", "pictures are");
  if (images < kDemonstration)
    return pictures +
           " a demonstration, not a benchmark: the two models are compared on the same pictures, but neither number "
           "says how good the model is elsewhere.";
  return pictures + " a small sample: good for comparing the two models, too few to rank them among others.";
}

}  // namespace

Json verdict_view(const ReportInput& input, const Verdict& verdict) {
  const auto& [name, mark] = kOutcomes[static_cast<int>(verdict.outcome)];
  Json checks = Json::array();
  for (const Check& check : verdict.checks)
    checks.push_back({{"kind", check.passed ? "good" : "bad"},
                      {"sign", check.passed ? "✓" : "✕"},
                      {"name", check.name},
                      {"measured", check.measured},
                      {"limit", check.limit},
                      {"is_met", check.passed ? "met" : "not met"}});
  return {{"outcome", name},          {"mark", mark},    {"subject", subject(input)}, {"sentence", verdict.sentence},
          {"asked", !checks.empty()}, {"checks", checks}};
}

Json headline_view(const ReportInput& input) {
  Json cards = Json::array();
  if (drop_points(input))
    cards.push_back(accuracy_card(input));
  else if (input.fidelity && is_defined(*input.fidelity))
    cards.push_back(fidelity_card(input));
  if (const auto ratio = speedup(input)) cards.push_back(speed_card(input, *ratio));
  if (const auto ratio = shrinkage(input)) cards.push_back(size_card(input, *ratio));
  return cards.empty() ? Json() : Json{{"cards", cards}};
}

Json notes_view(const ReportInput& input) {
  Json notes = Json::array();
  if (input.images > 0 && input.images < kSmallSample) notes.push_back(size_note(input.images));
  if (input.skipped_images > 0)
    notes.push_back(count_of(input.skipped_images, "picture", "pictures") + " could not be read and had to be skipped.");
  return notes.empty() ? Json() : Json{{"notes", notes}};
}

Json facts_view(const ReportInput& input) {
  Json groups = Json::array();
  for (const ReportFacts& group : input.facts) {
    Json facts = Json::array();
    for (const auto& [key, value] : group.rows) facts.push_back({{"key", key}, {"value", value}});
    groups.push_back({{"title", group.title}, {"facts", facts}});
  }
  return groups.empty() ? Json() : Json{{"groups", groups}};
}

}  // namespace octet::report
