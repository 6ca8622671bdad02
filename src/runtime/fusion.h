#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <set>
#include <vector>

#include "base/result.h"
#include "graph/graph.h"
#include "kernels/activation/activation.h"
#include "runtime/constants.h"
#include "runtime/quant_params.h"

namespace octet {

using QuantParamsPtr = std::shared_ptr<const QuantParams>;

// What a kernel does to its result before storing it: the chain of single readers behind an operation that it takes over.
struct Epilogue {
  std::vector<float> bias;  // empty, or one a channel
  kernels::Activation activation;
  std::vector<float> scale;           // empty, or positive factors, one a channel, of what is quantized
  std::vector<std::int16_t> steps;    // empty, or whole steps of `quant`, one a channel, that are added to what is quantized
  QuantParamsPtr quant;               // null: the result is float
  Value result;                       // the value that the kernel produces
  std::vector<Value> same_as_result;  // further FakeQuantize nodes with the same limits
  std::vector<NodeId> absorbed;       // nodes that need no step of their own
};

// FakeQuantize nodes of one value that make the same bytes of it.
struct QuantizedCopies {
  QuantParamsPtr quant;  // null: there are none
  std::vector<Value> values;
};

// A per-channel affine map x * scale[c] + offset[c]; size 1 or the number of channels.
struct Affine {
  std::vector<float> scale, offset;

  // The same with one scale and offset for each channel; nothing of nothing.
  Affine of_channels(std::int64_t channels) const;
};

// Affine maps one behind the other, each the only reader of the one before, as one map.
struct AffineChain {
  Affine affine;
  Value data;                    // what the first one reads
  NodeId last{};                 // the node whose result the map gives
  std::vector<NodeId> absorbed;  // all nodes but the first
};

// Looks into a graph for what kernels can do in one go.
class FusionFinder {
 public:
  // `observe`: values that must stay visible, so that no chain runs past them.
  FusionFinder(const Graph& graph, const Constants& constants, const std::vector<Value>& observe);

  // The chain behind `value`: [+ per-channel constant] [activation] [[* per-channel constant] [+ per-channel constant] FakeQuantize], as
  // far as single readers lead and the operation can take; the second sum where it moves each channel by whole steps.
  struct Takes {
    bool bias = false, activation = true, scale = false;
  };
  Epilogue epilogue(Value value, Takes takes) const;

  // The activation that a node is, if a kernel knows it.
  std::optional<kernels::Activation> activation_of(NodeId id) const;

  // `id` as a per-channel affine map of its one non-constant input, for rank 4; `data` receives that input.
  std::optional<Affine> affine_of(NodeId id, Value* data) const;

  // The affine maps that begin with `id`, which must be one.
  std::optional<AffineChain> affine_chain(NodeId id) const;

  // The parameters of a FakeQuantize of images to 8 bits; kUnsupported says why a node is none.
  Result<QuantParamsPtr> quant_of(NodeId id) const;

  // The same of a tensor of any rank, with one scale for all.
  Result<QuantParamsPtr> plain_quant_of(NodeId id) const;

  // Those among the readers of an image that have one scale for all channels, and the limits of the first of them.
  QuantizedCopies quantized_copies(Value value) const;

  // Whether products of matrices read `value`: any, or nothing else where it has the shape of images.
  bool is_for_products(Value value) const;

  // The one node that reads `value`, if there is just one and the value need not be visible.
  std::optional<NodeId> only_reader(Value value) const;

 private:
  Result<QuantParamsPtr> quantization_of(NodeId id) const;
  std::optional<std::vector<float>> channel_values(Value constant, const Shape& data) const;
  std::optional<float> single_number(Value value) const;  // of a constant of one element
  void absorb_quantization(Epilogue& epilogue) const;
  void absorb_scaled_quantization(Epilogue& epilogue) const;
  bool is_product_and_sum(NodeId first, const AffineChain& chain) const;

  const Graph& graph_;
  const Constants& constants_;
  std::vector<std::vector<NodeId>> readers_;
  std::set<Value> observe_;
};

}  // namespace octet
