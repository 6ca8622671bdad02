#pragma once

#include <cstddef>

#include "quant/calibrate.h"
#include "runtime/graph_for_test.h"

// The network that tests of the quantizer calibrate.
namespace octet::quant_test {

inline const Shape kImage{1, 3, 12, 12};

// A depthwise convolution of eight channels.
inline Value deep(runtime_test::SmallGraph& g, Value data) {
  const Value weights = g.graph.emit_constant(runtime_test::numbers({8, 1, 1, 3, 3}, 5));
  return g.graph.emit(GroupConvolution{{1, 1}, {1, 1}, {{1, 1}, {1, 1}}}, {data, weights}, "deep");
}

// Scale, two convolutions (one depthwise), a shortcut: what the head of the network reads.
inline Value small_body(runtime_test::SmallGraph& g) {
  const Value scaled =
      g.graph.emit(Binary{BinaryKind::kMultiply}, {g.input(kImage), g.graph.emit_constant(Tensor::scalar(1 / 127.5f))}, "scale");
  const Value a = g.relu(g.bias(g.conv(scaled, 8, "first"), "first_bias"), "a");
  return g.add(a, g.relu(g.bias(deep(g, a), "deep_bias"), "b"));
}

inline void small_head(runtime_test::SmallGraph& g, Value body) { g.output(g.bias(g.conv(body, 5, "head"), "head_bias")); }

inline quant::CalibrationImages pictures(std::size_t count, Tensor (*picture)(std::size_t index)) {
  return {count, [picture](std::size_t index) -> Result<Tensor> { return picture(index); }};
}

}  // namespace octet::quant_test
