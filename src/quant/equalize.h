#pragma once

#include <map>

#include "graph/graph.h"
#include "quant/center.h"
#include "quant/observer.h"
#include "quant/placement.h"

namespace octet::quant {

// Lets the channels of what curved activations give be made alike, too: a SiLU does not hand on a factor, so a product with ones
// is put between it and what reads it quantized, for equalize_channels to change. In integers it is part of the convolution that computes
// the activation, and no work of its own. Ids change.
void insert_scales(Graph& graph);

// Makes the channels of an image alike in range, so that one scale for all of them fits each: a channel is divided by a factor
// in the weights and bias that make it and multiplied by the same one in the weights that read it (ChannelLinks says where). The
// graph computes what it did. A factor weighs two ranges, as cross-layer equalisation (Nagel et al. 2019) and SmoothQuant (Xiao
// et al. 2022) do: the channel's part of the range of its tensor, and its part of the weights that share a scale with it;
// `spread` is that of RangeObserver. The observers are those of the points of `plan`, from any few images. Ids change, as with
// Graph::tidy(). The same on any number of threads.
void equalize_channels(Graph& graph, const QuantizationPlan& plan, const std::map<Value, RangeObserver>& observers,
                       const ChannelOffsets& offsets, double spread, int threads);

}  // namespace octet::quant
