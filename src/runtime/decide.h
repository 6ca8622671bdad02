#pragma once

#include <map>
#include <optional>
#include <vector>

#include "runtime/fusion.h"
#include "runtime/plan_data.h"

namespace octet {

// How a node is computed.
enum class Lowering {
  kNone,        // constant, absorbed by another, or a parameter
  kInputImage,  // per-channel affine maps behind a parameter, with the change of layout
  kConvolution,
  kAddImages,
  kMultiplyImages,
  kScaleShift,
  kActivateImage,
  kActivatePlain,
  kMaxPool,
  kAvgPool,
  kConcatImages,
  kConcatPlain,
  kChannelSlices,   // views of the input, no work
  kPlainFromImage,  // Transpose to NHWC of an image: the same bytes
  kReshape,         // the same bytes
  kQuantize,
  kResizeNearest,
  kDetectionOutput,
  kOutput,
  kGeneric,  // the reference evaluation
};

struct NodeDecision {
  Lowering lowering = Lowering::kNone;
  Epilogue epilogue;  // for the operations that have one
  Affine affine;      // kInputImage, kScaleShift
  Value data;         // the input that is not constant, for kInputImage and kScaleShift
};

// The form in which a value first exists.
struct Natural {
  Format format = Format::kPlain;
  QuantParamsPtr quant;
};

// The choices that a plan rests on, made before any memory is laid out.
struct Decisions {
  std::vector<NodeDecision> nodes;
  std::map<Value, Natural> natural;
  std::map<Value, Value> same;  // values that are another by name: FakeQuantize nodes with equal limits

  Value resolve(Value value) const {
    const auto found = same.find(value);
    return found == same.end() ? value : found->second;
  }
  bool is_image(Value value) const {
    const auto found = natural.find(resolve(value));
    return found != natural.end() && found->second.format != Format::kPlain;
  }
  QuantParamsPtr quant(Value value) const {
    const auto found = natural.find(resolve(value));
    return found == natural.end() ? nullptr : found->second.quant;
  }
};

Decisions decide(const Graph& graph, const Constants& constants, const FusionFinder& fusion);

// First channel of each output of a node that cuts images along the channels; nothing for any other node.
std::optional<std::vector<std::int64_t>> channel_slices(const Graph& graph, const Constants& constants, NodeId id);

}  // namespace octet
