#include "report/verdict.h"

#include <cmath>

#include <fmt/format.h>

#include "report/html.h"

namespace octet::report {
namespace {

std::string join(const std::vector<std::string>& parts) {
  std::string text;
  for (const std::string& part : parts) text += (text.empty() ? "" : ", ") + part;
  return text;
}

// A measured value beside its limit must not look as if it met it: one more decimal where rounding hides the difference.
std::string figure(double value, double limit, int decimals) {
  const std::string text = fmt::format("{:.{}f}", value, decimals);
  return text == fmt::format("{:.{}f}", limit, decimals) && value != limit ? fmt::format("{:.{}f}", value, decimals + 2) : text;
}

struct Judged {
  Check check;
  std::string failure;  // as a part of a sentence
};

Judged judge_drop(double drop, const ReportRequirements& wanted) {
  const double limit = wanted.max_drop_points.value_or(kDefaultMaxDropPoints);
  const std::string measured = figure(drop, limit, 1);
  const std::string shown = measured.starts_with('-') ? "\u2212" + measured.substr(1) : measured;
  return {{"Accuracy drop", shown + " points", fmt::format("at most {:.1f}", limit), drop <= limit},
          fmt::format("it loses {} points of AP where {:.1f} are allowed", measured, limit)};
}

Judged judge_fidelity(double fidelity_points, const ReportRequirements& wanted) {
  const double limit = wanted.min_fidelity_points.value_or(kDefaultMinFidelityPoints);
  const std::string measured = figure(fidelity_points, limit, 1);
  return {{"Fidelity", measured, fmt::format("at least {:.1f}", limit), fidelity_points >= limit},
          fmt::format("its fidelity is {} where {:.1f} is asked", measured, limit)};
}

Judged judge_speed(double ratio, const ReportRequirements& wanted) {
  const double limit = wanted.min_speedup.value_or(kDefaultMinSpeedup);
  const std::string measured = figure(ratio, limit, 2);
  return {{"Speed", measured + "×", fmt::format("at least {:.2f}×", limit), ratio >= limit},
          fmt::format("it runs at {}× the speed where {:.2f}× is asked", measured, limit)};
}

std::string accuracy_words(double drop) {
  const std::string size = fmt::format("{:.1f}", std::abs(drop));
  if (size == "0.0") return "no AP lost";
  return drop > 0 ? size + " points of AP lost" : size + " points of AP gained";
}

std::string ratio_words(double ratio, const char* more, const char* less) {
  const double size = ratio >= 1 ? ratio : 1 / ratio;
  if (fmt::format("{:.2f}", size) == "1.00") return fmt::format("no {}", more);
  return fmt::format("{:.{}f}× {}", size, size < 1.095 ? 2 : 1, ratio >= 1 ? more : less);
}

std::vector<std::string> gains(const ReportInput& input) {
  std::vector<std::string> parts;
  if (const auto drop = drop_points(input))
    parts.push_back(accuracy_words(*drop));
  else if (input.fidelity && is_defined(*input.fidelity))
    parts.push_back("fidelity " + percent(*input.fidelity, 1));
  if (const auto ratio = speedup(input)) parts.push_back(ratio_words(*ratio, "faster", "slower"));
  if (const auto ratio = shrinkage(input)) parts.push_back(ratio_words(*ratio, "smaller", "larger"));
  return parts;
}

std::vector<Judged> judge_each(const ReportInput& input) {
  std::vector<Judged> judged;
  if (const auto drop = drop_points(input)) judged.push_back(judge_drop(*drop, input.requirements));
  if (input.fidelity && is_defined(*input.fidelity)) judged.push_back(judge_fidelity(100 * *input.fidelity, input.requirements));
  if (const auto ratio = speedup(input)) judged.push_back(judge_speed(*ratio, input.requirements));
  return judged;
}

// Requirements that the user stated and nothing was measured for.
std::vector<std::string> unmeasured(const ReportInput& input) {
  std::vector<std::string> names;
  if (input.requirements.max_drop_points && !drop_points(input)) names.push_back("accuracy was not measured");
  if (input.requirements.min_fidelity_points && !(input.fidelity && is_defined(*input.fidelity)))
    names.push_back("fidelity was not measured");
  if (input.requirements.min_speedup && !speedup(input)) names.push_back("speed was not measured");
  return names;
}

}  // namespace

std::optional<double> drop_points(const ReportInput& input) {
  const auto &before = input.first.coco, &after = input.second.coco;
  if (!before || !after || !is_defined((*before)[0]) || !is_defined((*after)[0])) return std::nullopt;
  return 100 * ((*before)[0] - (*after)[0]);
}

std::optional<double> speedup(const ReportInput& input) {
  const auto &before = input.first.latency, &after = input.second.latency;
  if (!before || !after || before->median_ms <= 0 || after->median_ms <= 0) return std::nullopt;
  return before->median_ms / after->median_ms;
}

std::optional<double> shrinkage(const ReportInput& input) {
  if (input.first.size_bytes <= 0 || input.second.size_bytes <= 0) return std::nullopt;
  return static_cast<double>(input.first.size_bytes) / static_cast<double>(input.second.size_bytes);
}

Verdict judge(const ReportInput& input) {
  Verdict verdict;
  std::vector<std::string> failures = unmeasured(input);
  for (Judged& one : judge_each(input)) {
    if (!one.check.passed) failures.push_back(one.failure);
    verdict.checks.push_back(std::move(one.check));
  }
  const std::string& label = input.second.label;
  if (!failures.empty()) {
    verdict.outcome = Outcome::kDoNotShip;
    verdict.sentence = fmt::format("Do not ship the {} model: {}.", label, join(failures));
  } else if (verdict.checks.empty()) {
    verdict.sentence = fmt::format("Nothing was measured that could tell whether to ship the {} model.", label);
  } else {
    verdict.outcome = Outcome::kShip;
    verdict.sentence = fmt::format("Ship the {} model: {}.", label, join(gains(input)));
  }
  return verdict;
}

}  // namespace octet::report
