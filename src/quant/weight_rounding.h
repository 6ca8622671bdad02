#pragma once

#include <cstddef>
#include <map>
#include <memory>

#include "graph/graph.h"
#include "quant/calibrate.h"
#include "quant/placement.h"
#include "quant/ranges.h"

namespace octet::quant {

// Weights of convolutions as integers, which the constants of quantized models share.
using RoundedWeights = std::map<NodeId, std::shared_ptr<const WeightQuantization>>;

// The weights of a convolution, each rounded for itself (ranges.h). Where `pair_safe`, those of dense 1x1 layers are as pair_safe.h wants
// them.
WeightQuantization nearest_weights(const Graph& graph, NodeId convolution, bool pair_safe);

// As many images as second_order_weights() takes; with fewer it learns them by heart.
inline constexpr std::size_t kImagesOfSecondOrder = 32;

// Those of the plan's convolutions, with the same scales, rounded together by the covariance of what they multiply in some of the images
// (error_feedback.h). `observers` are of the convolutions' inputs. The same on any number of threads. Errors are those of calibrate().
Result<RoundedWeights> second_order_weights(const Graph& graph, const QuantizationPlan& plan,
                                            const std::map<Value, RangeObserver>& observers, const CalibrationImages& images, int threads,
                                            bool pair_safe);

}  // namespace octet::quant
