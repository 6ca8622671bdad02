#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <type_traits>
#include <vector>

#include "base/check.h"
#include "kernels/activation/with_kind.h"
#include "kernels/requantize.h"

namespace octet::kernels {

// What there is between a sum and its limits, where that is little enough to be done in the registers of the sum. kNo: more.
enum class Brief : std::uint8_t { kNo, kPlain, kLeaky, kScaled };
inline constexpr int kBriefs = 3;  // but kNo

// A Requantization made ready for vectors: every array is there, and padded so that kPadding channels may be loaded
// from any channel on. Padded channels give 0.
struct RequantizationTable {
  static constexpr std::size_t kPadding = 64;

  std::vector<float> multiplier, offset;
  std::vector<float> inv_scale;        // ones if there was none
  std::vector<float> lowest, highest;  // limits of the real result before it is rounded
  std::vector<std::int32_t> zero_point;
  Activation activation;
  bool to_u8 = true;
  // Neither an activation nor a scale between the fma and the limits.
  bool plain = false;
  // Whatever the sum, the value to be rounded is a number that fits into 32 bits: rounding may come first and the limits then be applied
  // to integers, where packing does it at no cost. Limits that are not those of u8 come with no activation.
  bool round_first = false;
  // Of these: plain ones, leaky ones without a scale whose leak is 0..1, and those of a scale without an activation.
  Brief brief = Brief::kNo;

  RequantizationTable() = default;
  explicit RequantizationTable(const Requantization& from) : activation(from.activation), to_u8(from.to_u8) {
    const std::size_t channels = from.multiplier.size();
    OCTET_CHECK(from.offset.size() == channels, "requantization: as many offsets as multipliers");
    OCTET_CHECK(!to_u8 || from.zero_point.size() == channels, "requantization: as many zero points as multipliers");
    OCTET_CHECK(from.inv_scale.empty() || from.inv_scale.size() == channels, "requantization: as many scales as multipliers");
    multiplier = padded(from.multiplier, 0.0f);
    offset = padded(from.offset, 0.0f);
    if (!to_u8) return;
    inv_scale = from.inv_scale.empty() ? std::vector<float>(channels + kPadding, 1.0f) : padded(from.inv_scale, 1.0f);
    for (const std::int16_t z : from.zero_point) {
      lowest.push_back(-static_cast<float>(z));
      highest.push_back(255.0f - static_cast<float>(z));
      zero_point.push_back(z);
    }
    lowest = padded(lowest, 0.0f);
    highest = padded(highest, 0.0f);
    zero_point.resize(channels + kPadding, 0);
    if (const auto limits = limits_of(activation)) merge(*limits);
    plain = activation.kind == Activation::Kind::kNone && from.inv_scale.empty();
    round_first = reals_fit();
    if (round_first) brief = brevity(!from.inv_scale.empty());
  }

 private:
  static std::vector<float> padded(std::vector<float> values, float fill) {
    values.resize(values.size() + kPadding, fill);
    return values;
  }

  // A clamping activation and the limits of u8 are one pair of limits, also behind a scale, since a product with a positive number,
  // rounded, keeps the order of its arguments. Not where a NaN can come: that becomes 0 whatever the activation clamps to.
  void merge(const Limits& limits) {
    const auto finite = [](float x) { return std::isfinite(x); };
    const auto positive = [](float x) { return std::isfinite(x) && x > 0; };
    if (!(limits.lowest <= limits.highest) || !std::all_of(multiplier.begin(), multiplier.end(), finite) ||
        !std::all_of(offset.begin(), offset.end(), finite) || !std::all_of(inv_scale.begin(), inv_scale.end(), positive))
      return;
    for (std::size_t c = 0; c < lowest.size(); ++c) {
      const auto limited = [&](float x) { return std::min(std::max(x * inv_scale[c], lowest[c]), highest[c]); };
      const float merged_lowest = limited(limits.lowest), merged_highest = limited(limits.highest);
      lowest[c] = merged_lowest;
      highest[c] = merged_highest;
    }
    activation.kind = Activation::Kind::kNone;
  }

  Brief brevity(bool is_scaled) const {
    if (plain) return Brief::kPlain;
    if (activation.kind == Activation::Kind::kNone) return Brief::kScaled;
    return is_shrinking_leak() && !is_scaled ? Brief::kLeaky : Brief::kNo;
  }

  bool is_shrinking_leak() const { return activation.kind == Activation::Kind::kLeaky && activation.a >= 0 && activation.a <= 1; }

  // The activations that make nothing larger than its argument, or than 1, of every number.
  bool shrinks() const {
    using Kind = Activation::Kind;
    switch (activation.kind) {
      case Kind::kNone:
      case Kind::kRelu:
      case Kind::kMish:
      case Kind::kSwish:
      case Kind::kSigmoid:
      case Kind::kTanh:
      case Kind::kHSwish:
      case Kind::kHSigmoid:
        return true;
      case Kind::kHardSigmoid:
        return std::isfinite(activation.a) && std::isfinite(activation.b);
      case Kind::kLeaky:
        return is_shrinking_leak();
      case Kind::kClamp:
      case Kind::kExp:
        return false;
    }
    return false;
  }

  // False for NaN.
  bool reals_fit() const {
    constexpr float kMost = 0x1p30f;
    for (std::size_t c = 0; c < multiplier.size(); ++c) {
      const float most = std::abs(multiplier[c]) * 0x1p31f + std::abs(offset[c]);
      if (!(most <= kMost) || !(std::max(most, 1.0f) * std::abs(inv_scale[c]) <= kMost)) return false;
    }
    return shrinks();
  }
};

// Calls function(std::integral_constant<Brief, brief>()), once, outside of a kernel's loops; `brief` is not kNo.
template <typename Function>
void with_brief(Brief brief, Function&& function) {
  if (brief == Brief::kPlain) return function(std::integral_constant<Brief, Brief::kPlain>());
  if (brief == Brief::kLeaky) return function(std::integral_constant<Brief, Brief::kLeaky>());
  function(std::integral_constant<Brief, Brief::kScaled>());
}

// Calls function(KindConstant<kind>(), std::bool_constant<plain>()), once, outside of a kernel's loops.
template <typename Function>
decltype(auto) with_requantization(const RequantizationTable& table, Function&& function) {
  if (table.plain) return function(KindConstant<Activation::Kind::kNone>(), std::true_type());
  return with_kind(table.activation.kind, [&](auto kind) { return function(kind, std::false_type()); });
}

}  // namespace octet::kernels
