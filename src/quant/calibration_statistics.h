#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <string>

#include "base/result.h"
#include "graph/graph.h"
#include "quant/channel_histogram.h"
#include "quant/observer.h"
#include "quant/range_estimator.h"

namespace octet::quant {

// What the images of a calibration say of the values of a graph. Of several sets of images it adds up exactly, in any order: machines can
// share the images.
struct CalibrationStatistics {
  std::string graph;                             // SHA-256 of the constants of the graph, whose nodes the values are
  std::map<Value, RangeObserver> observers;      // of each value that is quantized; none where no image could be used
  std::map<Value, ChannelHistogram> histograms;  // of those that are quantized channel by channel and may have rare values
  std::map<Value, ImageRanges> ranges{};         // of those that are quantized, where an estimator was asked for
};

// That could be used.
std::int64_t images_of(const CalibrationStatistics& statistics);

// kMalformed where they are of different graphs.
Status add_statistics(const CalibrationStatistics& others, CalibrationStatistics& sum);

// Bytes, and back: kMalformed for others. What they say of a graph is for who has the graph to check.
std::string encode_statistics(const CalibrationStatistics& statistics);
Result<CalibrationStatistics> decode_statistics(std::span<const std::byte> bytes);

// Of all constants of a graph.
std::string digest_of_constants(const Graph& graph);

}  // namespace octet::quant
