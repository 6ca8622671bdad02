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

// A judgement in words.
struct Described {
  Check check;
  std::string failure;  // as a part of a sentence
};

Described describe_drop(double drop, double limit) {
  const std::string measured = figure(drop, limit, 1);
  const std::string shown = measured.starts_with('-') ? "\u2212" + measured.substr(1) : measured;
  return {{"Accuracy drop", shown + " points", fmt::format("at most {:.1f}", limit)},
          fmt::format("it loses {} points of AP where {:.1f} are allowed", measured, limit)};
}

Described describe_fidelity(double fidelity_points, double limit) {
  const std::string measured = figure(fidelity_points, limit, 1);
  return {{"Fidelity", measured, fmt::format("at least {:.1f}", limit)},
          fmt::format("its fidelity is {} where {:.1f} is asked", measured, limit)};
}

Described describe_speed(double ratio, double limit) {
  const std::string measured = figure(ratio, limit, 2);
  return {{"Speed", measured + "×", fmt::format("at least {:.2f}×", limit)},
          fmt::format("it runs at {}× the speed where {:.2f}× is asked", measured, limit)};
}

Described describe(const Judgement& judged) {
  switch (judged.quantity) {
    case Quantity::kDrop:
      return describe_drop(*judged.figure, judged.bound);
    case Quantity::kFidelity:
      return describe_fidelity(*judged.figure, judged.bound);
    case Quantity::kSpeedup:
      break;
  }
  return describe_speed(*judged.figure, judged.bound);
}

const char* unmeasured(Quantity quantity) {
  switch (quantity) {
    case Quantity::kDrop:
      return "accuracy was not measured";
    case Quantity::kFidelity:
      return "fidelity was not measured";
    case Quantity::kSpeedup:
      break;
  }
  return "speed was not measured";
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

std::optional<double> ap_drop(const ReportInput& input) {
  const auto &before = input.first.coco, &after = input.second.coco;
  if (!before || !after || !is_defined((*before)[0]) || !is_defined((*after)[0])) return std::nullopt;
  return (*before)[0] - (*after)[0];
}

}  // namespace

std::optional<double> drop_points(const ReportInput& input) {
  const auto drop = ap_drop(input);
  return drop ? std::optional(100 * *drop) : std::nullopt;
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
  std::vector<std::string> failures;
  const Measured measured{ap_drop(input), input.fidelity, speedup(input)};
  for (const Judgement& judged : judge_each(with_defaults(input.requirements, measured), measured)) {
    if (!judged.figure) {
      failures.push_back(unmeasured(judged.quantity));
      continue;
    }
    Described described = describe(judged);
    described.check.passed = judged.is_met;
    if (!judged.is_met) failures.push_back(described.failure);
    verdict.checks.push_back(std::move(described.check));
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
