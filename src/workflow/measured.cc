#include "workflow/measured.h"

#include <algorithm>
#include <memory>

namespace octet {
namespace {

// At a confidence that holds for all classes at once: each is given its share of what may be wrong (Bonferroni).
double highest_class_drop(const ApDrops& drops, double confidence) {
  const double of_each = 1 - (1 - confidence) / static_cast<double>(drops.categories.size());
  double highest = -1;
  for (const PartDrop& category : drops.categories) highest = std::max(highest, category.drop.upper_bound(of_each));
  return highest;
}

std::map<Quantity, DropFigure> drop_figures(const ApDrops& measured) {
  constexpr std::array kOfSizes = {Quantity::kDropSmall, Quantity::kDropMedium, Quantity::kDropLarge};
  const auto drops = std::make_shared<const ApDrops>(measured);
  std::map<Quantity, DropFigure> figures;
  figures[Quantity::kDrop] = {drops->all.drop, [drops](double confidence) { return drops->all.upper_bound(confidence); }};
  for (std::size_t i = 0; i < kOfSizes.size(); ++i)
    if (drops->sizes[i])
      figures[kOfSizes[i]] = {drops->sizes[i]->drop.drop,
                              [drops, i](double confidence) { return drops->sizes[i]->drop.upper_bound(confidence); }};
  const auto worst = std::ranges::max_element(drops->categories, {}, [](const PartDrop& category) { return category.drop.drop; });
  if (worst != drops->categories.end())
    figures[Quantity::kClassDrop] = {worst->drop.drop, [drops](double confidence) { return highest_class_drop(*drops, confidence); },
                                     worst->name};
  return figures;
}

}  // namespace

Measured measured_of(const CheckResult& check, std::optional<double> speedup) {
  return {check.drop, check.fidelity, speedup, check.models.back().numbers.AP,
          check.drops ? drop_figures(*check.drops) : std::map<Quantity, DropFigure>()};
}

Measured measured_of(const MetricCheckResult& check) {
  return {check.drop, check.fidelity, std::nullopt, check.models.back().model.ap,
          check.drops ? drop_figures(*check.drops) : std::map<Quantity, DropFigure>()};
}

}  // namespace octet
