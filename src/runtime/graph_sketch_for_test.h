#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <map>
#include <random>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include <rapidcheck.h>

#include "graph/evaluate.h"
#include "graph/graph.h"

namespace octet::runtime_test {

inline int pick(int low, int high) { return *rc::gen::resize(100, rc::gen::inRange(low, high + 1)); }
inline bool chance(int percent) { return pick(1, 100) > 100 - percent; }

inline float largest_magnitude(const Tensor& tensor) {
  float largest = 0;
  for (const float value : to_vector<float>(tensor))
    if (value != std::numeric_limits<float>::lowest()) largest = std::max(largest, std::fabs(value));  // what an empty MaxPool window gives
  return largest;
}

// A network under construction: nodes are computed by their specification as they are added, so that values can be kept small and
// limits of quantizations can fit them.
class GraphSketch {
 public:
  enum class Kind { kFloat, kQuantized };

  Graph graph;
  std::vector<Tensor> inputs;
  std::map<Value, Tensor> values;
  std::set<std::string> integer_steps;  // convolutions and products of quantized data with integers
  bool sums_floats = false;             // so that levels may differ in rounding

  float magnitude() const {
    float largest = 0;
    for (const auto& [value, tensor] : values)
      if (tensor.type() == ElementType::kF32) largest = std::max(largest, largest_magnitude(tensor));
    return largest;
  }

 protected:
  explicit GraphSketch(Kind kind) : kind_(kind), random_(*rc::gen::arbitrary<std::uint32_t>()) {}

  static constexpr float kLargest = 10;

  static bool is_small(const Tensor& tensor) {
    return std::ranges::all_of(to_vector<float>(tensor), [](float value) { return std::fabs(value) <= kLargest; });
  }

  struct Limits {
    Tensor low, high;
  };

  // Nodes and their values.

  std::vector<Value> add(Op op, std::vector<Value> from) {
    auto id = graph.add(std::move(op), from);
    if (!id.ok()) RC_FAIL(id.error().message);
    const Node& node = graph.node(*id);
    std::vector<Tensor> arguments;
    for (const Value value : from) arguments.push_back(values.at(value));
    auto results = evaluate(node.op, arguments, node.outputs);
    std::vector<Value> made;
    for (std::uint32_t port = 0; port < results.size(); ++port) {
      made.push_back({*id, port});
      values[made.back()] = std::move(results[port]);
    }
    return made;
  }

  // A node whose result later ones may read.
  Value make(Op op, std::vector<Value> from) {
    for (Value value : add(std::move(op), std::move(from))) {
      if (!is_small(values.at(value))) value = add(Clamp{-kLargest, kLargest}, {value})[0];
      (graph.shape(value).size() == 4 ? images_ : others_).push_back(value);
    }
    return images_.empty() ? others_.back() : images_.back();
  }

  Value constant(Tensor tensor) {
    const Value value = graph.emit_constant(tensor);
    values[value] = std::move(tensor);
    return value;
  }
  Value integers(const std::vector<std::int64_t>& list) { return constant(Tensor::of({static_cast<std::int64_t>(list.size())}, list)); }
  Value number(std::int64_t value) { return constant(Tensor::scalar(value)); }

  float real(float low, float high) { return std::uniform_real_distribution<float>(low, high)(random_); }
  Tensor reals(Shape shape, float low, float high) {
    Tensor tensor(ElementType::kF32, std::move(shape));
    for (float& value : tensor.mutable_values<float>()) value = real(low, high);
    return tensor;
  }

  Value image() {
    const int size = static_cast<int>(images_.size());
    return images_[static_cast<std::size_t>(chance(60) ? pick(std::max(0, size - 3), size - 1) : pick(0, size - 1))];
  }

  std::vector<Value> images_like(Value first, bool any_channels) {
    std::vector<Value> alike;
    for (const Value value : images_) {
      const Shape &a = graph.shape(value), &b = graph.shape(first);
      if (a[0] == b[0] && a[2] == b[2] && a[3] == b[3] && (any_channels || a[1] == b[1])) alike.push_back(value);
    }
    return alike;
  }

  Value one_of(const std::vector<Value>& list) { return list[static_cast<std::size_t>(pick(0, static_cast<int>(list.size()) - 1))]; }

  // Quantization.

  Limits limits_for(Value value, bool per_channel) {
    const Shape& shape = graph.shape(value);
    const auto count = static_cast<std::size_t>(per_channel ? shape[1] : 1);
    std::vector<float> low(count), high(count);
    const auto all = to_vector<float>(values.at(value));
    const double lowest = std::min(0.0f, *std::min_element(all.begin(), all.end())), highest = *std::max_element(all.begin(), all.end());
    for (std::size_t c = 0; c < count; ++c) {
      const double spread = static_cast<double>(real(0.6f, 1.2f)), from = lowest * spread, to = std::max(from + 0.1, highest * spread);
      const double scale = (to - from) / 255, zero = std::clamp(std::nearbyint(-from / scale), 0.0, 255.0);
      low[c] = static_cast<float>(-zero * scale);
      high[c] = static_cast<float>((255 - zero) * scale);
    }
    const Shape form{1, static_cast<std::int64_t>(count), 1, 1};
    return {Tensor::of<float>(form, low), Tensor::of<float>(form, high)};
  }

  Value quantize(Value value, const Limits& limits, std::int64_t levels = 256) {
    const Value low = constant(limits.low), high = constant(limits.high);
    return add(FakeQuantize{levels}, {value, low, high, low, high})[0];
  }

  // One quantized form of a value may serve several readers, and several may have the same limits.
  Value quantized(Value value, bool per_channel) {
    auto& forms = forms_[value];
    if (!forms.empty() && chance(60)) {
      const Value form = one_of(forms);
      if (chance(50)) return form;
      const Node& node = graph.node(form);
      forms.push_back(quantize(value, {values.at(node.inputs[1]), values.at(node.inputs[2])}));
    } else {
      forms.push_back(quantize(value, limits_for(value, per_channel)));
    }
    return forms.back();
  }

  // What an operation reads: the value, or in a quantized network often a quantized form of it.
  Value operand(Value value, int percent = 50, bool per_channel = false) {
    if (kind_ == Kind::kFloat || !chance(percent)) return value;
    switch (pick(0, 19)) {
      case 0:
        return quantize(value, limits_for(value, false), 255);
      case 1: {
        const Limits in = limits_for(value, false), out = limits_for(value, false);
        return add(FakeQuantize{256}, {value, constant(in.low), constant(in.high), constant(out.low), constant(out.high)})[0];
      }
      case 2:
        return quantized(value, true);
      default:
        return quantized(value, per_channel);
    }
  }

  bool is_u8(Value value, bool channels_may_differ) const {
    const auto* op = std::get_if<FakeQuantize>(&graph.node(value).op);
    const auto& from = graph.node(value).inputs;
    return op && op->levels == 256 && from[1] == from[3] && from[2] == from[4] && (channels_may_differ || values.at(from[1]).size() == 1);
  }

  Kind kind_;
  std::mt19937 random_;
  std::int64_t batch_ = 1;
  std::vector<Value> images_, others_;

 private:
  std::map<Value, std::vector<Value>> forms_;
};

}  // namespace octet::runtime_test
