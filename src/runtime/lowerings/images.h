#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "runtime/builder.h"
#include "runtime/lowering.h"

// What the lowerings of operations on images have in common.
namespace octet {

// Why kernels cannot take a node whatever it computes: they read and write floats (quantized or not), at least one. Nothing
// if they can.
std::optional<NoMatch> unfit_for_kernels(const MatchContext& context, NodeId id);

// A match whose last value is the result of `epilogue`: u8 if that ends in a quantization, else float.
Match match_of(const Epilogue& epilogue);

// A match of all results in the form of input 0; where that is quantized per channel, in float.
Match match_like_input(const MatchContext& context, NodeId id);

// Adds a step that quantizes one float image into another slot with its parameters.
void add_quantize_step(PlanBuilder& builder, SlotId from, SlotId to, const std::string& name);

// A float image that a step writes for the result of an epilogue: the result's own slot, or a temporary one that finish()
// quantizes into it.
class FloatResult {
 public:
  FloatResult(PlanBuilder& builder, const Epilogue& epilogue);
  SlotId slot() const { return float_; }
  void finish(const std::string& name);

 private:
  PlanBuilder& builder_;
  SlotId float_, final_;
};

}  // namespace octet
