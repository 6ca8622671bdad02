#pragma once

#include <span>
#include <vector>

#include "graph/graph.h"
#include "quant/ranges.h"

namespace octet::quant {

// What rounding the weights of a convolution adds to the mean of each output channel, given the mean of each input channel:
//   shift[o] = sum over i, tap of (w - w_q)[o, i, tap] * mean[i] * share[tap],
// share being the part of the output places at which the tap lies inside the image. Adding it to the bias takes that error away.
// The idea is D.6 of the reference; there the quantized input is a constant image whose value is itself rounded, here the
// inputs keep their means, which leaves out that rounding's error.
std::vector<float> bias_shift(const Graph& graph, NodeId convolution, std::span<const float> weights, const WeightQuantization& quantized,
                              std::span<const double> input_mean);

}  // namespace octet::quant
