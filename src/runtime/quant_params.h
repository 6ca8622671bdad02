#pragma once

#include <cstdint>
#include <vector>

#include "base/result.h"
#include "graph/graph.h"

namespace octet {

// real = (q - zero_point) * scale for u8 values q; one entry for the whole tensor or one a channel (axis 1).
struct QuantParams {
  std::vector<float> scale;
  std::vector<std::uint8_t> zero_point;

  bool per_channel() const { return scale.size() > 1; }
  float scale_of(std::size_t channel) const { return scale[per_channel() ? channel : 0]; }
  std::uint8_t zero_point_of(std::size_t channel) const { return zero_point[per_channel() ? channel : 0]; }
  bool operator==(const QuantParams&) const = default;
};

// The parameters of a FakeQuantize that is an 8-bit quantization: 256 levels, equal input and output limits that hold zero at
// an integer place, one pair of limits for the tensor or one a channel. kUnsupported says what is different in any other;
// those are computed in float.
Result<QuantParams> quant_params_of(const FakeQuantize& op, const Shape& data, const Tensor& in_low, const Tensor& in_high,
                                    const Tensor& out_low, const Tensor& out_high);

}  // namespace octet
