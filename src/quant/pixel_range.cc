#include "quant/pixel_range.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "graph/patterns.h"

namespace octet::quant {
namespace {

// One scale or shift on the way from the input: x op constant, or constant op x.
struct Step {
  BinaryKind kind;
  bool constant_first;
  std::vector<double> constant;  // one entry, or one a channel
};

// The step that `value` is, and through `data` what it is applied to.
std::optional<Step> step_of(const Graph& graph, Value value, Value& data) {
  const auto side = constant_side(graph, value);
  const Shape& shape = graph.shape(value);
  if (!side || shape.size() != 4 || !is_per_channel(side->constant->shape(), shape)) return std::nullopt;
  data = side->data;
  return Step{side->kind, side->constant_first(), to_vector<double>(*side->constant)};
}

double apply(const Step& step, double x, double k) {
  switch (step.kind) {
    case BinaryKind::kAdd:
      return x + k;
    case BinaryKind::kSubtract:
      return step.constant_first ? k - x : x - k;
    case BinaryKind::kMultiply:
      return x * k;
    case BinaryKind::kDivide:
      return step.constant_first ? std::numeric_limits<double>::quiet_NaN() : x / k;
    default:
      return std::numeric_limits<double>::quiet_NaN();
  }
}

// False if an end is not finite any more.
bool apply(const Step& step, PixelRange& range) {
  const std::size_t count = std::max(range.low.size(), step.constant.size());
  range.low.resize(count, range.low[0]);
  range.high.resize(count, range.high[0]);
  for (std::size_t i = 0; i < count; ++i) {
    const double k = step.constant[step.constant.size() > 1 ? i : 0];
    const double first = apply(step, range.low[i], k), second = apply(step, range.high[i], k);
    if (!std::isfinite(first) || !std::isfinite(second)) return false;
    range.low[i] = std::min(first, second);
    range.high[i] = std::max(first, second);
  }
  return true;
}

}  // namespace

std::optional<PixelRange> pixel_range(const Graph& graph, Value value) {
  std::vector<Step> steps;
  while (!std::holds_alternative<Parameter>(graph.node(value).op)) {
    auto step = step_of(graph, value, value);
    if (!step) return std::nullopt;
    steps.push_back(std::move(*step));
  }
  PixelRange range;
  for (auto step = steps.rbegin(); step != steps.rend(); ++step)
    if (!apply(*step, range)) return std::nullopt;
  return range;
}

}  // namespace octet::quant
