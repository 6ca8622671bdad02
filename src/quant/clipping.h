#pragma once

#include "quant/channel_histogram.h"

namespace octet::quant {

// The range of one channel from its extremes, which zero lies between, and what was counted of it: each end moves inwards to where the
// squared error is least that a depthwise convolution makes of values that are cut off and of those that are rounded to 255 steps. A
// value's rounding error is at most the value itself, so that the zeros of a ReLU do not ask for small steps. A channel of which nothing
// was counted keeps its extremes.
struct ChannelRange {
  double low = 0, high = 0;
};
ChannelRange clipped_range(const ChannelRange& extremes, const ChannelHistogram& counted, std::size_t channel);

}  // namespace octet::quant
