#include "report/verdict.h"

#include <cmath>

#include <fmt/format.h>

#include "report/html.h"

namespace octet::report {
namespace {

// How a quantity is spoken of. The words take the figure, the limit, or both.
struct Words {
  const char *name, *unmeasured;
  int decimals;
  const char *measured, *limit, *failure;
};
constexpr Words kWords[] = {
    // By Quantity.
    {"Accuracy drop", "accuracy was not measured", 1, "{} points", "at most {}", "it loses {} points of AP where {} are allowed"},
    {"Fidelity", "fidelity was not measured", 1, "{}", "at least {}", "its fidelity is {} where {} is asked"},
    {"Speed", "speed was not measured", 2, "{}×", "at least {}×", "it runs at {}× the speed where {}× is asked"},
    {"Accuracy", "accuracy was not measured", 1, "{}", "at least {}", "its AP is {} where {} is asked"},
    {"Drop, small objects", "there are no small objects", 1, "{} points", "at most {}",
     "it loses {} points of small objects where {} are allowed"},
    {"Drop, medium objects", "there are no medium objects", 1, "{} points", "at most {}",
     "it loses {} points of medium objects where {} are allowed"},
    {"Drop, large objects", "there are no large objects", 1, "{} points", "at most {}",
     "it loses {} points of large objects where {} are allowed"},
    {"Drop, one class", "no class was measured", 1, "{} points", "at most {}", "it loses {} points of one class where {} are allowed"}};

std::string number(double value, int decimals) {
  const std::string text = fmt::format("{:.{}f}", value, decimals);
  return text.starts_with('-') ? "\u2212" + text.substr(1) : text;
}

// A measured value beside its limit must not look as if it met it: two more decimals where rounding hides the difference.
std::string figure(double value, double limit, int decimals) {
  const std::string text = number(value, decimals);
  return text == number(limit, decimals) && value != limit ? number(value, decimals + 2) : text;
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
  const Measured measured{ap_drop(input), input.fidelity, speedup(input),
                          input.second.coco ? std::optional((*input.second.coco)[0]) : std::nullopt, input.drops};
  for (const Judgement& judged : judge_each(with_defaults(input.requirements, measured), measured)) {
    const Words& words = kWords[static_cast<int>(judged.quantity)];
    if (!judged.figure || (judged.confidence && !judged.highest)) {
      failures.push_back(words.unmeasured);
      continue;
    }
    const std::string limit = number(judged.bound, words.decimals), value = figure(*judged.figure, judged.bound, words.decimals);
    std::string shown = fmt::format(fmt::runtime(words.measured), value);
    if (!judged.of.empty()) shown += " (" + judged.of + ")";
    if (judged.highest)
      shown += fmt::format(", at most {} at {:g} %", figure(*judged.highest, judged.bound, words.decimals), 100 * *judged.confidence);
    verdict.checks.push_back({words.name, shown, fmt::format(fmt::runtime(words.limit), limit), judged.is_met});
    if (judged.is_unsure())
      failures.push_back(fmt::format("{} too few to tell that it loses no more than {} points of AP",
                                     input.images == 1 ? std::string("1 picture is") : fmt::format("{} pictures are", input.images),
                                     limit));
    else if (!judged.is_met)
      failures.push_back(fmt::format(fmt::runtime(words.failure), value, limit));
  }
  const std::string& label = input.second.label;
  if (!failures.empty()) {
    verdict.outcome = Outcome::kDoNotShip;
    verdict.sentence = fmt::format("Do not ship the {} model: {}.", label, fmt::join(failures, ", "));
  } else if (verdict.checks.empty()) {
    verdict.sentence = fmt::format("Nothing was measured that could tell whether to ship the {} model.", label);
  } else {
    verdict.outcome = Outcome::kShip;
    verdict.sentence = fmt::format("Ship the {} model: {}.", label, fmt::join(gains(input), ", "));
  }
  return verdict;
}

}  // namespace octet::report
