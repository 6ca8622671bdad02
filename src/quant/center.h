#pragma once

#include <map>
#include <vector>

#include "graph/graph.h"
#include "quant/observer.h"
#include "quant/placement.h"

namespace octet::quant {

// What has been taken from the channels of images: true values are those of the graph and these. A value without an entry is as it was.
using ChannelOffsets = std::map<Value, std::vector<double>>;

// Puts a sum with zeros behind activations of convolutions that convolutions without padding alone read, for center_channels() to change;
// not behind clamps.
// In integers it is part of the convolution that computes the activation, and no work of its own. Ids change.
void insert_offsets(Graph& graph);

// Lets the channels of an image lie around zero, so that one pair of limits fits all: where one reaches from 0 to 4 and another one from
// 8 to 12, most of the 256 levels would be lost on either. A constant is taken from each channel, in the bias that makes it or in a sum of
// insert_offsets(), and given back in the bias of the convolutions that read it; sums of images and what only moves values hand it on.
// Convolutions with padding need the true zero, so what they read stays. The graph computes what it did. The observers are those of the
// points of `plan`; `spread` is that of RangeObserver. New constants follow the other nodes; other ids stay.
ChannelOffsets center_channels(Graph& graph, const QuantizationPlan& plan, const std::map<Value, RangeObserver>& observers, double spread);

// Takes the sums out that still have nothing but zeros. Ids change.
void remove_idle_offsets(Graph& graph);

}  // namespace octet::quant
