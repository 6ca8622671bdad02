#include "quant/clipping.h"

#include <algorithm>
#include <cmath>

namespace octet::quant {
namespace {

constexpr int kEnds = 15;  // that are tried: from the extreme to 0.3 of it, an eighth of a power of two apart
constexpr double kEndsOfOctave = 8;
constexpr double kSteps = 255;

// What is cut off counts so many times. Over the 3x3 window of a depthwise convolution rounding errors are independent and their squares
// add up; neighbours that are cut off err alike, and the square of their sum is what is seen.
constexpr double kCutOff = 9;

// Of the values of one sign, where that side of the range ends at `end`, the other at `other` and the extreme is `extreme`.
double squared_error(const ChannelHistogram& counted, std::size_t channel, bool negative, double extreme, double end, double other) {
  const double step = (end + other) / kSteps, rounding = step * step / 12;
  double sum = 0;
  for (int i = 0; i < ChannelHistogram::kSteps; ++i) {
    const double count = counted.count(channel, negative, i), value = std::min(ChannelHistogram::magnitude(i), extreme);
    const double beyond = std::max(0.0, value - end);
    sum += count * (kCutOff * beyond * beyond + std::min(value * value, rounding));
  }
  return sum;
}

double best_end(const ChannelHistogram& counted, std::size_t channel, bool negative, double extreme, double other) {
  double best = extreme, least = squared_error(counted, channel, negative, extreme, extreme, other);
  for (int i = 1; i < kEnds; ++i) {
    const double end = extreme * std::exp2(-i / kEndsOfOctave);
    const double error = squared_error(counted, channel, negative, extreme, end, other);
    if (error >= least) continue;
    least = error;
    best = end;
  }
  return best;
}

}  // namespace

ChannelRange clipped_range(const ChannelRange& extremes, const ChannelHistogram& counted, std::size_t channel) {
  ChannelRange range = extremes;
  if (range.high > 0) range.high = best_end(counted, channel, false, extremes.high, -std::min(0.0, extremes.low));
  if (range.low < 0) range.low = -best_end(counted, channel, true, -extremes.low, std::max(0.0, range.high));
  return range;
}

}  // namespace octet::quant
